package session

import (
	"strings"
	"testing"

	"inkling/chat"
)

// texts are what the session says, as a front end without a screen shows it.
func (s *Session) texts() string {
	var b strings.Builder
	for _, a := range s.Answers() {
		b.WriteString(a.Text() + "\n")
	}
	return b.String()
}

func TestSearch(t *testing.T) {
	s := startOn(t, chat.NewVolatile())
	defer s.Close()
	s.drive(t, s.Reply.Send("is there a zzyzx road?"))
	s.drive(t, s.Reply.Send("something else"))
	s.Answers()
	for line, want := range map[string]string{
		"/search zzy":     "You said: is there a zzyzx road?",
		"/search nothing": "nothing found for nothing",
		"/search":         "/search takes the words",
	} {
		s.drive(t, s.Run(line))
		if got := s.texts(); !strings.Contains(got, want) || strings.Contains(got, "something else") {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// A hit opens its chat at its turn, on the version that the turn belongs to.
func TestJumpToHit(t *testing.T) {
	s := startOn(t, chat.NewVolatile())
	defer s.Close()
	s.drive(t, s.Reply.Send("is there a zzyzx road?"))
	first := s.Chat.Conversation().ID
	root := s.Chat.Conversation().Path()[0]
	other := s.Chat.Conversation().Add(root.ID, chat.Assistant, "another version", s.now())
	other.State = chat.Done
	s.Chat.saveHeader()
	s.Chat.journal.SaveTurn(first, other)
	s.drive(t, s.New())
	s.drive(t, s.Reply.Send("something else"))
	s.texts()
	s.drive(t, s.Run("/search zzyzx"))
	got := s.texts()
	if !strings.Contains(got, "1  is there a zzyzx road?") || !strings.Contains(got, "2  is there") || !strings.Contains(got, "/sessions NUMBER") {
		t.Fatal(got)
	}
	for _, number := range []string{"1", "2"} { // the question and the reply, which is not on the current path
		s.drive(t, s.Run("/sessions "+number))
		if got := s.texts(); !strings.Contains(got, "zzyzx road?") || s.Chat.Conversation().ID != first {
			t.Errorf("%s: %s", number, got)
		}
	}
	if leaf := s.Chat.Conversation().Leaf(); leaf == nil || !strings.Contains(leaf.Text, "You said: is there a zzyzx road?") {
		t.Errorf("the path ends with %+v", leaf)
	}
	s.drive(t, s.Run("/sessions"))
	if got := s.texts(); !strings.Contains(got, "something else (2 turns)") {
		t.Error(got)
	}
}

func TestTagsAndStar(t *testing.T) {
	store := chat.NewVolatile()
	s := startOn(t, store)
	defer s.Close()
	for _, step := range [][2]string{
		{"/tag poem", "this chat is empty"},
		{"", ""},
		{"/tag", "no tags"},
		{"/tag #Poem, 春天 rain", "tags: #poem #rain #春天"},
		{"/tag -rain spring", "tags: #poem #spring #春天"},
		{"/tag", "tags: #poem #spring #春天"},
		{"/star", "has a star"},
		{"/sessions #po", "* a first message (2 turns)  #poem"},
		{"/sessions * first", "a first message"},
		{"/sessions #rain", "no such chats"},
		{"/star", "no star"},
		{"/sessions *", "no such chats"},
	} {
		if step[0] == "" {
			s.drive(t, s.Reply.Send("a first message"))
			continue
		}
		s.texts()
		s.drive(t, s.Run(step[0]))
		if got := s.texts(); !strings.Contains(got, step[1]) {
			t.Errorf("%s: %q, want %q", step[0], got, step[1])
		}
	}
}
