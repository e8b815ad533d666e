package store

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/chat"
)

var noon = time.UnixMilli(1_777_000_000_123)

// openAt opens the store of this path until the test ends.
func openAt(t *testing.T, path string) *DB {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// eachStore runs a test on every implementation of chat.Store.
func eachStore(t *testing.T, test func(t *testing.T, s chat.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, chat.NewVolatile()) })
	t.Run("file", func(t *testing.T) {
		leaks := goleak.IgnoreCurrent()
		t.Cleanup(func() { goleak.VerifyNone(t, leaks) }) // after the store is closed
		test(t, openAt(t, filepath.Join(t.TempDir(), "chats.db")))
	})
}

// save writes a conversation turn by turn, in order.
func save(t *testing.T, s chat.Store, c *chat.Conversation) {
	t.Helper()
	if err := s.SaveSession(t.Context(), c.Header()); err != nil {
		t.Fatal(err)
	}
	for _, turn := range c.Turns() {
		if err := s.SaveTurn(t.Context(), c.ID, turn.Clone()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveSession(t.Context(), c.Header()); err != nil {
		t.Fatal(err)
	}
}

// sample returns a conversation of three turns, the last two being siblings.
func sample(now time.Time) *chat.Conversation {
	c := chat.New(now)
	c.System, c.Mode, c.Format, c.Model, c.Draft, c.Params = "Be kind.", chat.Story, "plain", "starter", "and then\n", `{"temperature":0.5}`
	c.Add(0, chat.User, "hello \x00 'wörld' 字🙂\n", now)
	a := c.Add(1, chat.Assistant, "Hi.", now.Add(time.Second))
	a.State = chat.Done
	a.Reply = &chat.Reply{Model: "starter", Seed: 1<<64 - 1, Params: json.RawMessage(`{"temperature":0.7}`), StopReason: "end_of_text", PromptTokens: 9, Tokens: 2, TokensPerSecond: 80.5, IDs: []int{17, 250}}
	b := c.Add(1, chat.Assistant, "Good d", now.Add(2*time.Second))
	b.State = chat.Stopped
	c.Select(2)
	return c
}

func wantSame(t *testing.T, got, want *chat.Conversation) {
	t.Helper()
	if g, w := got.Header(), want.Header(); !reflect.DeepEqual(g, w) {
		t.Errorf("header\n%+v, want\n%+v", g, w)
	}
	for i, turn := range want.Turns() {
		if g := got.Turns()[i]; !reflect.DeepEqual(g, turn) {
			t.Errorf("turn\n%+v, want\n%+v", g, turn)
		}
	}
	if g, w := len(got.Turns()), len(want.Turns()); g != w {
		t.Errorf("%d turns, want %d", g, w)
	}
}

// turn is the turn with an ID, nil where there is none.
func turn(c *chat.Conversation, id int) *chat.Turn {
	path := c.PathTo(id)
	if len(path) == 0 {
		return nil
	}
	return path[len(path)-1]
}

func TestWhatIsSavedIsLoaded(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		c := sample(noon)
		save(t, s, c)
		got, err := s.Load(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, c)

		c.Title, c.Draft, c.System = "renamed", "", "Be short."
		turn(c, 3).Text, turn(c, 3).State = "Good day.", chat.Done
		c.Undo()
		save(t, s, c)
		if got, err = s.Load(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, c)
	})
}

func TestANewTurnIsOnThePathWithoutAHeader(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		c := sample(noon)
		save(t, s, c)
		later := noon.Add(time.Hour)
		added := c.Add(2, chat.User, "more", later)
		if err := s.SaveTurn(t.Context(), c.ID, added.Clone()); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if leaf := got.Leaf(); leaf == nil || leaf.ID != added.ID {
			t.Errorf("leaf %+v, want turn %d", leaf, added.ID)
		}
		if !got.Updated.Equal(later) {
			t.Errorf("updated %v, want %v", got.Updated, later)
		}
		// A turn that is written again leaves the path as it is.
		c.Select(3)
		if err := s.SaveSession(t.Context(), c.Header()); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveTurn(t.Context(), c.ID, added.Clone()); err != nil {
			t.Fatal(err)
		}
		if got, err = s.Load(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if leaf := got.Leaf(); leaf.ID != 3 {
			t.Errorf("leaf %d, want 3", leaf.ID)
		}
	})
}

func TestSessionsListsTheLatestFirst(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		if id, err := s.Last(t.Context()); id != "" || err != nil {
			t.Errorf("last of an empty store: %q, %v", id, err)
		}
		old, recent, empty := sample(noon), sample(noon.Add(time.Hour)), chat.New(noon.Add(2*time.Hour))
		save(t, s, recent)
		save(t, s, old)
		save(t, s, empty)
		list, err := s.Sessions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].ID != recent.ID || list[1].ID != old.ID {
			t.Fatalf("sessions %+v; want the recent and the old one, not the empty one", list)
		}
		want := chat.Summary{ID: old.ID, Title: old.Title, Updated: old.Updated, Turns: 3, Model: "starter", Preview: "Hi."}
		if !reflect.DeepEqual(list[1], want) {
			t.Errorf("summary\n%+v, want\n%+v", list[1], want)
		}
		if id, err := s.Last(t.Context()); id != recent.ID || err != nil {
			t.Errorf("last %q, %v, want %q", id, err, recent.ID)
		}
	})
}

func TestRenameAndDelete(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		a, b := sample(noon), sample(noon.Add(time.Hour))
		for range 300 { // a deep tree
			a.Add(a.Leaf().ID, chat.User, "more", noon)
		}
		save(t, s, a)
		save(t, s, b)
		if err := s.Rename(t.Context(), a.ID, "new name"); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		a.Title = "new name"
		wantSame(t, got, a)

		if err := s.Delete(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), a.ID); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("load of a deleted conversation: %v", err)
		}
		if got, err = s.Load(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, b)
	})
}

func TestUnknownConversations(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		_, loaded := s.Load(t.Context(), "x")
		for name, err := range map[string]error{
			"load":   loaded,
			"rename": s.Rename(t.Context(), "x", "y"),
			"delete": s.Delete(t.Context(), "x"),
			"turn":   s.SaveTurn(t.Context(), "x", chat.Turn{ID: 1}),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		c := sample(noon)
		save(t, s, c)
		if err := s.SaveTurn(t.Context(), c.ID, chat.Turn{ID: 9, Parent: 8}); err == nil {
			t.Error("a turn without its parent was saved")
		}
	})
}

// Two processes have one conversation open, and both add a turn.
func TestATurnOfAnotherProcessIsNotOverwritten(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		ours := sample(noon)
		save(t, s, ours)
		theirs, err := s.Load(t.Context(), ours.ID)
		if err != nil {
			t.Fatal(err)
		}
		a := ours.Add(2, chat.User, "ours", noon.Add(time.Minute))
		b := theirs.Add(2, chat.User, "theirs", noon.Add(2*time.Minute))
		if err := s.SaveTurn(t.Context(), ours.ID, a.Clone()); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveTurn(t.Context(), ours.ID, b.Clone()); !errors.Is(err, chat.ErrConflict) {
			t.Errorf("the second turn %d: %v", b.ID, err)
		}
		got, err := s.Load(t.Context(), ours.ID)
		if err != nil {
			t.Fatal(err)
		}
		if text := turn(got, a.ID).Text; text != "ours" {
			t.Errorf("turn %d is now %q", a.ID, text)
		}
		theirs.ID = chat.NewID(noon)
		save(t, s, theirs) // a copy goes on
	})
}

// A process that does not know the latest turns saves its header.
func TestAHeaderThatKnowsFewerTurnsLeavesThePath(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		ours := sample(noon)
		save(t, s, ours)
		theirs, err := s.Load(t.Context(), ours.ID)
		if err != nil {
			t.Fatal(err)
		}
		ours.Add(2, chat.User, "more", noon.Add(time.Hour))
		ours.Add(2, chat.User, "other", noon.Add(2*time.Hour))
		ours.Select(4)
		ours.Select(3) // and 4 when the path goes through 2
		save(t, s, ours)

		theirs.Select(2)
		theirs.Draft = "theirs"
		if err := s.SaveSession(t.Context(), theirs.Header()); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load(t.Context(), ours.ID)
		if err != nil {
			t.Fatal(err)
		}
		ours.Draft = "theirs"
		wantSame(t, got, ours)

		// With the same turns, the latest header counts.
		got.Select(2)
		if err := s.SaveSession(t.Context(), got.Header()); err != nil {
			t.Fatal(err)
		}
		again, err := s.Load(t.Context(), ours.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, again, got)
	})
}

// A process loads a reply while another one is writing it, and saves it later.
func TestAVersionThatKnowsLessChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		stored chat.Turn // by the process that writes
		saved  chat.Turn // by another one
		kept   bool
	}{
		{"shorter", chat.Turn{State: chat.Done, Text: "Good day."}, chat.Turn{State: chat.Stopped, Text: "Good"}, true},
		{"other", chat.Turn{State: chat.Done, Text: "Go!"}, chat.Turn{State: chat.Stopped, Text: "Go\uFFFD"}, true},
		{"of a stopped reply", chat.Turn{State: chat.Stopped, Text: "Good d\x00y"}, chat.Turn{State: chat.Stopped, Text: "Good d"}, true},
		{"of a growing reply", chat.Turn{State: chat.Writing, Text: "Good day"}, chat.Turn{State: chat.Stopped, Text: "Good"}, true},
		{"stopped by its writer", chat.Turn{State: chat.Writing, Text: "Good"}, chat.Turn{State: chat.Stopped, Text: "Good d"}, false},
		{"stopped without a further token", chat.Turn{State: chat.Writing, Text: "Good"}, chat.Turn{State: chat.Stopped, Text: "Good"}, false},
		{"completed by its writer", chat.Turn{State: chat.Stopped, Text: "Good d"}, chat.Turn{State: chat.Done, Text: "Good."}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s chat.Store) {
				c := chat.New(noon)
				c.Add(0, chat.User, "hello", noon)
				reply := c.Add(1, chat.Assistant, test.stored.Text, noon)
				reply.State = test.stored.State
				save(t, s, c)
				reply.Text, reply.State = test.saved.Text, test.saved.State
				if err := s.SaveTurn(t.Context(), c.ID, reply.Clone()); err != nil {
					t.Fatal(err)
				}
				got, err := s.Load(t.Context(), c.ID)
				if err != nil {
					t.Fatal(err)
				}
				want := test.saved
				if test.kept {
					want = test.stored
				}
				if want.State == chat.Writing {
					want.State = chat.Stopped // as Load has it
				}
				if leaf := got.Leaf(); leaf.Text != want.Text || leaf.State != want.State {
					t.Errorf("stored %s %q, want %s %q", leaf.State, leaf.Text, want.State, want.Text)
				}
			})
		})
	}
}

// Another process deletes a conversation that goes on here.
func TestADeletedConversationIsSavedAgainAsAWhole(t *testing.T) {
	eachStore(t, func(t *testing.T, s chat.Store) {
		c := sample(noon)
		save(t, s, c)
		if err := s.Delete(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		j := chat.NewJournal(s)
		added := c.Add(2, chat.User, "more", noon.Add(time.Hour))
		j.SaveSession(c.Header())
		j.SaveTurn(c.ID, added)
		if err := j.Flush(t.Context(), c.ID); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("a turn of a deleted conversation: %v", err)
		}
		j.SaveAll(c)
		if err := j.Flush(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
		got, err := s.Load(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, c)
	})
}
