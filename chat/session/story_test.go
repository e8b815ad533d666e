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
