package session

import "context"

// A Loop runs the work of a session for a front end that has no loop of its own. Its methods belong to one goroutine.
type Loop struct {
	ctx     context.Context
	session *Session
	events  chan Event
	pending int // work whose event has not come
}

// NewLoop returns a loop that ends with ctx.
func NewLoop(ctx context.Context, s *Session) *Loop {
	return &Loop{ctx: ctx, session: s, events: make(chan Event)}
}

// Do begins work.
func (l *Loop) Do(work []Work) {
	for _, w := range work {
		if !w.aside {
			l.pending++
		}
		go func() {
			e := w.Run(l.ctx)
			if w.aside && e == nil {
				return
			}
			select {
			case l.events <- e:
			case <-l.ctx.Done():
			}
		}()
	}
}

// Busy reports whether work goes on.
func (l *Loop) Busy() bool { return l.pending > 0 }

// Events brings what has come of work, for Take.
func (l *Loop) Events() <-chan Event { return l.events }

// Take gives an event to the session and begins the work that follows from it.
func (l *Loop) Take(e Event) {
	switch e.(type) {
	case watched, remembered: // of work that nobody waits for
	default:
		l.pending--
	}
	l.Do(l.session.Take(e))
}

// Drive is a whole loop: it does work, and what follows from that, until nothing is left to do or done, which is asked after
// each event, says that this is enough.
func Drive(ctx context.Context, s *Session, work []Work, done func(Event) bool) error {
	l := NewLoop(ctx, s)
	for l.Do(work); l.Busy(); {
		select {
		case e := <-l.Events():
			l.Take(e)
			if done(e) {
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
