package decode

import (
	"context"
	"errors"
	"fmt"
	"time"

	"inkling/engine/sample"
)

// A Generation is a text that a loop is writing. Orders take effect before the next draw.
type Generation struct {
	loop    *Loop
	ctx     context.Context
	request Request
	seed    uint64
	events  chan Event
	done    chan struct{}
	result  Result

	orders []order // guarded by the loop's mutex
	ended  bool    // as well

	// What follows belongs to the goroutine of the loop.
	stepper *Stepper
	cache   *cache // nil until it is admitted
	drafter drafter
	params  *sample.Params // valid
	trace   *sample.Trace  // nil where nobody asks for alternatives
	outbox  []Event        // that the reader has no room for yet
	scores  []float32      // room for the scores while they are not those of the last pass
	shared  bool           // the scores lie in the room of the loop's passes
	paused  bool
	left    int         // tokens until it pauses; 0: it goes on and on
	stop    func() bool // keeps the end of the context from waking the loop
	closed  bool
	joined  time.Time
	began   time.Time // when the prompt was computed
	drawn   time.Time // when the last token was drawn
}

// room is how many events may wait for a reader who did not ask for more.
const room = 16

// errEnded says that a text takes no orders any more.
var errEnded = errors.New("the text has ended")

// An order is something that somebody wants of a text.
type order struct {
	ready bool // it needs the scores of the next token
	do    func(g *Generation) error
	done  chan error // nil: nobody waits
}

func (g *Generation) order(o order) error {
	l := g.loop
	l.mu.Lock()
	if g.ended {
		l.mu.Unlock()
		return errEnded
	}
	g.orders = append(g.orders, o)
	l.mu.Unlock()
	l.poke()
	if o.done == nil {
		return nil
	}
	return <-o.done
}

// Events tells of each token as it is drawn, and is closed at the end. Whoever stops reading early cancels the context.
func (g *Generation) Events() <-chan Event { return g.events }

// Seed is the seed in use.
func (g *Generation) Seed() uint64 { return g.seed }

// Result waits for the end.
func (g *Generation) Result() Result {
	<-g.done
	return g.result
}

// Pause stops the text before the next draw. An event says when it has.
func (g *Generation) Pause() {
	g.order(order{do: func(g *Generation) error {
		g.pause()
		return nil
	}})
}

func (g *Generation) pause() {
	if !g.paused {
		g.paused = true
		g.outbox = append(g.outbox, Event{Kind: Paused})
	}
}

// Resume has the text go on by n tokens, and on and on for 0.
func (g *Generation) Resume(n int) {
	g.order(order{do: func(g *Generation) error {
		g.paused, g.left = false, n
		return nil
	}})
}

// Pick takes a token that somebody chose in place of the next draw.
func (g *Generation) Pick(id int) error {
	return g.order(order{ready: true, done: make(chan error, 1), do: func(g *Generation) error { return g.loop.pick(g, id, Person) }})
}

// Back takes the last n tokens of the text back. An event says so.
func (g *Generation) Back(n int) error {
	return g.order(order{done: make(chan error, 1), do: func(g *Generation) error {
		if n < 1 || n > g.stepper.Len() {
			return fmt.Errorf("going back by %d tokens: expected 1 to %d", n, g.stepper.Len())
		}
		g.loop.back(g, n)
		return nil
	}})
}

// Peek tells what a draw with the parameters in force would do, without a pass.
func (g *Generation) Peek(t *sample.Trace) error {
	return g.order(order{ready: true, done: make(chan error, 1), do: func(g *Generation) error {
		if err := g.snapshot(); err != nil {
			return err
		}
		_, err := g.stepper.Draw(g.params, t)
		return err
	}})
}

// snapshot takes the parameters that the next token is drawn with.
func (g *Generation) snapshot() error {
	p := g.request.Controls.Load()
	if p == g.params {
		return nil
	}
	if err := p.Validate(); err != nil {
		return err
	}
	g.params = p
	return nil
}

// due says when the next token may be drawn, by the pace.
func (g *Generation) due() time.Time {
	if g.params.Pace == 0 || g.stepper.Len() == 0 {
		return time.Time{}
	}
	return g.drawn.Add(time.Duration(float64(time.Second) / g.params.Pace))
}

// fed reports whether the scores of the next token are there.
func (g *Generation) fed() bool { return g.cache != nil && g.stepper.logits != nil }

// ending reports whether the text has ended.
func (g *Generation) ending() bool { return g.result.Reason != "" }

// flush gives the reader what there is room for. It reports whether that was all.
func (g *Generation) flush() bool {
	for i := range g.outbox {
		select {
		case g.events <- g.outbox[i]:
			g.outbox[i] = Event{}
		default:
			n := copy(g.outbox, g.outbox[i:])
			g.outbox = g.outbox[:n]
			return false
		}
	}
	g.outbox = g.outbox[:0]
	return true
}

// tell puts a token among the events.
func (g *Generation) tell(t Token) { g.outbox = append(g.outbox, Event{Token: t}) }
