package session

import (
	"context"
	"time"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// writing is a reply that is being written.
type writing struct {
	turn       *chat.Turn
	generation engine.Generation
	cancel     context.CancelFunc
	controls   *sample.Controls
	vary       func(*sample.Params) // what it has otherwise than the settings; nil for nothing
	name       string               // what tells it from others that are written with it, "" for nothing

	begun    string // the text that a continued reply goes on from, as the model wrote it
	ids      []int  // its token ids
	spaced   bool   // a blank is before it: it begins without one
	raw      string // that and everything the model wrote, before the format cleans it
	cut      int    // where its stretch ends in that; 0: it has not come to its end
	tokens   int
	rate     float64        // tokens per second, 0: not known
	last     *sample.Params // of the last token
	began    time.Time      // first token
	saved    time.Time      // last time the turn went to the store
	kept     bool           // the message is on disk, or the person knows that it is not: the reply may be shown
	held     *Written       // what has come before that
	finished bool
	over     bool // its end has been told, too
	seen     seen // what was last found of its text
	tracing
	stepping
	state chat.State // that the turn gets when it is finished
}

// telling is how many tokens it takes before their rate means anything.
const telling = 32

const (
	longReply = 5 * time.Second        // after which somebody may look elsewhere
	frame     = 33 * time.Millisecond  // how long tokens are collected before they are shown
	broad     = 66 * time.Millisecond  // where they come so fast that a frame has several: each frame takes time from the model
	fast      = 45                     // tokens per second that are
	saveEvery = 400 * time.Millisecond // how often a growing reply goes to the store
)

// Written brings what has come of a reply within one frame, and the result after the last token.
type Written struct {
	reply  *writing
	events []engine.Event
	result *engine.Result
}

// finished says that the end of a reply is in the store, or why not.
type finished struct {
	reply   *writing
	session string
	err     error
}

// confirmed says that a message is in the store, and the reply to it as one that has begun, or why not.
type confirmed struct {
	reply   *writing
	session string
	words   *vocabulary // of the model, nil where that is known
	err     error
}

func (Written) event()   {}
func (finished) event()  {}
func (confirmed) event() {}

// next waits for tokens. The first is brought at once, later ones frame by frame. One next is out at a time, so the order
// stays.
func (w *writing) next(context.Context) Event {
	e := Written{reply: w}
	event, ok := <-w.generation.Events()
	if !ok {
		result := w.generation.Result()
		e.result = &result
		return e
	}
	e.events = append(e.events, event)
	if w.tokens == 0 {
		return e
	}
	wait := frame
	if w.rate > fast {
		wait = broad
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case event, ok := <-w.generation.Events():
			if !ok {
				result := w.generation.Result()
				e.result = &result
				return e
			}
			e.events = append(e.events, event)
		case <-timer.C:
			return e
		}
	}
}
