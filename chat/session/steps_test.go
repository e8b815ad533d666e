package session

import (
	"math/rand/v2"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// After any changes, all that was done can be undone, step by step, and done again: each time the tree is as it was.
func TestUndoAllRedoAll(t *testing.T) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
		for range 40 {
			id := 1 + random.IntN(len(s.Chat.conv.Turns())+1)
			switch random.IntN(13) {
			case 0, 1:
				s.drive(t, s.Reply.Send("word"))
			case 2:
				s.drive(t, s.Reply.Retry())
			case 3:
				s.Reply.Version(1 - 2*random.IntN(2))
			case 4:
				s.drive(t, s.Run("/edit reply"))
				work, _ := s.Enter("other")
				s.drive(t, work)
			case 5:
				s.drive(t, s.Run("/edit"))
				work, _ := s.Enter("another word")
				s.drive(t, work)
			case 6:
				s.drive(t, s.Chat.Undo())
			case 7:
				s.drive(t, s.Chat.Redo())
			case 8:
				s.drive(t, s.Reply.Continue(""))
			case 9:
				s.Tree.Show(id)
			case 10:
				s.Tree.Prune(id)
			case 11:
				s.Tree.Label(id, "a name")
			case 12:
				s.Tree.Bookmark(id)
			}
		}
		for len(s.Chat.steps.undone) > 0 {
			s.drive(t, s.Chat.Redo())
		}
		var seen []moment
		for len(s.Chat.steps.past) > 0 {
			seen = append(seen, current(s.Chat.conv))
			s.drive(t, s.Chat.Undo())
		}
		if leaf := s.Chat.conv.Leaf(); leaf != nil {
			t.Errorf("seed %d: the chat ends with %+v after all was undone", seed, leaf)
		}
		if marks := s.Chat.conv.Marks(); len(marks) > 0 {
			t.Errorf("seed %d: marks after all was undone: %v", seed, marks)
		}
		for i := len(seen) - 1; i >= 0; i-- {
			s.drive(t, s.Chat.Redo())
			got, want := current(s.Chat.conv), seen[i]
			if !got.like(want) {
				t.Fatalf("seed %d: step %d is %+v after it was done again, want %+v", seed, len(seen)-i, got, want)
			}
		}
		if s.Chat.Redo(); len(s.Chat.steps.undone) > 0 {
			t.Errorf("seed %d: more can be done again than was undone", seed)
		}
	}
}

// A message is undone with its reply, a retry alone.
func TestUndoOfARetry(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
	s.drive(t, s.Reply.Send("hello"))
	first := s.Chat.conv.Leaf()
	s.drive(t, s.Reply.Retry())
	s.Answers()
	s.drive(t, s.Chat.Undo())
	if s.Chat.conv.Leaf() != first {
		t.Errorf("%+v, want the first reply", s.Chat.conv.Leaf())
	}
	s.drive(t, s.Chat.Undo())
	drafts := 0
	for _, a := range s.Answers() {
		if d, ok := a.(Draft); ok && d.Words == "hello" {
			drafts++
		}
	}
	if s.Chat.conv.Leaf() != nil || drafts != 1 {
		t.Errorf("%+v, %d drafts", s.Chat.conv.Leaf(), drafts)
	}
	s.drive(t, s.Chat.Redo())
	if got := s.Chat.conv.Leaf(); got != first || got.Role != chat.Assistant {
		t.Errorf("%+v after the message was done again", got)
	}
}
