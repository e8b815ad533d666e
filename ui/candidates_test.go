package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat"
)

// Four replies are written side by side; a digit takes one, the others stay as versions.
func TestCandidates(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			u := newUser(t, size[0], size[1], echo)
			u.says("hello there, my old friend of many years")
			u.types("/n 4")
			u.press("enter")
			u.idle()
			golden.RequireEqual(t, []byte(u.steady()))
			siblings, _ := u.conv().Siblings(u.leaf().ID)
			if len(siblings) != 5 {
				t.Fatalf("%d versions, want the first and four more", len(siblings))
			}
			u.press("3")
			if got := u.leaf().ID; got != siblings[3] {
				t.Errorf("took %d of %v", got, siblings)
			}
			u.hides("Candidates")
			u.types("3 it is")
			if got := u.p.composer.text(); got != "3 it is" {
				t.Errorf("the input is %q after the choice", got)
			}
		})
	}
}

// Esc stops all of them and keeps what there is; once more, and they are versions.
func TestCandidatesAreStopped(t *testing.T) {
	model, gate := gated("one two three four five")
	u := newUserOf(t, 80, 24, model)
	u.types("/n 3")
	u.press("enter")
	u.types("hi")
	u.press("enter")
	done := make(chan struct{})
	go func() {
		defer close(done)
		let(gate, 1+3*5)
	}()
	u.until("each has begun", func() bool {
		all := u.p.session.Reply.Replies().All
		return len(all) == 3 && all[0].Turn.Text != "" && all[1].Turn.Text != "" && all[2].Turn.Text != ""
	})
	u.press("esc")
	<-done
	close(gate)
	u.idle()
	ids, _ := u.conv().Siblings(u.leaf().ID)
	if len(ids) != 3 {
		t.Fatalf("%d versions, want 3", len(ids))
	}
	for _, turn := range u.conv().Turns() {
		if turn.Role == chat.Assistant && (turn.State != chat.Stopped || !strings.HasPrefix(turn.Text, "one")) {
			t.Errorf("%+v", turn)
		}
	}
	u.shows("keeps all")
	u.press("esc")
	u.hides("Candidates")
	if u.p.dock.Focused() != nil {
		t.Error("the input does not have the keys")
	}
}
