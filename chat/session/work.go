package session

import (
	"context"
	"runtime/debug"
)

// Work is what takes time. A front end runs it beside its loop, and hands the event that it gives to the session.
type Work struct {
	do    func(ctx context.Context) Event
	aside bool // it waits for what may never come: nobody waits for it, and it ends with the session
}

// An Event tells the session what has come of work.
type Event interface{ event() }

// Panicked says that work ended in a panic.
type Panicked struct {
	Cause any
	Stack []byte // where it happened
}

func (Panicked) event() {}

// Run does the work. The event is nil where there is nothing to tell; it is Panicked where the work panics.
func (w Work) Run(ctx context.Context) (e Event) {
	defer func() {
		if cause := recover(); cause != nil {
			e = Panicked{cause, debug.Stack()}
		}
	}()
	return w.do(ctx)
}
