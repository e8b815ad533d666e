package chat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// Origin says where a token of a reply comes from.
type Origin uint8

const (
	Drawn  Origin = iota // by the model
	Picked               // by the person, among the model's candidates
	Edited               // by the person, who wrote it
	Given                // by the person, as the beginning of the reply
)

// A TraceToken is how one token of a reply came about. Text stands in place of ID, here and among the alternatives, where a
// service tells no ids.
type TraceToken struct {
	Origin       Origin
	Back         bool // the text was taken back to before this token once
	ID           int
	Text         []byte
	Cut          int     // bytes that Text had beyond; the text of the turn has them
	Logprob      float32 // of the model, natural logarithm
	Rank         int     // among the model's candidates, from 1; 0: not known
	Entropy      float32 // of the model's own distribution, in nats
	Temperature  float32 // that was in effect
	Alternatives []TraceAlternative
}

// A TraceAlternative is a token that could have been drawn.
type TraceAlternative struct {
	ID      int
	Text    []byte
	Logprob float32
}

// A token takes at most 65 bytes with ten alternatives by their ids, and at most 120 with texts:
//
//	flags         1 byte: origin (2 bits), back, texts in place of ids, number of alternatives (4 bits)
//	id            uvarint, at most 3 bytes; or the length of the text and at most 96 bytes of it
//	log-prob.     float32
//	rank          uvarint, at most 3 bytes
//	entropy       16 bits of 1/2048 nat
//	temperature   16 bits of 1/512
//	alternatives  id or text as above, and 16 bits of 1/2048 nat for minus the log-probability
//
// Numbers of several bytes are little-endian. What is out of range becomes the end of the range.
const (
	traceText   = 96  // bytes of a text that are kept
	traceToken  = 120 // bytes that no token exceeds
	traceMost   = 15  // alternatives
	traceID     = 1<<21 - 1
	flagBack    = 1 << 2
	flagText    = 1 << 3
	natParts    = 2048
	warmthParts = 512
)

// AppendTrace appends the bytes of tokens to data.
func AppendTrace(data []byte, tokens []TraceToken) []byte {
	for _, t := range tokens {
		data = appendToken(data, t)
	}
	return data
}

func appendToken(data []byte, t TraceToken) []byte {
	begin := len(data)
	texts := t.Text != nil
	flags := byte(t.Origin & 3)
	if t.Back {
		flags |= flagBack
	}
	if texts {
		flags |= flagText
	}
	data = append(data, flags)
	if texts {
		kept := clip(t.Text, traceText)
		data = binary.AppendUvarint(data, uint64(min(len(t.Text)+t.Cut, traceID)))
		data = append(append(data, byte(len(kept))), kept...)
	} else {
		data = binary.AppendUvarint(data, uint64(min(max(t.ID, 0), traceID)))
	}
	data = binary.LittleEndian.AppendUint32(data, math.Float32bits(t.Logprob))
	data = binary.AppendUvarint(data, uint64(min(max(t.Rank, 0), traceID)))
	data = binary.LittleEndian.AppendUint16(data, parts(t.Entropy, natParts))
	data = binary.LittleEndian.AppendUint16(data, parts(t.Temperature, warmthParts))
	n := 0
	for _, a := range t.Alternatives[:min(len(t.Alternatives), traceMost)] {
		before := len(data)
		if texts {
			data = append(append(data, byte(min(len(a.Text), 255))), a.Text...)
		} else {
			data = binary.AppendUvarint(data, uint64(min(max(a.ID, 0), traceID)))
		}
		data = binary.LittleEndian.AppendUint16(data, parts(-a.Logprob, natParts))
		if texts && len(data)-begin > traceToken {
			data = data[:before]
			break
		}
		n++
	}
	data[begin] |= byte(n) << 4
	return data
}

// clip is as much of text as fits into n bytes, without a part of a character where it can be told.
func clip(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return text[:i]
		}
	}
	return text[:n]
}

// parts is a number from 0 on in 16 bits. Infinity, and what is no number, is the largest.
func parts(x float32, unit float64) uint16 {
	scaled := math.Round(float64(x) * unit)
	if math.IsNaN(scaled) || scaled > math.MaxUint16 {
		return math.MaxUint16
	}
	return uint16(max(scaled, 0))
}

var errTrace = errors.New("the trace of a reply is damaged")

// ParseTrace reads what AppendTrace has written.
func ParseTrace(data []byte) ([]TraceToken, error) {
	r := traceReader{data: data}
	var tokens []TraceToken
	for len(r.data) > 0 && !r.short {
		tokens = append(tokens, r.token())
	}
	if r.short {
		return nil, fmt.Errorf("%w: it ends within token %d", errTrace, len(tokens))
	}
	return tokens, nil
}

// traceReader takes values off the beginning of data.
type traceReader struct {
	data  []byte
	short bool // data ended too early
}

func (r *traceReader) token() (t TraceToken) {
	flags := r.take(1)[0]
	t.Origin, t.Back = Origin(flags&3), flags&flagBack != 0
	texts := flags&flagText != 0
	if id := r.number(); texts {
		t.Text = r.text()
		t.Cut = max(id-len(t.Text), 0)
	} else {
		t.ID = id
	}
	t.Logprob = math.Float32frombits(binary.LittleEndian.Uint32(r.take(4)))
	t.Rank = r.number()
	t.Entropy = float32(r.small()) / natParts
	t.Temperature = float32(r.small()) / warmthParts
	for range flags >> 4 {
		var a TraceAlternative
		if texts {
			a.Text = r.text()
		} else {
			a.ID = r.number()
		}
		a.Logprob = -float32(r.small()) / natParts
		t.Alternatives = append(t.Alternatives, a)
	}
	return t
}

// take returns the next n bytes, zeros where there are not so many.
func (r *traceReader) take(n int) []byte {
	if len(r.data) < n {
		r.short, r.data = true, nil
		return make([]byte, n)
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *traceReader) number() int {
	x, n := binary.Uvarint(r.data)
	if n <= 0 || x > traceID {
		r.short, r.data = true, nil
		return 0
	}
	r.data = r.data[n:]
	return int(x)
}

func (r *traceReader) small() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }

func (r *traceReader) text() []byte {
	text := slices.Clone(r.take(int(r.take(1)[0])))
	if text == nil {
		text = []byte{}
	}
	return text
}
