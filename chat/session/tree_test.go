package session

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// says wants that running a line says so.
func (s *Session) says(t *testing.T, line, want string) {
	t.Helper()
	s.notices()
	s.drive(t, s.Run(line))
	if got := s.notices(); !strings.Contains(got, want) {
		t.Errorf("%s: %q, want %q", line, got, want)
	}
}

// grow has a tree of a chat grow at random.
func (s *Session) grow(t *testing.T, random *rand.Rand, steps int) {
	t.Helper()
	for range steps {
		id := 1 + random.IntN(len(s.Chat.conv.Turns())+1)
		switch random.IntN(8) {
		case 0, 1, 2:
			s.drive(t, s.Reply.Send("word"))
		case 3, 4:
			s.drive(t, s.Reply.Retry())
		case 5:
			s.Tree.Show(id)
		case 6:
			s.Tree.Label(id, "a name")
		case 7:
			s.Tree.Bookmark(id)
		}
	}
}

// The tree has each turn that is not hidden once: the path straight down, versions under their first, branches where they are open.
func TestTreeLines(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 2))
		s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
		s.grow(t, random, 20)
		for range 2 {
			s.Tree.Prune(1 + random.IntN(len(s.Chat.conv.Turns())))
		}
		conv := s.Chat.conv
		visible := 0
		for _, turn := range conv.Turns() {
			if len(conv.Hides(turn.ID)) == 0 {
				visible++
			}
		}
		all := s.Tree.Lines(func(int) bool { return true })
		folded := s.Tree.Lines(func(int) bool { return false })
		if len(all) != visible {
			t.Fatalf("%d lines of %d turns", len(all), visible)
		}
		n := len(folded)
		for _, node := range folded {
			n += node.Below
		}
		if n != visible {
			t.Errorf("%d folded lines stand for %d turns of %d", len(folded), n, visible)
		}
		var shown []*chat.Turn
		for i, node := range all {
			if node.Shown {
				shown = append(shown, node.Turn)
				if node.Depth != 0 {
					t.Errorf("line %d of the path is set in: %+v", i, node)
				}
			}
			if node.Here != (node.Turn == conv.Leaf()) || len(conv.Hides(node.Turn.ID)) > 0 {
				t.Errorf("line %d: %+v", i, node)
			}
		}
		if path := conv.Path(); len(path) != len(shown) || len(path) > 0 && !reflect.DeepEqual(path, shown) {
			t.Errorf("%d lines are shown, the path has %d turns", len(shown), len(path))
		}
	}
}

// After anything was pruned, undo leaves the tree as it was, in this run and in the store.
func TestPruneAndUndo(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 3))
		s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
		s.grow(t, random, 15)
		if len(s.Chat.conv.Turns()) == 0 {
			continue
		}
		before := s.Chat.conv.Header()
		want := Outline{s.Tree}.Text()
		pruned := 0
		for range 3 {
			id := 1 + random.IntN(len(s.Chat.conv.Turns()))
			if len(s.Chat.conv.Hides(id)) == 0 {
				pruned++
			}
			s.Tree.Prune(id)
			text := Outline{s.Tree}.Text()
			if strings.Contains(text, fmt.Sprintf(" %4d  ", id)) {
				t.Errorf("turn %d is in the tree after it was pruned:\n%s", id, text)
			}
			if err := s.Chat.journal.Flush(t.Context(), s.Chat.conv.ID); err != nil {
				t.Fatal(err)
			}
			kept, err := s.Chat.store.Load(t.Context(), s.Chat.conv.ID)
			if err != nil || !reflect.DeepEqual(kept.Marks(), s.Chat.conv.Marks()) || !reflect.DeepEqual(kept.Path(), s.Chat.conv.Path()) {
				t.Errorf("the store has another tree: %v", err)
			}
		}
		for range pruned {
			s.drive(t, s.Chat.Undo())
		}
		if got := (Outline{s.Tree}).Text(); got != want {
			t.Errorf("seed %d:\n%s, want\n%s", seed, got, want)
		}
		after := s.Chat.conv.Header()
		before.Draft, after.Draft = "", ""
		if !reflect.DeepEqual(after, before) {
			t.Errorf("%+v, want %+v", after, before)
		}
	}
}

// A copy of a branch has its turns and how they came about.
func TestCopyOfABranch(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 4))
		s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
		s.drive(t, s.Run("/memory The fox is red."))
		s.grow(t, random, 15)
		if len(s.Chat.conv.Turns()) == 0 {
			continue
		}
		conv := s.Chat.conv
		id := 1 + random.IntN(len(conv.Turns()))
		s.Tree.Copy(id)
		if s.Chat.conv != conv {
			t.Fatal("another chat is current")
		}
		if err := s.Chat.journal.Flush(t.Context(), conv.ID); err != nil {
			t.Fatal(err)
		}
		all, err := s.Chat.store.Sessions(t.Context())
		if err != nil || len(all) != 2 {
			t.Fatalf("%d chats, %v", len(all), err)
		}
		copied, err := s.Chat.store.Load(t.Context(), all[0].ID)
		if err != nil || copied.Title != conv.Title+" (copy)" || len(copied.Notes) != 1 {
			t.Fatalf("%+v, %v", copied, err)
		}
		traces := s.Chat.store.(chat.Traces)
		replies := 0
		for _, turn := range conv.Turns() {
			path := conv.PathTo(turn.ID)
			got := copied.Turn(turn.ID)
			if belongs := conv.Turn(id) == turn || contains(path, id) || contains(conv.PathTo(id), turn.ID); belongs != (got != nil) {
				t.Fatalf("turn %d in the copy of %d: %v", turn.ID, id, got)
			} else if !belongs {
				continue
			}
			if !reflect.DeepEqual(got, turn) {
				t.Errorf("%+v, want %+v", got, turn)
			}
			want, _ := traces.Trace(t.Context(), conv.ID, turn.ID)
			if tokens, err := traces.Trace(t.Context(), copied.ID, turn.ID); err != nil || len(tokens) != len(want) || len(want) > 0 && !reflect.DeepEqual(tokens, want) {
				t.Errorf("turn %d: %d tokens, %v, want %d", turn.ID, len(tokens), err, len(want))
			}
			replies += len(want)
		}
		if replies == 0 && conv.Turn(id).Role == chat.Assistant {
			t.Error("no traces")
		}
		if !contains(copied.Path(), id) {
			t.Errorf("the copy shows another branch than that of %d", id)
		}
	}
}

func contains(path []*chat.Turn, id int) bool {
	for _, t := range path {
		if t.ID == id {
			return true
		}
	}
	return false
}

// While a reply is written the tree can be looked at, named, pruned elsewhere and copied; what the reply stands on stays.
func TestTreeWhileWriting(t *testing.T) {
	gate := make(chan struct{})
	s := start(t, enginetest.Gate(enginetest.Replies(func(string) string { return "one two three" }), gate))
	c := s.Chat
	for _, text := range []string{"a", "b"} { // two beginnings
		c.conv.Back()
		c.add(text)
		c.reply(c.conv.Leaf().ID, "so "+text)
		c.conv.Back()
	}
	c.conv.Select(3)
	c.saveHeader()
	work := s.Reply.Send("hello")
	writing := s.Reply.writing.turn
	for _, step := range []struct{ line, told string }{
		{"/tree 1", "still writing"},
		{"/tree prune 3", "still writing"},
		{"/tree prune 5", "still writing"},
		{"/tree label 1 the first", "turn 1 is named “the first”"},
		{"/tree bookmark 1", "turn 1 is bookmarked"},
		{"/tree 4", "turn 4 is shown"},
		{"/tree copy 3", "copied 4 turns"},
		{"/tree prune 2", "pruned 1 turn; /undo brings it back"},
		{"/undo", "undone: pruning"},
	} {
		s.says(t, step.line, step.told)
	}
	if s.Reply.writing == nil || c.conv.Leaf() != writing || c.conv.Turn(1).Label != "★ the first" {
		t.Errorf("%+v, %+v", c.conv.Leaf(), c.conv.Turn(1))
	}
	close(gate)
	s.drive(t, work)
	if writing.Text != "one two three" || writing.State != chat.Done {
		t.Errorf("%+v", writing)
	}
	s.says(t, "/tree 1", "turn 1, version 1 of 2, “the first” is shown")
	if leaf := c.conv.Leaf(); leaf.ID != 2 {
		t.Errorf("%+v", leaf)
	}
}

// Marks and what is hidden are there in the next run; what is hidden has its attempt, and comes back when it is shown.
func TestTreeInTheNextRun(t *testing.T) {
	reply := enginetest.Replies(func(q string) string { return "so " + q })
	s := start(t, reply)
	s.drive(t, s.Reply.Send("hello"))
	s.drive(t, s.Run("/seed 7"))
	s.drive(t, s.Reply.Retry())
	attempt := s.Chat.conv.Leaf().Reply.Attempt
	s.says(t, "/tree label the end", "turn 3 is named “the end”")
	s.says(t, "/tree bookmark", "turn 3 is bookmarked")
	s.says(t, "/tree prune", "pruned 1 turn")
	if leaf := s.Chat.conv.Leaf(); leaf.ID != 2 {
		t.Errorf("%+v after the other version was pruned", leaf)
	}
	s.drive(t, s.Reply.Retry())
	if again := s.Chat.conv.Leaf().Reply.Attempt; again == attempt {
		t.Errorf("attempt %d again", again)
	}
	s.says(t, "/tree prune", "pruned 1 turn")
	id := s.Chat.conv.ID
	s.New()
	s.drive(t, s.Open(id))
	if n := len(s.Chat.steps.past); n == 0 {
		t.Error("nothing can be undone after another chat was looked at")
	}
	s.Chat.earlier = nil // as in another run
	s.New()
	s.Chat.earlier = nil
	s.drive(t, s.Open(id))
	want := "Tree: 2 turns; * is shown, /tree NUMBER shows another\n*    1  you: hello\n*    2  model: so hello\n"
	if got := (Outline{s.Tree}).Text(); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	s.says(t, "/tree 3", "turn 3, version 2 of 2, “the end” is shown")
	want = `Tree: 3 turns; * is shown, /tree NUMBER shows another
*    1  you: hello
*    3  model (2 of 2) ★ the end: so hello
     2    model (1 of 2): so hello
`
	if got := (Outline{s.Tree}).Text(); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	s.says(t, "/undo", "undone: pruning")
	s.says(t, "/redo", "done again: pruning")
}

// In a story a line is a stretch that one side wrote, and to show it is to have the text of that time.
func TestTreeOfAStory(t *testing.T) {
	s := start(t, enginetest.Replies(func(string) string { return " and on" }))
	s.drive(t, s.Run("/mode story"))
	write := func(text string) {
		s.Chat.Type(text)
		s.Chat.commit()
	}
	write("Once")
	write("Once upon")
	write("Once upon a time")
	s.drive(t, s.Reply.WriteAt(len("Once upon a time")))
	written := s.Chat.Story().Text
	write("Then: " + written)
	write("Then, " + written)
	lines := func() string {
		var b strings.Builder
		for _, n := range s.Tree.Lines(func(int) bool { return true }) {
			text, _ := s.Tree.Preview(n)
			mark := " "
			if n.Shown {
				mark = "*"
			}
			fmt.Fprintf(&b, "%s%s%d %q\n", mark, n.Rail, n.Turn.ID, text)
		}
		return b.String()
	}
	want := "*3 \"Once upon a time\"\n*4 " + fmt.Sprintf("%q", strings.TrimSpace(strings.TrimPrefix(written, "Once upon a time"))) + "\n*6 \"Then: ,\"\n"
	if got := lines(); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	s.says(t, "/tree prune 6", "pruned 2 turns")
	if got := s.Chat.Story().Text; got != written {
		t.Errorf("%q after a stretch was pruned, want %q", got, written)
	}
	s.says(t, "/undo", "undone: pruning")
	if got := lines(); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	s.says(t, "/tree 3", "the story after change 3 is shown")
	if got := s.Chat.Story().Text; got != "Once upon a time" {
		t.Errorf("%q", got)
	}
	write("Once upon a hill")
	s.Reply.Version(-1)
	if got := s.Chat.Story().Text; got != "Then, "+written {
		t.Errorf("%q", got)
	}
	for _, want := range []string{"Once upon a hill", "Once upon a time", "Then, " + written, "Then: " + written, written, "Once upon a time", "Once upon", "Once", ""} {
		s.drive(t, s.Chat.Undo())
		if got := s.Chat.Story().Text; got != want {
			t.Fatalf("%q after undo, want %q", got, want)
		}
	}
}
