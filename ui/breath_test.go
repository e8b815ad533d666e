package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine/enginetest"
	"inkling/ui/style"
)

// Words written after a turn of the dial have the colour of the new temperature, those before have not. It fades in a few steps,
// after the last of which nothing is waited for.
func TestABreathOfColour(t *testing.T) {
	for name, change := range map[string]func(u *user){
		"colours":        func(*user) {},
		"no colours":     func(u *user) { u.send(tea.ColorProfileMsg{Profile: colorprofile.Ascii}) },
		"reduced motion": func(u *user) { u.says("/set reduced_motion true") },
	} {
		t.Run(name, func(t *testing.T) {
			gate := make(chan struct{}, 100)
			model := enginetest.New(512, enginetest.Gate(enginetest.Replies(func(string) string { return "**one** two three" }), gate))
			u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Settings.Temperature = 0.2 })
			t.Cleanup(func() { close(gate) })
			u.held = func(msg tea.Msg) bool { _, ok := msg.(coolMsg); return ok }
			change(u)
			u.types("count")
			u.press("enter")
			let(gate, 13) // the prompt, and "**one** two"
			u.until("some is there", func() bool { return u.leaf().Text == "**one** two" })
			u.view()
			u.press("ctrl+up")
			let(gate, 20)
			u.idle()
			hot := func() string { return u.p.look.Heat(u.p.warmth.last).Render("three") }
			if got, want := strings.Contains(u.view(), hot()), name == "colours"; got != want {
				t.Errorf("the words have the colour: %v, want %v\n%q", got, want, u.view())
			}
			if name != "colours" {
				return
			}
			fading := map[string]bool{}
			for range fadeSteps {
				if u.p.warmth.turns == 0 {
					t.Fatal("it is over too early")
				}
				fading[u.view()] = true
				u.p.Update(coolMsg(u.p.warmth.turns))
			}
			if len(fading) != fadeSteps || strings.Contains(u.view(), hot()) {
				t.Errorf("%d steps of fading, want %d, and then none: %q", len(fading), fadeSteps, u.view())
			}
			if _, cmd := u.p.Update(coolMsg(0)); u.p.warmth.turns != 0 || u.p.warmth.on != nil || cmd != nil {
				t.Errorf("it is not over: %+v", u.p.warmth)
			}
		})
	}
}

// A reply that has a footer while it is written, as a version has, breathes from its next letter on too.
func TestABreathBeginsBeforeTheFooter(t *testing.T) {
	look := &look{Look: style.Theme{}.Look(true, false), width: 60, widest: 60}
	turn := &chat.Turn{ID: 1, Role: chat.Assistant, Text: "one two", State: chat.Writing}
	it := &item{look: look, turn: turn, plain: true, footer: "version 2 of 2"}
	var w warmth
	w.follow(t.Context(), 1.3, false, it)
	turn.Text = "one two three"
	it.changed()
	lines := it.lines()
	if want := look.Heat(1.3).Render("three"); w.on != it || !strings.Contains(lines[0], want) || !strings.Contains(lines[1], look.Dim.Render("version 2 of 2")) {
		t.Errorf("%q, want %q in the first line alone", lines, want)
	}
}
