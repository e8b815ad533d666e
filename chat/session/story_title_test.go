package session

import (
	"testing"

	"inkling/chat"
)

// The title of a story grows with its first line, until it ends or somebody gives it another.
func TestTitleOfAStory(t *testing.T) {
	s := startOn(t, chat.NewVolatile())
	defer s.Close()
	s.drive(t, s.Run("/mode story"))
	for _, step := range [][2]string{
		{"O", "O"},
		{"Once upon a time", "Once upon a time"},
		{"Once upon a time\nthere was", "Once upon a time"},
		{"Twice upon a time\nthere was", "Twice upon a time"},
	} {
		s.Chat.Type(step[0])
		s.Chat.commit()
		if got := s.Chat.Conversation().Title; got != step[1] {
			t.Errorf("after %q: %q, want %q", step[0], got, step[1])
		}
	}
	s.Chat.Rename(s.Chat.Conversation().ID, "My own")
	s.Chat.Type("Thrice upon a time")
	s.Chat.commit()
	if got := s.Chat.Conversation().Title; got != "My own" {
		t.Errorf("a title of one's own became %q", got)
	}
}
