package chat

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// A Journal writes conversations to a Store from a goroutine of its own, in the
// order in which it was asked to, so that nobody waits for a disk. It copies
// what it is given. A version of a turn that is still queued when a newer one
// comes is not written.
//
// When a write fails, nothing more of that conversation is written, for later
// turns would lack their parents; Err tells why. Other conversations go on.
type Journal struct {
	store   Store
	stopped chan struct{} // closed when the goroutine has returned

	mu      sync.Mutex
	wake    *sync.Cond
	queue   []write
	asked   uint64           // writes queued so far
	done    uint64           // writes dealt with so far
	waiting []waiter         // in ascending order of until
	failed  map[string]error // by conversation
	unsaid  error            // first failure since the last Flush
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

type waiter struct {
	until uint64
	done  chan error // has room for one
}

// ErrClosed is returned for writes to a journal that was closed.
var ErrClosed = errors.New("the journal is closed")

// NewJournal starts a journal. It must be closed; the store stays open.
func NewJournal(s Store) *Journal {
	j := &Journal{store: s, stopped: make(chan struct{}), failed: map[string]error{}}
	j.wake = sync.NewCond(&j.mu)
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

// SaveAll queues a conversation as a whole, also one that could not be written
// before, which is then tried again.
func (j *Journal) SaveAll(c *Conversation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.queue {
		if j.queue[i].session == c.ID {
			j.queue[i] = write{}
		}
	}
	h := c.Header()
	j.add(write{session: c.ID, header: h, anew: true})
	for _, t := range c.Turns() {
		j.addTurn(c.ID, t)
	}
	j.addHeader(h)
}

// Flush waits until all that was queued is in the store. It returns the first
// failure since the last Flush.
func (j *Journal) Flush(ctx context.Context) error {
	j.mu.Lock()
	if j.done == j.asked {
		defer j.mu.Unlock()
		return j.say()
	}
	w := waiter{until: j.asked, done: make(chan error, 1)}
	j.waiting = append(j.waiting, w)
	j.mu.Unlock()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Err returns why a conversation is no longer saved, nil while it is.
func (j *Journal) Err(session string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.failed[session]
}

// Close writes what is queued and ends the goroutine. It returns the first
// failure since the last Flush.
func (j *Journal) Close() error {
	j.mu.Lock()
	j.closing = true
	j.wake.Signal()
	j.mu.Unlock()
	<-j.stopped
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.say()
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
		j.fail(w.session, ErrClosed)
		return
	}
	j.queue = append(j.queue, w)
	j.asked++
	j.wake.Signal()
}

func (j *Journal) fail(session string, err error) {
	j.failed[session] = err
	j.unsaid = cmp.Or(j.unsaid, err)
}

// say returns the failure that nobody was told yet.
func (j *Journal) say() error {
	err := j.unsaid
	j.unsaid = nil
	return err
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
			j.wake.Wait()
		}
		w := j.queue[0]
		j.queue = j.queue[1:]
		if w.anew {
			delete(j.failed, w.session)
		}
		err := j.failed[w.session]
		if err == nil {
			j.mu.Unlock()
			err = j.write(w)
			j.mu.Lock()
		}
		if err != nil {
			j.fail(w.session, err)
		}
		j.done++
		for len(j.waiting) > 0 && j.waiting[0].until <= j.done {
			j.waiting[0].done <- j.say()
			j.waiting = j.waiting[1:]
		}
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
