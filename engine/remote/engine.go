package remote

import (
	"context"
	"errors"
	"sync"

	"inkling/engine"
)

// An Engine is a model of a server.
type Engine struct {
	server Server
	model  string
	kind   Kind
	info   engine.Info

	mu      sync.Mutex
	refused map[string]bool // fields of requests that the server has refused
	top     int             // most alternatives that it gives
}

var _ engine.Engine = (*Engine)(nil)

// Open asks the server for its models and returns the one with that id. One that the server does not list is asked for all the
// same: not every service lists all of its models, and some list none.
func Open(ctx context.Context, s Server, model string) (*Engine, error) {
	e := &Engine{server: s, model: model, kind: s.Kind, refused: map[string]bool{}, top: mostTop}
	e.info = engine.Info{Name: s.Name + ":" + model}
	all, header, err := s.list(ctx)
	if err != nil {
		f, ok := errors.AsType[*fault](err)
		if !ok || f.cause != nil || !f.optional {
			return nil, err
		}
	}
	e.kind = s.kind(all, header)
	if e.kind == Ollama {
		e.info.Context = s.window(ctx, model)
		return e, nil
	}
	for _, m := range all.Data {
		if m.ID == model || m.ID == model+":latest" {
			e.info.Context = m.Context
			if e.info.Context == 0 {
				e.info.Context = m.Meta.Context
			}
			e.info.Parameters = int(m.Meta.Parameters)
		}
	}
	return e, nil
}

// Info tells what is known of the model, which may be its name alone.
func (e *Engine) Info() engine.Info { return e.info }

// Close does nothing: requests end with their contexts.
func (e *Engine) Close() {}

// parallel is how many texts are asked for at once.
const parallel = 8

// Can tells what the kind of server is known for.
func (e *Engine) Can() engine.Abilities {
	e.mu.Lock()
	top := e.top
	e.mu.Unlock()
	a := engine.Abilities{Accepts: engine.Messages | engine.Text, Live: engine.NextReply, Top: top, Parallel: parallel, Continue: e.continues(),
		Param: e.takes}
	if a.Continue && (e.server.Live || e.server.Near()) {
		a.Live = engine.Restart
	}
	return a
}

// continues reports whether the server can go on within a message. Texts it continues anyway.
func (e *Engine) continues() bool {
	return e.kind == VLLM || e.kind == LlamaServer || e.kind == inkling
}

// takes reports whether a parameter has an effect.
func (e *Engine) takes(key string) bool {
	name, ok := named(e.kind, key)
	e.mu.Lock()
	defer e.mu.Unlock()
	if name == "max_tokens" {
		return ok && !e.refused["max_completion_tokens"] // its other name
	}
	return ok && !e.refused[name]
}

// check refuses what no server does.
func (e *Engine) check(r engine.Request) error {
	switch {
	case len(r.Prompt) > 0:
		return errors.New(e.info.Name + " takes texts and messages, no token ids")
	case r.Text == "" && len(r.Messages) == 0:
		return engine.ErrEmptyPrompt
	case len(r.Forced) > 0 || r.Paused:
		return errors.New(e.info.Name + " takes no orders within a reply")
	}
	if n := len(r.Messages); n > 0 && r.Messages[n-1].Role == "assistant" && !e.continues() {
		return errors.New(e.info.Name + " cannot continue a reply; Ctrl+R or /retry asks for another one")
	}
	return nil
}

// Generate has the server continue a text or answer messages. Where the last message is the assistant's, it goes on with that.
func (e *Engine) Generate(ctx context.Context, r engine.Request) (engine.Generation, error) {
	if err := e.check(r); err != nil {
		return nil, err
	}
	g := e.prepare(r)
	go g.run(ctx)
	return g, nil
}
