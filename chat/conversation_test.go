package chat

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// ids returns the IDs of turns.
func ids(turns []*Turn) []int {
	list := []int{}
	for _, t := range turns {
		list = append(list, t.ID)
	}
	return list
}

func wantPath(t *testing.T, c *Conversation, want ...int) {
	t.Helper()
	if got := ids(c.Path()); !slices.Equal(got, want) {
		t.Errorf("path %v, want %v", got, want)
	}
	last := 0
	if leaf := c.Leaf(); leaf != nil {
		last = leaf.ID
	}
	if len(want) > 0 && last != want[len(want)-1] || len(want) == 0 && last != 0 {
		t.Errorf("leaf %d does not end the path %v", last, want)
	}
}

func TestRetryAndEditAreSiblings(t *testing.T) {
	c := New(noon)
	wantPath(t, c)
	c.Add(0, User, "hello", noon)          // 1
	c.Add(1, Assistant, "Hi.", noon)       // 2
	c.Add(1, Assistant, "Good day.", noon) // 3: another reply
	wantPath(t, c, 1, 3)
	c.Add(3, User, "how are you?", noon) // 4
	c.Add(4, Assistant, "Well.", noon)   // 5
	c.Add(0, User, "hello there", noon)  // 6: the first question edited
	wantPath(t, c, 6)

	if got, i := c.Siblings(3); !slices.Equal(got, []int{2, 3}) || i != 1 {
		t.Errorf("siblings of 3: %v at %d", got, i)
	}
	if got, i := c.Siblings(1); !slices.Equal(got, []int{1, 6}) || i != 0 {
		t.Errorf("siblings of the root 1: %v at %d", got, i)
	}
	c.Select(1)
	wantPath(t, c, 1, 3, 4, 5)
	c.Select(2)
	wantPath(t, c, 1, 2)
	c.Select(6)
	wantPath(t, c, 6)
	c.Select(1)
	wantPath(t, c, 1, 2)
	if got := ids(c.Turns()); !slices.Equal(got, []int{1, 2, 3, 4, 5, 6}) {
		t.Errorf("turns %v", got)
	}
}

func TestUnknownIDsChangeNothing(t *testing.T) {
	c := New(noon)
	c.Add(0, User, "hello", noon)
	c.Select(9)
	wantPath(t, c, 1)
	if got, i := c.Siblings(9); got != nil || i != -1 {
		t.Errorf("siblings of an unknown turn: %v, %d", got, i)
	}
	if c.PathTo(9) != nil {
		t.Error("an unknown turn was found")
	}
	if added := c.Add(9, User, "lost", noon); added.Parent != 0 {
		t.Errorf("a turn below an unknown one has parent %d, want a root", added.Parent)
	}
}

func TestUndoKeepsTheTurns(t *testing.T) {
	c := New(noon)
	c.Add(0, User, "one", noon)
	c.Add(1, Assistant, "1", noon)
	c.Add(2, User, "two", noon)
	c.Add(3, Assistant, "2", noon)
	c.Add(4, Assistant, "2, and more", noon)

	text, ok := c.Undo()
	if text != "two" || !ok {
		t.Errorf("undo gave %q, %v", text, ok)
	}
	wantPath(t, c, 1, 2)
	text, ok = c.Undo()
	if text != "one" || !ok {
		t.Errorf("second undo gave %q, %v", text, ok)
	}
	wantPath(t, c)
	if _, ok := c.Undo(); ok {
		t.Error("undo of an empty path succeeded")
	}
	if n := len(c.Turns()); n != 5 {
		t.Errorf("%d turns after undo, want 5", n)
	}
	c.Select(1)
	wantPath(t, c, 1, 2, 3, 4, 5)

	story := New(noon)
	story.Mode = Story
	story.Add(0, Assistant, "It was night.", noon)
	if _, ok := story.Undo(); ok {
		t.Error("undo without a user turn succeeded")
	}
	wantPath(t, story, 1)
}

func TestNewConversationsDiffer(t *testing.T) {
	seen := map[string]bool{}
	before := ""
	for i := range 1000 {
		id := NewID(noon.Add(time.Duration(i) * time.Millisecond))
		if seen[id] || id < before {
			t.Fatalf("ID %s after %s is known or sorts before it", id, before)
		}
		seen[id] = true
		before = id
	}
}

func TestTitleIsTheBeginningOfTheFirstQuestion(t *testing.T) {
	long := strings.Repeat("word ", 30)
	for text, want := range map[string]string{
		"hello":                        "hello",
		"\n\n  first line \nsecond":    "first line",
		"tabs\tand   spaces":           "tabs and spaces",
		long:                           strings.TrimSpace(long[:59]) + "…",
		strings.Repeat("字", 100):       strings.Repeat("字", 59) + "…",
		strings.Repeat("x", 60):        strings.Repeat("x", 60),
		strings.Repeat("x", 61) + " y": strings.Repeat("x", 59) + "…",
	} {
		c := New(noon)
		c.Add(0, Assistant, "Welcome.", noon)
		c.Add(1, User, text, noon)
		c.Add(2, User, "something else", noon)
		if c.Title != want {
			t.Errorf("title of %q: %q, want %q", text, c.Title, want)
		}
		if n := utf8.RuneCountInString(c.Title); n > 60 {
			t.Errorf("title %q has %d runes", c.Title, n)
		}
	}
	named := New(noon)
	named.Title = "mine"
	named.Add(0, User, "hello", noon)
	if named.Title != "mine" {
		t.Errorf("a given title was replaced by %q", named.Title)
	}
}

// randomTree grows a conversation by random steps of a user.
func randomTree(r *rand.Rand, steps int) *Conversation {
	c := New(noon)
	for i := range steps {
		now := noon.Add(time.Duration(i) * time.Second)
		switch leaf := c.Leaf(); {
		case leaf == nil || r.IntN(10) == 0:
			c.Add(0, User, randomText(r), now)
		case r.IntN(4) == 0:
			c.Select(1 + r.IntN(len(c.turns)))
		case r.IntN(8) == 0:
			c.Undo()
		case r.IntN(8) == 0:
			c.Mark(1+r.IntN(len(c.turns)), Mark{Label: "a name", Hidden: r.IntN(2) == 0})
		case leaf.Role == User:
			c.Add(leaf.ID, Assistant, randomText(r), now).State = Done
		case r.IntN(3) == 0:
			c.Add(leaf.Parent, Assistant, randomText(r), now).State = Stopped
		default:
			c.Add(leaf.ID, User, randomText(r), now)
		}
	}
	return c
}

func randomText(r *rand.Rand) string {
	words := []string{"a", "fox", "über", "字", "\n", "  ", "User:", "\nAssistant:", "🙂", "it's", "."}
	var b strings.Builder
	for range r.IntN(30) {
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	return b.String()
}

func TestTreeProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		c := randomTree(r, 40)
		for _, turn := range c.Turns() {
			siblings, at := c.Siblings(turn.ID)
			if len(c.Hides(turn.ID)) > 0 {
				before := ids(c.Path())
				c.Select(turn.ID)
				c.End(turn.ID)
				wantPath(t, c, before...)
				continue
			}
			if !slices.IsSorted(siblings) || siblings[at] != turn.ID {
				t.Fatalf("turn %d: siblings %v at %d", turn.ID, siblings, at)
			}
			c.Select(turn.ID)
			path := c.Path()
			if !slices.Contains(path, turn) {
				t.Fatalf("after Select(%d) the path is %v", turn.ID, ids(path))
			}
			for i, p := range path {
				if i == 0 && p.Parent != 0 || i > 0 && p.Parent != path[i-1].ID {
					t.Fatalf("path %v breaks at %d", ids(path), p.ID)
				}
			}
			again := ids(path)
			c.Select(turn.ID)
			wantPath(t, c, again...)
		}
	}
}

// Hiding a turn takes it off the path and out of its versions; the way back is the same tree.
func TestHiding(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		c := randomTree(r, 40)
		for _, turn := range c.Turns() {
			if len(c.Hides(turn.ID)) > 0 {
				continue
			}
			leaf, chosen := c.Current()
			siblings, _ := c.Siblings(turn.ID)
			was := c.Path()
			c.Mark(turn.ID, Mark{Hidden: true})
			for _, p := range c.Path() {
				if len(c.Hides(p.ID)) > 0 {
					t.Fatalf("turn %d of the path %v is hidden", p.ID, ids(c.Path()))
				}
			}
			if at := slices.Index(was, turn); at < 0 {
				wantPath(t, c, ids(was)...)
			} else {
				wantPath(t, c, append(ids(was[:at]), ids(c.Path())[at:]...)...)
				if len(c.Path()) == at && len(siblings) > 1 {
					t.Fatalf("the path ends before turn %d, which has the versions %v", turn.ID, siblings)
				}
			}
			if slices.Contains(siblings, turn.ID) && len(siblings) > 1 {
				for _, id := range siblings {
					if now, _ := c.Siblings(id); len(now) != len(siblings)-1 || slices.Contains(now, turn.ID) {
						t.Fatalf("versions %v after %d of %v is hidden", now, turn.ID, siblings)
					}
				}
			}
			c.Mark(turn.ID, Mark{})
			c.Return(leaf, c.last, chosen)
			wantPath(t, c, ids(was)...)
			if again, now := c.Current(); again != leaf || !maps.Equal(now, chosen) {
				t.Fatalf("%d %v after turn %d came back, want %d %v", again, now, turn.ID, leaf, chosen)
			}
		}
	}
}

// A branch has what leads to a turn and what follows it, and nothing else.
func TestBranch(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		c := randomTree(r, 40)
		id := 1 + r.IntN(len(c.turns))
		b, err := c.Branch(id, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, turn := range c.Turns() {
			path := c.PathTo(turn.ID)
			at := slices.Index(path, c.turns[id])
			hidden := at >= 0 && slices.ContainsFunc(path[at+1:], func(t *Turn) bool { return t.Hidden })
			wants := at >= 0 && !hidden || slices.Contains(c.PathTo(id), turn)
			if got := b.turns[turn.ID]; wants != (got != nil) || got != nil && got.Text != turn.Text {
				t.Fatalf("turn %d is %+v in the branch of %d", turn.ID, got, id)
			}
		}
		if b.ID == c.ID || len(c.Hides(id)) == 0 && !slices.Contains(b.Path(), b.turns[id]) {
			t.Fatalf("the path is %v in the branch of %d", ids(b.Path()), id)
		}
	}
	if b, err := New(noon).Branch(3, noon); b != nil || err != nil {
		t.Errorf("%v, %v", b, err)
	}
}

func TestRestoreIsTheSameConversation(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		c := randomTree(r, 40)
		for _, turn := range c.Turns() {
			if turn.State == Writing {
				turn.State = Stopped
			}
		}
		var turns []Turn
		for _, turn := range c.Turns() {
			turns = append(turns, turn.Clone())
		}
		r.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		back, err := Restore(c.Header(), turns)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back.Turns(), c.Turns()) || !reflect.DeepEqual(back.Meta, c.Meta) {
			t.Fatal("turns or header differ")
		}
		wantPath(t, back, ids(c.Path())...)
		if !maps.Equal(back.chosen, c.chosen) {
			t.Fatalf("chosen %v, want %v", back.chosen, c.chosen)
		}
		if a, b := back.Add(0, User, "more", noon), c.Add(0, User, "more", noon); a.ID != b.ID {
			t.Fatalf("the next turn has ID %d, want %d", a.ID, b.ID)
		}
	}
}

func TestRestoreAfterADeath(t *testing.T) {
	turns := []Turn{
		{ID: 1, Role: User, Text: "hello", State: Done},
		{ID: 2, Parent: 1, Role: Assistant, Text: "Hi, I a", State: Writing},
	}
	c, err := Restore(Header{Leaf: 3}, turns) // turn 3 never reached the disk
	if err != nil {
		t.Fatal(err)
	}
	wantPath(t, c, 1, 2)
	if got := c.Leaf(); got.State != Stopped || got.Text != "Hi, I a" {
		t.Errorf("the reply of a dead process: %+v", got)
	}
}

func TestRestoreRefusesBrokenTrees(t *testing.T) {
	for name, turns := range map[string][]Turn{
		"zero ID":        {{ID: 0}},
		"twice":          {{ID: 1}, {ID: 1}},
		"missing parent": {{ID: 2, Parent: 1}},
		"cycle":          {{ID: 1, Parent: 2}, {ID: 2, Parent: 1}},
		"own parent":     {{ID: 1, Parent: 1}},
		"negative":       {{ID: 1, Parent: -1}},
	} {
		if _, err := Restore(Header{}, turns); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSnapshotsShareNothing(t *testing.T) {
	c := New(noon)
	turn := c.Add(0, Assistant, "a", noon)
	turn.Reply = &Reply{IDs: []int{1, 2}, Params: []byte(`{"a":1}`)}
	c.Add(0, User, "b", noon)
	c.Select(1)

	copied, h := turn.Clone(), c.Header()
	turn.Text = "changed"
	turn.Reply.IDs[0] = 9
	turn.Reply.Params[2] = 'z'
	turn.Reply.Seed = 9
	c.Select(2)
	if copied.Text != "a" || copied.Reply.Seed != 0 || copied.Reply.IDs[0] != 1 || string(copied.Reply.Params) != `{"a":1}` {
		t.Errorf("the copy of a turn changed with it: %+v %+v", copied, copied.Reply)
	}
	if h.Leaf != 1 || h.Chosen[0] != 1 {
		t.Errorf("the header changed with its conversation: %+v", h)
	}
}
