package remote

import (
	"context"
	"errors"
	"slices"
	"sync"

	"inkling/engine"
)

var _ engine.Several = (*Engine)(nil)

// GenerateAll asks for texts by one request ("n") where the server takes that, and by one each elsewhere.
func (e *Engine) GenerateAll(ctx []context.Context, all []engine.Request) (begun []engine.Generation, err error) {
	if len(all) < 2 || !e.takesSeveral() || !alike(all) {
		for i, r := range all {
			g, err := e.Generate(ctx[i], r)
			if err != nil {
				return begun, err
			}
			begun = append(begun, g)
		}
		return begun, nil
	}
	if err := e.check(all[0]); err != nil {
		return nil, err
	}
	s := &several{generation: e.prepare(all[0]), going: len(all)}
	together, cancel := context.WithCancel(context.WithoutCancel(ctx[0]))
	s.cancel = cancel
	for i, r := range all {
		g := e.prepare(r)
		g.params, g.feed = s.params, &feed{several: s, wake: make(chan struct{}, 1)}
		s.feeds = append(s.feeds, g.feed)
		begun = append(begun, g)
		go g.run(ctx[i])
	}
	go s.run(together)
	return begun, nil
}

// takesSeveral reports whether the server takes n. llama-server takes it since 2025 and refuses it before; its texts share what it has
// read of a prompt anyway. ollama pays no heed to it.
func (e *Engine) takesSeveral() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.refused["n"] && (e.kind == OpenAI || e.kind == VLLM || e.kind == inkling)
}

// alike reports whether requests differ in their attempts alone, which follow each other.
func alike(all []engine.Request) bool {
	first := all[0]
	for i, r := range all {
		if r.Controls != first.Controls || r.Seed == nil || first.Seed == nil || *r.Seed != *first.Seed || r.Attempt != first.Attempt+uint32(i) ||
			r.Text != first.Text || !slices.Equal(r.Messages, first.Messages) || r.Top != first.Top {
			return false
		}
	}
	return true
}

// several is a request for several texts. What comes goes to a feed for each, so that a slow reader of one stops no other.
type several struct {
	*generation // which stands for the request: nobody reads it
	feeds       []*feed
	cancel      context.CancelFunc

	guard sync.Mutex
	going int // texts that somebody still wants by this request
}

// A feed is what has come for one of several texts.
type feed struct {
	several *several
	wake    chan struct{} // holds a value when there is something new

	mu     sync.Mutex
	chunks []chunk
	some   bool // a choice has come
	ended  bool
	done   bool // the server has said that all has come
	err    error
	notes  []string
}

// errAlone says that a text is to be asked for by itself.
var errAlone = errors.New("the server writes one text at a time")

func (f *feed) put(change func()) {
	f.mu.Lock()
	change()
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// run sends the request and tells every text of its end.
func (s *several) run(ctx context.Context) {
	defer s.cancel()
	done, err := s.ask(ctx)
	one := 0
	for _, f := range s.feeds {
		if f.some {
			one++
		}
	}
	if err == nil && one == 1 { // no heed was paid to n
		s.mu.Lock()
		s.refused["n"] = true
		s.mu.Unlock()
	}
	for i, f := range s.feeds {
		f.put(func() {
			f.ended, f.done, f.err = true, done, err
			if err == nil && one == 1 && !f.some {
				f.err = errAlone
			}
			if i == 0 {
				f.notes = s.result.Notes
			}
		})
	}
}

func (s *several) ask(ctx context.Context) (done bool, err error) {
	key, err := s.server.key(ctx)
	if err != nil {
		return false, err
	}
	s.hidden = s.server.secrets(key)
	_, err = s.attempt(ctx, func(body map[string]any) (engine.StopReason, error) {
		if !s.takesSeveral() {
			return "", errAlone
		}
		body["n"] = len(s.feeds)
		done, err = s.exchange(ctx, s.path(), key, body, s.hidden, s)
		return "", err
	})
	return done, err
}

// take gives each text its part of an event.
func (s *several) take(data []byte) error {
	c, err := s.chunk(s.hidden, data)
	if err != nil {
		return err
	}
	for _, one := range c.Choices {
		if one.Index < 0 || one.Index >= len(s.feeds) {
			continue
		}
		f := s.feeds[one.Index]
		one.Index = 0
		s.told++
		f.put(func() { f.some, f.chunks = true, append(f.chunks, chunk{Choices: []choice{one}}) })
	}
	if u := c.Usage; u != nil { // each has its own tokens, of the same prompt
		own := &usage{Prompt: u.Prompt, Details: u.Details}
		for _, f := range s.feeds {
			f.put(func() { f.chunks = append(f.chunks, chunk{Usage: own}) })
		}
	}
	return nil
}

// complete is for each text to say: what has come of the others is kept.
func (s *several) complete() bool { return false }

// listen tells of a text what comes of the request that it shares. The error is errAlone or errTurned where it goes on by one of its own.
func (g *generation) listen(ctx context.Context) (engine.StopReason, error) {
	f := g.feed
	defer f.several.leave()
	r := g.reader(ctx)
	for {
		f.mu.Lock()
		chunks, ended := f.chunks, f.ended
		f.chunks = nil
		f.mu.Unlock()
		for _, c := range chunks {
			if err := r.chunk(c); err != nil {
				return engine.Failed, err
			}
		}
		if ended {
			g.result.Notes = append(g.result.Notes, f.notes...)
			if f.err != nil && r.complete() {
				return r.end(true, nil) // the others have not
			}
			return r.end(f.done, f.err)
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return engine.Cancelled, ctx.Err()
		}
	}
}

// leave ends the request when nobody is left.
func (s *several) leave() {
	s.guard.Lock()
	defer s.guard.Unlock()
	if s.going--; s.going == 0 {
		s.cancel()
	}
}
