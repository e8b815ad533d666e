package enginetest

import (
	"context"
	"errors"
	"strings"
	"time"

	"inkling/engine"
)

// Remote is an engine like a service elsewhere: it takes messages, tells text and no ids, takes no orders, and its counts are about.
type Remote struct {
	Name   string
	Answer func(messages []engine.Message) string // what it says, word by word
	Gate   <-chan struct{}                        // a value lets one word through; nil: all at once
	Thinks string                                 // what it tells before the answer
	Counts int                                    // tokens of a prompt that it tells at the end; 0: it does not
}

var _ engine.Engine = Remote{}

// Info tells little.
func (r Remote) Info() engine.Info { return engine.Info{Name: r.Name, Context: 4096} }

// Can tells what a service of the usual kind can do.
func (r Remote) Can() engine.Abilities {
	return engine.Abilities{Accepts: engine.Messages, Live: engine.Restart, Top: 5, Parallel: 4,
		Param: func(key string) bool {
			return key == "temperature" || key == "top_p" || key == "max_tokens" || key == "stop"
		}}
}

// Close does nothing.
func (r Remote) Close() {}

// Generate answers messages.
func (r Remote) Generate(ctx context.Context, q engine.Request) (engine.Generation, error) {
	if len(q.Messages) == 0 {
		return nil, errors.New(r.Name + " takes messages, not ids or text")
	}
	g := &remote{events: make(chan engine.Event, 16), done: make(chan struct{})}
	g.result.Seed, g.result.Timings.PromptTokens = engine.RandomSeed(), r.Counts
	if q.Seed != nil {
		g.result.Seed = *q.Seed
	}
	g.seed = g.result.Seed
	if r.Thinks != "" {
		g.events <- engine.Event{Kind: engine.Thought, Token: engine.Token{ID: -1, Text: r.Thinks}}
	}
	go g.write(ctx, strings.SplitAfter(r.Answer(q.Messages), " "), r.Gate)
	return g, nil
}

type remote struct {
	seed   uint64
	events chan engine.Event
	done   chan struct{}
	result engine.Result
}

func (g *remote) Events() <-chan engine.Event { return g.events }
func (g *remote) Seed() uint64                { return g.seed }

func (g *remote) Result() engine.Result {
	<-g.done
	return g.result
}

// write tells the words.
func (g *remote) write(ctx context.Context, words []string, gate <-chan struct{}) {
	defer close(g.done)
	defer close(g.events)
	g.result.Reason = engine.EndOfText
	start := time.Now()
	for _, word := range words {
		if gate != nil {
			select {
			case <-gate:
			case <-ctx.Done():
			}
		}
		select {
		case <-ctx.Done():
			g.result.Reason = engine.Cancelled
			return
		case g.events <- engine.Event{Token: engine.Token{ID: -1, Text: word}}:
			g.result.Text += word
			g.result.Timings.Tokens++
			g.result.Timings.Decode = time.Since(start)
		}
	}
}
