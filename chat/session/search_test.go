package session

import (
	"strings"
	"testing"

	"inkling/chat"
)

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
		answers := s.Answers()
		if len(answers) != 1 || !strings.Contains(answers[0].Text(), want) || strings.Contains(answers[0].Text(), "something else") {
			t.Errorf("%s: %+v", line, answers)
		}
	}
}
