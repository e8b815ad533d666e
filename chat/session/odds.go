package session

import (
	"context"
	"math"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// Odds are the likeliest next tokens of a reply as a draw with the settings in force sees them.
type Odds struct {
	Tokens  []Odd   // likeliest first
	Entropy float64 // of the model's own distribution, in bits
	Left    int     // tokens that can be drawn
	Kept    float64 // the share of the probability that the cuts have left
	Steps   []Step  // of sampling that were on, in order
}

// A Step is what a step of sampling left.
type Step struct {
	Name string
	Left int     // tokens
	Kept float64 // of the probability that came to it
}

// Course is how a reply went, token by token.
type Course struct{ Temperature, Surprise []float64 }

// Course is that of the reply that is being written, or of the last one that was: its last n tokens. Surprise is in bits.
func (r *Reply) Course(n int) (c Course) {
	trace := r.watch.course
	for _, token := range trace[max(len(trace)-n, 0):] {
		c.Temperature = append(c.Temperature, float64(token.Temperature))
		c.Surprise = append(c.Surprise, -float64(token.Logprob)/math.Ln2)
	}
	return c
}

// An Odd is a token with its probability.
type Odd struct {
	ID      int
	Text    string  // as the model writes it
	Before  float64 // in the model's own distribution
	After   float64 // in the draw
	Dropped string  // the step of sampling that dropped it, "" for none
}

// mostOdds is how many tokens are told of.
const mostOdds = 10

// watch is what somebody sees of the odds of a reply.
type watch struct {
	odds   Odds
	course []chat.TraceToken
	wanted bool // somebody has looked at them since they were asked for
	asked  bool // they are being worked out
	again  bool // they are to be worked out once more then
}

// peeked brings the odds of a reply.
type peeked struct {
	reply *writing
	trace *sample.Trace
	err   error // the reply has ended, say
}

func (peeked) event() {}

// Odds are those that were worked out last, while the last reply was written; there are none before. Looking at them has them worked
// out again as the reply goes on.
func (r *Reply) Odds() Odds {
	r.watch.wanted = true
	return r.watch.odds
}

// Peek works out the odds anew, from the scores at hand. Where no reply is written, or an engine elsewhere writes it, they stay.
func (r *Reply) Peek() []Work {
	w := r.writing
	if w == nil || !w.kept || r.engine.codec == nil {
		return nil
	}
	if r.watch.asked {
		r.watch.again = true
		return nil
	}
	generation, ok := w.generation.(engine.Steppable)
	if !ok {
		return nil
	}
	r.watch.asked, r.watch.wanted, r.watch.again = true, false, false
	return []Work{{do: func(context.Context) Event {
		trace := &sample.Trace{Want: mostOdds}
		err := generation.Peek(trace)
		return peeked{w, trace, err}
	}}}
}

// peeked takes the odds.
func (r *Reply) peeked(e peeked) (work []Work) {
	if r.watch.asked = false; r.watch.again {
		work = r.Peek()
	}
	if e.err != nil || r.engine.codec == nil || e.reply != r.writing {
		return work
	}
	odds := Odds{Entropy: e.trace.Entropy / math.Ln2, Kept: 1}
	for _, cut := range e.trace.Stages {
		odds.Left = cut.Left
		odds.Kept *= cut.Mass
		if cut.Name != "bans" {
			odds.Steps = append(odds.Steps, Step{cut.Name, cut.Left, cut.Mass})
		}
	}
	for _, seen := range e.trace.Top {
		odd := Odd{ID: seen.ID, Text: r.engine.codec.Decode([]int{seen.ID}), Before: math.Exp(seen.Logprob), After: seen.Share}
		if seen.By >= 0 {
			odd.Dropped = e.trace.Stages[seen.By].Name
		}
		if odd.After > 0 && odds.Left == 1 {
			odds.Kept = odd.Before // at temperature 0 no cut has dropped the others
		}
		odds.Tokens = append(odds.Tokens, odd)
	}
	r.watch.odds = odds
	if w := e.reply; w.paused && !w.awaited && !w.ordering && len(work) == 0 {
		w.fresh = true
		work = append(work, r.later()...)
	}
	return work
}
