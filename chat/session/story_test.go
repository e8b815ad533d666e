package session

import (
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
