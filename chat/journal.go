package chat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// A Journal writes conversations to a Store from a goroutine of its own, in the
// order in which it was asked to, so that nobody waits for a disk. It copies
// what it is given. A version of a turn that is still queued when a newer one
// comes is not written.
//
// When a write fails, nothing more of that conversation is written, for later
// turns would lack their parents; Flush tells why, until SaveAll has saved the
// conversation or Forget has given it up. Other conversations go on.
type Journal struct {
	store   Store
	stopped chan struct{} // closed when the goroutine has returned

	mu      sync.Mutex
	changed *sync.Cond // any of the fields below, or the context of a Flush
	queue   []write
	asked   uint64           // writes queued so far
	done    uint64           // writes dealt with so far
	failed  map[string]error // by conversation; ErrClosed: only the latest writes are missing
	closing bool
}

// A write is a header, or a turn when turn is not nil. The zero write is one
// that was superseded.
type write struct {
	session string
	header  Header
	turn    *Turn
	anew    bool // forget that writes of this conversation have failed
}

// ErrClosed is the failure of a conversation that was written to a journal
// after its Close.
var ErrClosed = errors.New("the journal is closed")

// NewJournal starts a journal. It must be closed; the store stays open.
func NewJournal(s Store) *Journal {
	j := &Journal{store: s, stopped: make(chan struct{}), failed: map[string]error{}}
	j.changed = sync.NewCond(&j.mu)
	go j.run()
	return j
}

// SaveSession queues a header. A conversation's first header comes before its
// turns.
func (j *Journal) SaveSession(h Header) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.addHeader(h)
}

// SaveTurn queues a turn as it is now. Its parent comes before it.
func (j *Journal) SaveTurn(session string, t *Turn) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.addTurn(session, t)
}

// SaveAll queues a conversation as a whole, in place of what is queued of it:
// also one that could not be written before, which is then tried again, and
// one that is no longer in the store.
func (j *Journal) SaveAll(c *Conversation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closing {
		j.refuse(c.ID)
		return
	}
	j.unqueue(c.ID)
	h := c.Header()
	j.add(write{session: c.ID, header: h, anew: true})
	for _, t := range c.Turns() {
		j.addTurn(c.ID, t)
	}
	j.addHeader(h)
}

// Forget gives up a conversation: its failure, and what is queued of it. It is
// for one that was deleted, or that goes on under another ID.
func (j *Journal) Forget(session string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.unqueue(session)
	delete(j.failed, session)
}

// Flush waits until everything that was queued, of any conversation, has been
// dealt with. It returns why the conversation with this ID is not saved, nil
// while it is, each time that it is asked. When ctx ends first, the error wraps
// its cause.
func (j *Journal) Flush(ctx context.Context, session string) error {
	defer context.AfterFunc(ctx, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.changed.Broadcast()
	})()
	j.mu.Lock()
	defer j.mu.Unlock()
	for until := j.asked; j.done < until; j.changed.Wait() {
		if ctx.Err() != nil {
			return fmt.Errorf("the disk is slow, the chat is still being written: %w", context.Cause(ctx))
		}
	}
	return j.failed[session]
}

// Close writes what is queued and ends the goroutine. It returns the failures
// of all conversations that are not saved, the oldest first.
func (j *Journal) Close() error {
	j.mu.Lock()
	j.closing = true
	j.changed.Broadcast()
	j.mu.Unlock()
	<-j.stopped
	j.mu.Lock()
	defer j.mu.Unlock()
	var failures []error
	for _, session := range slices.Sorted(maps.Keys(j.failed)) {
		failures = append(failures, j.failed[session])
	}
	return errors.Join(failures...)
}

// The methods below are called with the lock held.

func (j *Journal) addHeader(h Header) {
	for i, w := range slices.Backward(j.queue) {
		if w.session == h.ID {
			if w.turn == nil {
				j.queue[i].header = h
				return
			}
			break // a header names the leaf: it must not overtake turns
		}
	}
	j.add(write{session: h.ID, header: h})
}

func (j *Journal) addTurn(session string, t *Turn) {
	now := t.Clone()
	for i, w := range j.queue {
		if w.session == session && w.turn != nil && w.turn.ID == t.ID {
			j.queue[i].turn = &now
			return
		}
	}
	j.add(write{session: session, turn: &now})
}

func (j *Journal) add(w write) {
	if j.closing {
		j.refuse(w.session)
		return
	}
	j.queue = append(j.queue, w)
	j.asked++
	j.changed.Broadcast()
}

func (j *Journal) refuse(session string) {
	j.failed[session] = cmp.Or(j.failed[session], ErrClosed)
}

// unqueue supersedes the queued writes of a conversation. They keep their
// places, for Flush counts them.
func (j *Journal) unqueue(session string) {
	for i := range j.queue {
		if j.queue[i].session == session {
			j.queue[i] = write{}
		}
	}
}

// run writes until the journal is closed and its queue is empty.
func (j *Journal) run() {
	defer close(j.stopped)
	j.mu.Lock()
	defer j.mu.Unlock()
	for {
		for len(j.queue) == 0 {
			if j.closing {
				return
			}
			j.changed.Wait()
		}
		w := j.queue[0]
		j.queue = j.queue[1:]
		if w.anew {
			delete(j.failed, w.session)
		}
		if err := j.failed[w.session]; err == nil || err == ErrClosed {
			j.mu.Unlock()
			err = j.write(w)
			j.mu.Lock()
			if err != nil {
				j.failed[w.session] = err
			}
		}
		j.done++
		j.changed.Broadcast()
	}
}

func (j *Journal) write(w write) error {
	switch {
	case w.turn != nil:
		return j.store.SaveTurn(context.Background(), w.session, *w.turn)
	case w.session != "":
		return j.store.SaveSession(context.Background(), w.header)
	}
	return nil
}
