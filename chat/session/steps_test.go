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
			switch random.IntN(17) {
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
			case 13:
				s.drive(t, s.Run([]string{"/memory The fox is red.", "/memory off", "/note Rain.", "/note depth 7"}[random.IntN(4)]))
			case 14:
				s.drive(t, s.Run([]string{"/world fox: Foxes dig.", "/world bear: Bears sleep.", "/world off 1", "/world delete 1"}[random.IntN(4)]))
			case 15:
				s.drive(t, s.Run([]string{"/system Be kind.", "/system off"}[random.IntN(2)]))
			case 16:
				n := chat.Note{Kind: "memory", Enabled: true}
				if all := s.Chat.Notes("memory").All; len(all) > 0 {
					n = all[0]
				}
				for range 3 { // as somebody types
					n.Text += "x"
					n.ID = s.Chat.SetNote(n)
				}
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
		if len(s.Chat.conv.Notes) > 0 || s.Chat.conv.System != "" {
			t.Errorf("seed %d: notes %+v and system text %q after all was undone", seed, s.Chat.conv.Notes, s.Chat.conv.System)
		}
		for i := len(seen) - 1; i >= 0; i-- {
			s.drive(t, s.Chat.Redo())
			got, want := current(s.Chat.conv), seen[i]
			if !got.like(want) {
				t.Fatalf("seed %d: step %d is %+v after it was done again, want %+v", seed, len(seen)-i, got, want)
			}
		}
		if err := s.Chat.journal.Flush(t.Context(), s.Chat.conv.ID); err != nil {
			t.Fatal(err)
		}
		if kept, err := s.Chat.store.Load(t.Context(), s.Chat.conv.ID); err != nil || !current(kept).like(current(s.Chat.conv)) {
			t.Errorf("seed %d: the store has %+v, %v, want %+v", seed, current(kept), err, current(s.Chat.conv))
		}
		if s.Chat.Redo(); len(s.Chat.steps.undone) > 0 {
			t.Errorf("seed %d: more can be done again than was undone", seed)
		}
	}
}

// What is typed into a note is undone as a whole, other changes of it one by one.
func TestUndoOfTyping(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "so " + q }))
	s.drive(t, s.Reply.Send("hello"))
	memory := func() string {
		if all := s.Chat.Notes("memory").All; len(all) > 0 {
			return all[0].Text
		}
		return ""
	}
	n := chat.Note{Kind: "memory", Enabled: true}
	for _, r := range "The fox" {
		n.Text += string(r)
		n.ID = s.Chat.SetNote(n)
	}
	s.drive(t, s.Run("/memory The bear sleeps."))
	s.drive(t, s.Run("/memory off"))
	for _, want := range []string{"The bear sleeps.", "The fox", ""} {
		s.says(t, "/undo", "undone: memory or notes")
		if memory() != want {
			t.Errorf("%q, want %q", memory(), want)
		}
	}
	s.says(t, "/redo", "done again: memory or notes")
	if memory() != "The fox" {
		t.Errorf("%q", memory())
	}
	s.drive(t, s.Chat.Undo())
	s.drive(t, s.Chat.Undo())
	if leaf := s.Chat.conv.Leaf(); leaf != nil {
		t.Errorf("%+v", leaf)
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
