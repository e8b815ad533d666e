package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine/enginetest"
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
		all := u.p.session.Reply.Candidates().All
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

// scribbler writes letters, some likelier than others, and long enough to be stopped.
func scribbler(t *testing.T, width, height int) *user {
	model := enginetest.New(512, func(ids []int, logits []float32) {
		for b := range 256 {
			logits[b] = -9
		}
		for i, b := range []byte("etaoin shrdlu cmfwy") {
			logits[b] = float32((i*7+len(ids)*5)%19) / 3
		}
	})
	return newUserOf(t, width, height, model, func(o *session.Options) {
		o.Settings.Temperature, o.Settings.TopK, o.Settings.MaxTokens, o.Settings.Pace = 1, 0, 400, 100
	})
}

// Space has all replies wait; then all are stepped together, tokens of each are taken back and chosen, and one is taken, which still
// waits.
func TestCandidatesWait(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			u := scribbler(t, size[0], size[1])
			u.says("/n 4")
			u.types("hello")
			u.press("enter")
			reply := u.p.session.Reply
			all := func() []session.Candidate { return reply.Candidates().All }
			u.until("all write", func() bool {
				return len(all()) == 4 && !slices.ContainsFunc(all(), func(c session.Candidate) bool { return c.Tokens == 0 })
			})
			u.press("space")
			for i := range 4 {
				u.until("it waits", reply.Ready)
				for all()[i].Tokens > 0 {
					before := all()[i].Tokens
					u.press("backspace")
					u.until("a token is taken back", func() bool { return all()[i].Tokens == before-1 && reply.Ready() })
				}
				u.press("right")
			}
			have := func(tokens ...int) {
				t.Helper()
				u.until(fmt.Sprintf("they have %d tokens", tokens), func() bool {
					for i, c := range all() {
						if c.Tokens != tokens[i] {
							return false
						}
					}
					return reply.Ready()
				})
			}
			u.press("s")
			have(1, 1, 1, 1)
			u.run(u.p.do(u.p.session.Run("/step 23")))
			have(24, 24, 24, 24) // fewer than a rate takes
			u.press("left", "left")
			golden.RequireEqual(t, []byte(u.steady()))
			u.until("its tokens are known", reply.Ready)
			u.press("c")
			u.shows("Choose")
			u.press("2")
			have(24, 25, 24, 24)
			if got := all()[1].Turn; reply.Odds().Tokens == nil || u.p.dock.Focused().Title() != "Choose" {
				t.Fatalf("%q", got.Text)
			}
			u.press("esc")
			u.types("2") // in the input it takes a candidate too
			taken := all()[1].Turn
			u.press("enter")
			u.hides("Candidates")
			u.until("the others have ended", func() bool {
				return !slices.ContainsFunc(all(), func(c session.Candidate) bool { return c.Turn != taken && c.Turn.State != chat.Stopped })
			})
			u.until("it waits still", reply.Ready)
			text := taken.Text
			if u.leaf() != taken || len(u.conv().Children(taken.Parent)) != 4 {
				t.Fatalf("at %+v", u.leaf())
			}
			u.press("space")
			u.until("it goes on", func() bool { return len(taken.Text) > len(text)+1 && strings.HasPrefix(taken.Text, text) })
			u.press("esc")
			u.idle()
		})
	}
}
