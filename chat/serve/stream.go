package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"inkling/engine"
)

// A stream writes texts as server-sent events. When its client has gone, it has the texts end.
type stream struct {
	form
	w      http.ResponseWriter
	ctx    context.Context
	cancel context.CancelFunc
	limit  time.Duration // for a client to take an event
	usage  bool          // asked for

	mu      sync.Mutex
	control *http.ResponseController
	buffer  []byte
}

func (s *stream) begin() {
	s.control = http.NewResponseController(s.w)
	s.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	s.w.WriteHeader(http.StatusOK)
}

func (s *stream) piece(t *text, add string, tokens ...engine.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.send(s.chunk(t, add, tokens))
}

func (s *stream) end(t *text) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := ended(t); f != nil {
		s.send(map[string]any{"error": f})
		s.cancel() // the others with it: there is no other way to say that the answer is none
		return
	}
	s.send(s.last(t))
}

// done ends the answer.
func (s *stream) done(texts []*text) {
	for _, t := range texts {
		if ended(t) != nil {
			return
		}
	}
	if s.usage {
		s.send(s.counts(texts))
	}
	s.write([]byte("data: [DONE]\n\n"))
}

func (s *stream) send(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		s.cancel()
		return
	}
	s.buffer = append(append(append(s.buffer[:0], "data: "...), data...), "\n\n"...)
	s.write(s.buffer)
}

func (s *stream) write(data []byte) {
	_ = s.control.SetWriteDeadline(time.Now().Add(s.limit)) // what cannot set one is a test's
	if _, err := s.w.Write(data); err != nil || s.control.Flush() != nil {
		s.cancel()
	}
}

// whole keeps texts, to write them all at once.
type whole struct{ tokens bool }

func (k whole) piece(t *text, add string, tokens ...engine.Token) {
	t.shown = append(t.shown, add...)
	if k.tokens {
		t.tokens = append(t.tokens, tokens...)
	}
}

func (whole) end(*text) {}

// ended is what went wrong with a text, nil for nothing.
func ended(t *text) *fault {
	switch {
	case t.result.Reason == engine.Cancelled:
		return failing(http.StatusServiceUnavailable, "stopped", "the text was stopped before its end; try again")
	case t.result.Err != nil:
		return failing(http.StatusInternalServerError, "failed", "%v", t.result.Err)
	}
	return nil
}

// answer has the model write the texts of a request, when there are places for them, and answers with them.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, f form, texts []*text) {
	leave, full := s.queue.enter(r.Context(), len(texts))
	if leave == nil {
		if full != nil {
			full.write(w)
		}
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	var out sink = whole{f.asked.logprobs}
	live := &stream{form: f, w: w, ctx: ctx, cancel: cancel, limit: s.limits.Write, usage: f.asked.usage}
	if f.asked.stream {
		out = live
		live.begin()
	}
	var others sync.WaitGroup
	for _, t := range texts[1:] {
		others.Go(func() { t.write(ctx, s, out) })
	}
	texts[0].write(ctx, s, out)
	others.Wait()
	if f.asked.stream {
		live.done(texts)
		return
	}
	for _, t := range texts {
		if problem := ended(t); problem != nil {
			if r.Context().Err() == nil || t.result.Err != nil || s.queue.ended() {
				problem.write(w)
			}
			return
		}
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.limits.Write))
	writeJSON(w, http.StatusOK, f.whole(texts))
}
