package chat

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// A Journal writes conversations to a Store from a goroutine of its own, in the
// order in which it was asked to, so that nobody waits for a disk. It copies
// what it is given. A version of a turn that is still queued when a newer one
// comes is not written.
//
// When a write fails, nothing more of that conversation is written, for later
// turns would lack their parents; Flush tells why, until SaveAll has saved the
// conversation or Forget has given it up. Other conversations go on. While
// another program has the store locked, nothing is written and nothing fails:
// the journal tries again until the lock goes, or for a moment after Close.
type Journal struct {
	store   Store
	stopped chan struct{} // closed when the goroutine has returned

	mu      sync.Mutex
	changed *sync.Cond // any of the fields below, or the context of a Flush
	queue   []write
	writing write             // what the goroutine is writing; the zero write for nothing
	locked  error             // that another program has the store locked, while it does
	asked   uint64            // writes queued so far
	done    uint64            // writes dealt with so far
	failed  map[string]error  // by conversation; ErrClosed: only the latest writes are missing
	copies  map[string]string // by conversation, the one that it has the traces of, until they are in the store
	closing time.Time         // of Close; zero before it
}

// A write is a header, a turn, its mark, a note, a text for the history, a
// vocabulary, or traces that are copied. The zero write is one that was
// superseded.
type write struct {
	session string
	header  *Header
	turn    *Turn
	marked  int // ID of a turn that gets a mark
	mark    Mark
	note    *Note
	gone    bool         // the note is to be deleted
	traced  bool         // tokens of the turn come with it
	first   int          // which of the turn's the first of them is
	tokens  []TraceToken // none: those from first on are gone
	sent    string
	at      time.Time
	sum     string   // of a vocabulary
	pieces  [][]byte // of it
	copied  string   // conversation whose traces this one gets
}

// ErrClosed is the failure of a conversation that was written to a journal
// after its Close.
var ErrClosed = errors.New("the journal is closed")

const (
	lockPause    = 50 * time.Millisecond // between two attempts to write to a locked store
	lockPatience = 2 * time.Second       // how long a journal that is closed waits for a lock
)

// NewJournal starts a journal. It must be closed; the store stays open.
func NewJournal(s Store) *Journal {
	j := &Journal{store: s, stopped: make(chan struct{}), failed: map[string]error{}, copies: map[string]string{}}
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

// Remember queues a text that was sent, where the store is a History.
func (j *Journal) Remember(text string, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closing.IsZero() {
		j.add(write{sent: text, at: now})
	}
}

// SaveTurn queues a turn as it is now. Its parent comes before it.
func (j *Journal) SaveTurn(session string, t *Turn) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.addTurn(session, t)
}

// SaveMark queues the mark that a turn has now, where the store keeps Marks. The
// turn comes before it.
func (j *Journal) SaveMark(session string, t *Turn) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(write{session: session, marked: t.ID, mark: t.Mark})
}

// SaveNote queues a note as it is now, where the store keeps Notes. The header of
// its conversation comes before it.
func (j *Journal) SaveNote(session string, n Note) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(write{session: session, note: &n})
}

// DeleteNote queues that a note goes.
func (j *Journal) DeleteNote(session string, id int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(write{session: session, note: &Note{ID: id}, gone: true})
}

// SaveTraced queues a turn as it is now, with tokens of it, of which the first one is token first of the reply. They are not copied.
// Where the store keeps no Traces it is SaveTurn.
func (j *Journal) SaveTraced(session string, t *Turn, first int, tokens []TraceToken) {
	j.mu.Lock()
	defer j.mu.Unlock()
	w := j.addTurn(session, t)
	switch {
	case w == nil:
	case w.traced && first >= w.first:
		w.tokens = append(w.tokens[:first-w.first:first-w.first], tokens...)
	default:
		w.traced, w.first, w.tokens = true, first, tokens
	}
}

// SaveVocabulary queues the pieces of a tokenizer, where the store keeps Traces.
func (j *Journal) SaveVocabulary(sum string, pieces [][]byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closing.IsZero() {
		j.add(write{sum: sum, pieces: pieces})
	}
}

// SaveAll queues a conversation as a whole, in place of what is queued of it:
// also one that could not be written before, which is then tried again, and
// one that is no longer in the store.
func (j *Journal) SaveAll(c *Conversation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closing.IsZero() {
		j.refuse(c.ID)
		return
	}
	j.unqueue(c.ID)
	h := c.Header()
	j.add(write{session: c.ID, header: &h})
	for _, n := range c.Notes {
		j.add(write{session: c.ID, note: &n})
	}
	for _, t := range c.Turns() {
		j.addTurn(c.ID, t)
		if t.Mark != (Mark{}) {
			j.add(write{session: c.ID, marked: t.ID, mark: t.Mark})
		}
	}
	if from := j.copies[c.ID]; from != "" {
		j.add(write{session: c.ID, copied: from})
	}
	j.addHeader(h)
}

// CopyTraces queues that the turns of a conversation get the traces which they have in another one, where the store keeps Traces. The
// turns come before it.
func (j *Journal) CopyTraces(from, to string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.copies[to] = cmp.Or(j.copies[from], from)
	j.add(write{session: to, copied: j.copies[to]})
}

// Forget gives up a conversation: its failure, and what is queued of it. It is
// for one that was deleted, or that goes on under another ID.
func (j *Journal) Forget(session string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.unqueue(session)
}

// Flush waits until everything that was queued, of any conversation, has been
// dealt with. It returns why the conversation with this ID is not saved, nil
// while it is, each time that it is asked. It does not wait for a lock of another
// program: the error is then ErrLocked. When ctx ends first, the error wraps its
// cause.
func (j *Journal) Flush(ctx context.Context, session string) error {
	defer j.wake(ctx)()
	j.mu.Lock()
	defer j.mu.Unlock()
	for until := j.asked; j.done < until; j.changed.Wait() {
		switch {
		case j.locked != nil:
			return j.locked
		case ctx.Err() != nil:
			return slowError{context.Cause(ctx)}
		}
	}
	return j.failed[session]
}

// Watch waits until a conversation that is being saved no longer is, and returns
// why; or, with unsaved, until one that was not saved is on disk as a whole, or
// another process is found to have changed it. It returns nil, too, when ctx ends.
func (j *Journal) Watch(ctx context.Context, session string, unsaved bool) error {
	defer j.wake(ctx)()
	j.mu.Lock()
	defer j.mu.Unlock()
	for ctx.Err() == nil {
		err := j.state(session)
		if !unsaved && err != nil || unsaved && err == nil && j.done == j.asked || mendable(err) {
			return err
		}
		j.changed.Wait()
	}
	return nil
}

// State says why a conversation is not being saved, nil where nothing is known to be in the way. It does not wait.
func (j *Journal) State(session string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state(session)
}

// Mend sees to it that a conversation is saved which another process has
// changed, err being what Flush or Watch said of it. It is put back where it was
// deleted, and goes on as a copy, under another ID, where another process added
// to it. Mend tells which in a sentence, "" when err is anything else.
func (j *Journal) Mend(c *Conversation, err error, now time.Time) (told string) {
	switch {
	case errors.Is(err, ErrNotFound):
		told = "this chat was deleted in another window; saved again"
	case errors.Is(err, ErrConflict):
		told = "this chat is open in another window; continuing in a copy"
		from := c.ID
		j.Forget(from)
		c.ID = NewID(now)
		j.SaveAll(c)
		j.CopyTraces(from, c.ID)
		return told
	default:
		return ""
	}
	j.SaveAll(c)
	return told
}

// mendable reports whether Mend does something about an error.
func mendable(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) }

// slowError says that a store takes longer to write than somebody waits.
type slowError struct{ cause error }

func (slowError) Error() string   { return "the disk is slow, the chat is still being written" }
func (e slowError) Unwrap() error { return e.cause }

// Close writes what is queued and ends the goroutine. It returns the failures
// of all conversations that are not saved, the oldest first.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closing.IsZero() {
		j.closing = time.Now()
	}
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

func (j *Journal) state(session string) error { return cmp.Or(j.failed[session], j.locked) }

func (j *Journal) addHeader(h Header) {
	for i, w := range slices.Backward(j.queue) {
		if w.session == h.ID {
			if w.header != nil {
				j.queue[i].header = &h
				return
			}
			break // a header names the leaf: it must not overtake turns
		}
	}
	j.add(write{session: h.ID, header: &h})
}

// addTurn returns the write that is queued of the turn, nil where the journal is closed.
func (j *Journal) addTurn(session string, t *Turn) *write {
	now := t.Clone()
	for i, w := range j.queue {
		if w.session == session && w.turn != nil && w.turn.ID == t.ID {
			j.queue[i].turn = &now
			return &j.queue[i]
		}
	}
	if !j.closing.IsZero() {
		j.refuse(session)
		return nil
	}
	j.add(write{session: session, turn: &now})
	return &j.queue[len(j.queue)-1]
}

func (j *Journal) add(w write) {
	if !j.closing.IsZero() {
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

// unqueue supersedes the queued writes of a conversation, and the one that is
// being written, and forgets that earlier ones have failed. They keep their
// places, for Flush counts them.
func (j *Journal) unqueue(session string) {
	for i := range j.queue {
		if j.queue[i].session == session {
			j.queue[i] = write{}
		}
	}
	if j.writing.session == session {
		j.writing = write{}
	}
	delete(j.failed, session)
}

// putBack queues a write again, as the first, in its latest version.
func (j *Journal) putBack(w write) {
	for i, later := range j.queue {
		if w.turn != nil && later.turn != nil && later.session == w.session && later.turn.ID == w.turn.ID {
			w.turn, j.queue[i] = later.turn, write{}
			if later.traced && w.traced && later.first >= w.first {
				w.tokens = append(w.tokens[:later.first-w.first:later.first-w.first], later.tokens...)
			} else if later.traced {
				w.traced, w.first, w.tokens = true, later.first, later.tokens
			}
		}
	}
	j.queue = slices.Insert(j.queue, 0, w)
}

// wake has whoever waits for a change look again when ctx ends, until stop.
func (j *Journal) wake(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.changed.Broadcast()
	})
}

// run writes until the journal is closed and its queue is empty.
func (j *Journal) run() {
	defer close(j.stopped)
	j.mu.Lock()
	defer j.mu.Unlock()
	for {
		for len(j.queue) == 0 {
			if !j.closing.IsZero() {
				return
			}
			j.changed.Wait()
		}
		j.writing = j.queue[0]
		j.queue = j.queue[1:]
		locked := j.step()
		j.locked = locked
		if locked == nil {
			j.done++
		}
		j.writing = write{}
		j.changed.Broadcast()
		if locked != nil {
			j.mu.Unlock()
			time.Sleep(lockPause)
			j.mu.Lock()
		}
	}
}

// step does the write that is up. It returns an error only where that has to be
// tried again.
func (j *Journal) step() (locked error) {
	w := j.writing
	if err := j.failed[w.session]; err != nil && err != ErrClosed {
		return nil
	}
	j.mu.Unlock()
	err := j.write(w)
	j.mu.Lock()
	switch {
	case err == nil && w.copied != "":
		delete(j.copies, w.session)
	case err == nil, j.writing.session != w.session: // written, or superseded meanwhile
	case errors.Is(err, ErrLocked) && (j.closing.IsZero() || time.Since(j.closing) < lockPatience):
		j.putBack(w)
		return err
	case w.sent != "", w.sum != "", w.copied != "": // that it is missing harms nobody
	default:
		j.failed[w.session] = err
	}
	return nil
}

func (j *Journal) write(w write) error {
	switch {
	case w.sent != "":
		if history, ok := j.store.(History); ok {
			return history.Remember(context.Background(), w.sent, w.at)
		}
	case w.sum != "":
		if traces, ok := j.store.(Traces); ok {
			return traces.SaveVocabulary(context.Background(), w.sum, w.pieces)
		}
	case w.copied != "":
		if traces, ok := j.store.(Traces); ok {
			return traces.CopyTraces(context.Background(), w.copied, w.session)
		}
	case w.traced:
		if traces, ok := j.store.(Traces); ok {
			return traces.SaveTraced(context.Background(), w.session, *w.turn, w.first, w.tokens)
		}
		return j.store.SaveTurn(context.Background(), w.session, *w.turn)
	case w.turn != nil:
		return j.store.SaveTurn(context.Background(), w.session, *w.turn)
	case w.note != nil:
		return j.writeNote(w)
	case w.marked != 0:
		if marks, ok := j.store.(Marks); ok {
			return marks.SaveMark(context.Background(), w.session, w.marked, w.mark)
		}
	case w.header != nil:
		return j.store.SaveSession(context.Background(), *w.header)
	}
	return nil
}

func (j *Journal) writeNote(w write) error {
	notes, ok := j.store.(Notes)
	switch {
	case !ok:
		return nil
	case w.gone:
		return notes.DeleteNote(context.Background(), w.session, w.note.ID)
	}
	_, err := notes.SaveNote(context.Background(), w.session, *w.note)
	return err
}
