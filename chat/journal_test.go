package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// gatedStore is a Volatile that writes one thing for each value sent to gate, and
// notes what it wrote. Writes named in fails give an error.
type gatedStore struct {
	*Volatile
	gate chan struct{} // nil: always open

	mu    sync.Mutex
	wrote []string
	fails map[string]error
}

func newGatedStore(gate chan struct{}) *gatedStore {
	return &gatedStore{Volatile: NewVolatile(), gate: gate, fails: map[string]error{}}
}

func (s *gatedStore) note(name string) error {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fails[name]; err != nil {
		return err
	}
	s.wrote = append(s.wrote, name)
	return nil
}

func (s *gatedStore) SaveSession(ctx context.Context, h Header) error {
	if err := s.note(fmt.Sprintf("%s leaf %d", h.ID, h.Leaf)); err != nil {
		return err
	}
	return s.Volatile.SaveSession(ctx, h)
}

func (s *gatedStore) SaveTurn(ctx context.Context, session string, t Turn) error {
	if err := s.note(fmt.Sprintf("%s %d %s", session, t.ID, t.Text)); err != nil {
		return err
	}
	return s.Volatile.SaveTurn(ctx, session, t)
}

func (s *gatedStore) written() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrote)
}

// named returns an empty conversation with this ID.
func named(id string) *Conversation {
	c := New(noon)
	c.ID = id
	return c
}

func TestJournalWritesInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	store := newGatedStore(nil)
	j := NewJournal(store)
	c := named("s")
	var want []string
	j.SaveSession(c.Header())
	for i := range 100 {
		j.SaveTurn("s", c.Add(i, User, "x", noon))
		want = append(want, fmt.Sprintf("s %d x", i+1))
	}
	if err := j.Flush(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	if got := store.written(); !slices.Equal(got[1:], want) {
		t.Errorf("written %v", got)
	}
	back, err := store.Load(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	wantPath(t, back, ids(c.Path())...)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestJournalWritesOnlyTheLatestQueuedVersion(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	store := newGatedStore(gate)
	j := NewJournal(store)
	first := named("first")
	j.SaveSession(first.Header()) // held at the gate, so that the rest stays queued
	c := named("s")
	j.SaveSession(c.Header())
	one := c.Add(0, User, "hello", noon)
	j.SaveTurn("s", one)
	two := c.Add(1, Assistant, "", noon)
	for _, word := range []string{"I", " am", " here"} {
		two.Text += word
		j.SaveTurn("s", two)
	}
	three := c.Add(2, User, "good", noon)
	j.SaveTurn("s", three)
	j.SaveSession(c.Header())
	two.State = Done
	two.Text += "."
	j.SaveTurn("s", two)
	c.Select(1)
	c.Undo()
	j.SaveSession(c.Header())
	two.Text = "changed after it was handed over"

	close(gate)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{"first leaf 0", "s leaf 0", "s 1 hello", "s 2 I am here.", "s 3 good", "s leaf 2"}
	if got := store.written(); !slices.Equal(got, want) {
		t.Errorf("written %q, want %q", got, want)
	}
}

func TestFlushWaitsForWhatIsQueued(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	store := newGatedStore(gate)
	j := NewJournal(store)
	c := named("s")
	j.SaveSession(c.Header())
	j.SaveTurn("s", c.Add(0, User, "hello", noon))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Flush(ctx, "s"); !errors.Is(err, context.Canceled) {
		t.Errorf("flush with a cancelled context while writes are held: %v", err)
	}
	flushed := make(chan error)
	go func() { flushed <- j.Flush(t.Context(), "s") }()
	gate <- struct{}{}
	select {
	case <-flushed:
		t.Error("flush returned before the turn was written")
	case gate <- struct{}{}:
		if err := <-flushed; err != nil {
			t.Error(err)
		}
	}
	if got := store.written(); len(got) != 2 {
		t.Errorf("written %q", got)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFailureEndsOneConversation(t *testing.T) {
	defer goleak.VerifyNone(t)
	full := errors.New("disk full")
	store := newGatedStore(nil)
	store.fails["a 2 two"] = full
	j := NewJournal(store)
	a, b := named("a"), named("b")
	j.SaveSession(a.Header())
	j.SaveSession(b.Header())
	for i, text := range []string{"one", "two", "three"} {
		j.SaveTurn("a", a.Add(i, User, text, noon))
		j.SaveTurn("b", b.Add(i, User, text, noon))
	}
	for range 2 { // it is told each time
		if err := j.Flush(t.Context(), "a"); !errors.Is(err, full) {
			t.Errorf("conversation a after a failure: %v", err)
		}
		if err := j.Flush(t.Context(), "b"); err != nil {
			t.Errorf("conversation b after a failure of a: %v", err)
		}
	}
	j.SaveTurn("a", a.Add(3, User, "four", noon))
	if err := j.Flush(t.Context(), "a"); !errors.Is(err, full) {
		t.Errorf("flush after more of a failed conversation: %v", err)
	}
	if got := strings.Join(store.written(), ", "); strings.Contains(got, "a 3") || strings.Contains(got, "a 4") || !strings.Contains(got, "b 3") {
		t.Errorf("written: %s", got)
	}

	// The disk has room again.
	store.mu.Lock()
	clear(store.fails)
	store.mu.Unlock()
	j.SaveAll(a)
	if err := j.Flush(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	back, err := store.Load(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	wantPath(t, back, 1, 2, 3, 4)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSaveAllReplacesWhatIsQueued(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	store := newGatedStore(gate)
	j := NewJournal(store)
	c := named("s")
	j.SaveTurn("s", c.Add(0, User, "no header yet", noon)) // fails
	gate <- struct{}{}
	j.SaveTurn("s", c.Add(1, User, "more", noon))
	j.SaveAll(c)
	close(gate)
	if err := j.Close(); err != nil {
		t.Errorf("the conversation saved as a whole: %v", err)
	}
	back, err := store.Load(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	wantPath(t, back, 1, 2)
}

func TestAClosedJournalRefusesWrites(t *testing.T) {
	defer goleak.VerifyNone(t)
	j := NewJournal(NewVolatile())
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j.SaveSession(named("s").Header())
	if err := j.Flush(t.Context(), "s"); !errors.Is(err, ErrClosed) {
		t.Errorf("flush after a write to a closed journal: %v", err)
	}
	if err := j.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
}

// A flush that nobody waits for any more keeps no failure to itself.
func TestAnAbandonedFlushHidesNoFailure(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	full := errors.New("disk full")
	store := newGatedStore(gate)
	store.fails["s leaf 0"] = full
	j := NewJournal(store)
	j.SaveSession(named("s").Header())
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	err := j.Flush(ctx, "s")
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, full) {
		t.Errorf("flush while the write is held: %v", err)
	}
	if words := err.Error(); !strings.Contains(words, "still being written") || strings.Contains(words, "\n") {
		t.Errorf("flush while the write is held says %q", words)
	}
	close(gate)
	if err := j.Flush(t.Context(), "s"); !errors.Is(err, full) {
		t.Errorf("the next flush: %v", err)
	}
	if err := j.Close(); !errors.Is(err, full) {
		t.Errorf("close: %v", err)
	}
}

func TestCloseTellsEveryFailureInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	store := newGatedStore(nil)
	j := NewJournal(store)
	var want []string
	for i := range 20 {
		id := fmt.Sprintf("c%02d", 19-i)
		store.mu.Lock()
		store.fails[id+" leaf 0"] = errors.New("no " + id)
		store.mu.Unlock()
		j.SaveSession(named(id).Header())
		want = append([]string{"no " + id}, want...)
	}
	j.SaveSession(named("fine").Header())
	if err := j.Close(); err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("close: %v", err)
	}
}

func TestAForgottenConversationIsNoFailure(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	store := newGatedStore(gate)
	store.fails["gone leaf 0"] = errors.New("disk full")
	j := NewJournal(store)
	gone, first := named("gone"), named("first")
	j.SaveSession(gone.Header())
	gate <- struct{}{} // it has failed, or is about to
	j.SaveSession(first.Header())
	gate <- struct{}{} // it has failed
	j.SaveTurn("gone", gone.Add(0, User, "more", noon))
	j.Forget("gone")
	close(gate)
	if err := j.Flush(t.Context(), "gone"); err != nil {
		t.Errorf("flush: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if got := store.written(); !slices.Equal(got, []string{"first leaf 0"}) {
		t.Errorf("written %q", got)
	}
}

// What was queued before Close is written, whatever comes after it.
func TestClosingRefusesOnlyWhatComesLater(t *testing.T) {
	defer goleak.VerifyNone(t)
	gate := make(chan struct{})
	store := newGatedStore(gate)
	j := NewJournal(store)
	c := named("s")
	j.SaveSession(c.Header())
	j.SaveTurn("s", c.Add(0, User, "one", noon))
	j.SaveTurn("s", c.Add(1, User, "two", noon))
	closed := make(chan error)
	go func() { closed <- j.Close() }()
	for closing := false; !closing; {
		j.mu.Lock()
		closing = !j.closing.IsZero()
		j.mu.Unlock()
	}
	late := c.Add(2, User, "three", noon)
	j.SaveAll(c)
	j.SaveTurn("s", late)
	close(gate)
	if err := <-closed; !errors.Is(err, ErrClosed) {
		t.Errorf("close: %v", err)
	}
	if got, want := store.written(), []string{"s leaf 0", "s 1 one", "s 2 two"}; !slices.Equal(got, want) {
		t.Errorf("written %q, want %q", got, want)
	}
}
