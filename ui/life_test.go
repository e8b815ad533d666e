package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/engine/enginetest"
)

// Until the first token something moves, unless motion is reduced; then a block stands at the end of the text until it is finished.
// Where nothing is awaited nothing is asked for.
func TestSignsOfLife(t *testing.T) {
	for name, still := range map[string]bool{"moving": false, "reduced motion": true} {
		t.Run(name, func(t *testing.T) {
			gate := make(chan struct{}, 100)
			model := enginetest.New(512, enginetest.Gate(enginetest.Replies(func(string) string { return "one two" }), gate))
			u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Settings.ReducedMotion = still })
			t.Cleanup(func() { close(gate) })
			u.held = func(msg tea.Msg) bool { _, ok := msg.(beatMsg); return ok }
			u.types("count")
			u.press("enter")
			u.shows("▌ count")
			u.shows(awaited)
			if u.p.transcript.life.ticking == still {
				t.Fatalf("a beat is on its way: %v, motion is reduced: %v", !still, still)
			}
			seen := map[string]bool{}
			for range 8 {
				if !still {
					u.p.Update(beatMsg{})
				}
				seen[u.screen()] = true
			}
			if got := len(seen); still && got != 1 || !still && got < 4 {
				t.Errorf("%d different screens", got)
			}
			let(gate, 4)
			u.shows("one" + growing)
			if _, cmd := u.p.Update(beatMsg{}); cmd != nil || u.p.transcript.life.ticking {
				t.Error("it goes on after the first token")
			}
			let(gate, 20)
			u.idle()
			u.shows("  one two\n")
			u.hides(awaited)
		})
	}
}

// The sign never makes a line too long, and goes to and fro within its columns.
func TestTheSignKeepsItsWidth(t *testing.T) {
	u := newUser(t, 40, 12, echo)
	for beat := range 20 {
		u.p.transcript.life.beat = beat
		for width := 1; width < 60; width++ {
			if line := u.p.transcript.alive("loading gpt2-medium …", width); len(strings.Split(line, "\n")) != 1 || letterWidth(line) > max(width, 1) {
				t.Fatalf("%q is wider than %d columns", line, width)
			}
		}
	}
}
