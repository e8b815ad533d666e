package hubtest

import (
	"net/http"
	"time"
)

// Cut breaks the connection after n bytes of the body.
func Cut(w http.ResponseWriter, n int64) http.ResponseWriter {
	return &spoiler{ResponseWriter: w, write: func(s *spoiler, b []byte) (int, error) {
		left := n - s.written
		if int64(len(b)) < left {
			return s.pass(b)
		}
		s.pass(b[:left])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}}
}

// Flip changes one bit of the n-th byte of the body, counted from 0.
func Flip(w http.ResponseWriter, n int64) http.ResponseWriter {
	return &spoiler{ResponseWriter: w, write: func(s *spoiler, b []byte) (int, error) {
		if i := n - s.written; 0 <= i && i < int64(len(b)) {
			b = append([]byte(nil), b...)
			b[i] ^= 1
		}
		return s.pass(b)
	}}
}

// Slow pauses after each n bytes of the body.
func Slow(w http.ResponseWriter, n int64, pause time.Duration) http.ResponseWriter {
	return &spoiler{ResponseWriter: w, write: func(s *spoiler, b []byte) (int, error) {
		sum := 0
		for len(b) > 0 {
			piece := b[:min(n-s.written%n, int64(len(b)))]
			b = b[len(piece):]
			written, err := s.pass(piece)
			if sum += written; err != nil {
				return sum, err
			}
			if s.written%n == 0 {
				http.NewResponseController(w).Flush()
				time.Sleep(pause)
			}
		}
		return sum, nil
	}}
}

// Header has name be value in the answer, or not be in it where value is "".
func Header(w http.ResponseWriter, name, value string) http.ResponseWriter {
	return &spoiler{ResponseWriter: w, name: name, value: value}
}

// spoiler is a writer that does not pass everything on as it is.
type spoiler struct {
	http.ResponseWriter
	write       func(s *spoiler, b []byte) (int, error)
	name, value string // header
	written     int64  // bytes of the body
	begun       bool
}

func (s *spoiler) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *spoiler) WriteHeader(status int) {
	s.begun = true
	switch {
	case s.name != "" && s.value == "":
		s.Header().Del(s.name)
	case s.name != "":
		s.Header().Set(s.name, s.value)
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *spoiler) Write(b []byte) (int, error) {
	if !s.begun {
		s.WriteHeader(http.StatusOK)
	}
	if s.write != nil {
		return s.write(s, b)
	}
	return s.pass(b)
}

func (s *spoiler) pass(b []byte) (int, error) {
	n, err := s.ResponseWriter.Write(b)
	s.written += int64(n)
	return n, err
}
