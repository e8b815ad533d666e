package cli

import (
	"context"
	"sync/atomic"
	"time"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/remote"
)

// opening is a model that is being opened in the background.
type opening struct {
	done  chan struct{}
	model *engine.Model // these two once done is closed
	err   error
}

// open begins to open a model as the settings have it.
func open(name string, s config.Settings) *opening {
	o := &opening{done: make(chan struct{})}
	go func() {
		defer close(o.done)
		o.model, o.err = engine.Open(name, engine.Options{Threads: s.Threads, Weights: s.Weights})
	}()
	return o
}

// wait returns the model, or errInterrupted when ctx ends first.
func (o *opening) wait(ctx context.Context) (*engine.Model, error) {
	select {
	case <-o.done:
		return o.model, o.err
	case <-ctx.Done():
		go o.discard()
		return nil, errInterrupted
	}
}

// discard releases the model that nobody waits for any more.
func (o *opening) discard() {
	<-o.done
	if o.model != nil {
		o.model.Close()
	}
}

// openPatience is how long a chat waits for its model before it opens all the same. It is enough to find out that a folder is
// not there or holds something else.
const openPatience = 100 * time.Millisecond

// opener begins to open the model that the settings name and returns the function that gives models to a chat: that one
// at the first call with its name, and otherwise newly opened ones. The error is one that shows at once.
func (e environment) opener(c *config.Config) (func(name string) (engine.Engine, error), error) {
	s := c.Settings
	if _, _, ok := remote.Split(s.Model); ok {
		return e.onDemand(c), nil
	}
	first := open(s.Model, s)
	if s.Model != engine.Starter {
		select {
		case <-first.done:
			if first.err != nil {
				return nil, first.err
			}
		case <-time.After(openPatience):
		}
	}
	var taken atomic.Bool
	return func(name string) (engine.Engine, error) {
		if name == s.Model && !taken.Swap(true) {
			return local(first.wait(context.Background()))
		}
		return e.onDemand(c)(name)
	}, nil
}

// onDemand gives models to a chat, each opened when it is asked for.
func (e environment) onDemand(c *config.Config) func(name string) (engine.Engine, error) {
	return func(name string) (engine.Engine, error) {
		if service, ok, err := e.elsewhere(c, name); ok {
			return service, err
		}
		return local(open(name, c.Settings).wait(context.Background()))
	}
}

// local is a model in this process as an engine, none beside an error.
func local(m *engine.Model, err error) (engine.Engine, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
