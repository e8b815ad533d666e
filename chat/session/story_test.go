package session

import (
	"strings"
	"testing"

	"inkling/chat"
)

// A reply after a blank begins without one, also where it is written again.
func TestAReplyAfterABlank(t *testing.T) {
	s := start(t, saga(" one"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go|  end")
	for range 2 {
		s.drive(t, s.Reply.WriteAt(4))
		if got := s.Chat.Story().Text; got != "Go| one end" {
			t.Errorf("%q", got)
		}
		s.Chat.Undo()
	}
	s.Chat.Redo()
	s.drive(t, s.Reply.Retry())
	if got := s.Chat.Story().Text; got != "Go| one end" {
		t.Errorf("written again: %q", got)
	}
}

// The model goes on to the end of the sentence or the paragraph, and no token further; written again, as far.
func TestContinueToAnEnd(t *testing.T) {
	for until, want := range map[Stretch]string{ToSentence: "Go| to \"Mr. Fox.\" end", ToParagraph: "Go| to \"Mr. Fox.\" He sat. end"} {
		s := start(t, saga(" to \"Mr. Fox.\" He sat.\nThen more."))
		s.Chat.setMode(chat.Story)
		s.Settings.config.MaxTokens = 5
		s.Chat.Type("Go| end")
		s.Chat.Caret(3)
		s.drive(t, s.Run("/continue "+string(until)))
		for range 2 {
			leaf := s.Chat.conv.Leaf()
			if got := s.Chat.Story().Text; got != want || leaf.State != chat.Done {
				t.Errorf("%s: %q, %s", until, got, leaf.State)
			}
			trace := s.Traces.Of(leaf)
			if n := len(leaf.Text); leaf.Reply.Tokens != n || len(leaf.Reply.IDs) != n || trace == nil || len(trace.Tokens) != n {
				t.Errorf("%s: %d bytes, %d tokens, %d ids", until, n, leaf.Reply.Tokens, len(leaf.Reply.IDs))
			}
			s.drive(t, s.Reply.Retry())
		}
	}
	s := start(t, saga(""))
	s.Run("/continue page")
	if a := s.Answers(); len(a) == 0 || a[len(a)-1].(Notice).Words != "usage: /continue [sentence|paragraph]" {
		t.Errorf("%+v", a)
	}
}

// Another token in a stretch that was followed by edits: what is before and after the stretch stays, and it can be written again.
func TestAnotherTokenWithin(t *testing.T) {
	s := start(t, saga(" one two"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go|")
	s.drive(t, s.Reply.WriteAt(3))
	turn := s.Chat.conv.Leaf()
	for _, text := range []string{"Go| one two end", "Go| one(2) two end"} {
		s.Chat.Type(text)
		s.Chat.commit()
	}
	alternative := s.Traces.Of(turn).Alternative(s.Traces.Of(turn).Tokens[1].Alternatives[1])
	s.drive(t, s.Reply.Replace(turn, 1, 1))
	want := "Go| " + alternative + "ne two(2) two end"
	for range 2 {
		if got := s.Chat.Story().Text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		s.drive(t, s.Reply.Retry())
		want = "Go| one two(2) two end" // nobody chose it
	}
	for range 3 {
		s.Chat.Undo()
	}
	if got := s.Chat.Story().Text; got != "Go| one(2) two end" {
		t.Errorf("undone: %q", got)
	}
	s.drive(t, s.Reply.Replace(turn, 6, 1))
	if got := s.Chat.Story().Text; !strings.HasPrefix(got, "Go| one(2) t"+alternative) || !strings.HasSuffix(got, " end") || strings.Contains(got, "two") {
		t.Errorf("behind an edit: %q", got)
	}
}
