package session

import (
	"slices"
	"testing"
	"time"

	"inkling/engine/enginetest"
)

// The bell rings at the end of a reply that took long, where it is wanted.
func TestTheBellRingsAfterALongReply(t *testing.T) {
	for _, c := range []struct {
		bell, want bool
		took       time.Duration
	}{{true, true, longReply}, {true, false, longReply - 1}, {false, false, time.Hour}} {
		s := start(t, enginetest.Replies(func(string) string { return "Yes." }))
		s.Settings.config.Bell = c.bell
		at := time.Now()
		s.now = func() time.Time { return at }
		work := s.Reply.Send("hello")
		at = at.Add(c.took)
		s.drive(t, work)
		if got := slices.Contains(s.Answers(), Answer(Bell{})); got != c.want {
			t.Errorf("bell %v, %v: rings %v", c.bell, c.took, got)
		}
	}
}
