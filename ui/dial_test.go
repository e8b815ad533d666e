package ui

import (
	"encoding/json"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/engine/sample"
)

// Every numeric parameter has a row, and keys change it as they say.
func TestDial(t *testing.T) {
	u := newUser(t, 80, 40, echo)
	u.press("ctrl+t")
	for _, row := range sample.Table() {
		if _, list := row.At(&sample.Params{}).(*[]string); !list && !strings.Contains(u.p.dock.Focused().Text(), row.Key) {
			t.Errorf("no row for %s", row.Key)
		}
	}
	settings := func() sample.Params { return u.p.session.Settings.Values().Params }
	u.press("right", "right")
	if got := settings().Temperature; got != 0.9 {
		t.Errorf("two steps from 0.8: %v", got)
	}
	u.types("1.25")
	u.press("enter")
	if got := settings().Temperature; got != 1.25 {
		t.Errorf("typed: %v", got)
	}
	u.press("backspace")
	if got := settings().Temperature; got != 0.8 {
		t.Errorf("after Backspace: %v", got)
	}
	u.press("down", "left")
	if got := settings().TopK; got != 35 {
		t.Errorf("top-k after one step down from 40: %v", got)
	}
	for range 20 {
		u.press("left")
	}
	if got := settings().TopK; got != 0 {
		t.Errorf("top-k at its end: %v", got)
	}
	u.press("down")
	for range 30 {
		u.press("left")
	}
	if got := settings().TopP; got != 0.05 {
		t.Errorf("top-p at its end, which is above 0: %v", got)
	}
	u.types("7")
	u.press("enter")
	u.shows("top_p: found")
	u.press("backspace")
	u.types("0.5")
	u.press("down") // takes what was typed
	if got := settings().TopP; got != 0.5 {
		t.Errorf("typed, then Down: %v", got)
	}
	u.press("ctrl+t")
	u.hides("typical_p")
	u.types("hello")
	if got := u.p.composer.text(); got != "hello" {
		t.Errorf("the input is %q after the dial was closed", got)
	}
}

// The very next token after a turn is drawn with the new value: here the last one of the reply, whose parameters are stored.
func TestDialWhileWriting(t *testing.T) {
	model, gate := gated("abc")
	u := newUserOf(t, 80, 24, model)
	u.types("hi")
	u.press("enter")
	u.shows("❯ hi")
	let(gate, 3)
	u.shows("ab")
	u.press("ctrl+t")
	for range 30 {
		u.press("right")
	}
	u.shows("the keys stop here")
	u.press("down", "left")
	let(gate, 1)
	u.shows("abc")
	u.press("right")
	let(gate, 1) // the end
	u.idle()
	var got sample.Params
	if err := json.Unmarshal(u.leaf().Reply.Params, &got); err != nil || got.Temperature != 2 || got.TopK != 35 {
		t.Errorf("the last token had the temperature %v and top-k %d, %v; want 2 and 35", got.Temperature, got.TopK, err)
	}
}

// Tab goes from the input to the text and to each pane and around, Shift+Tab back, Esc to the input. Keys that write do so only in the
// part that has the keys.
func TestFocus(t *testing.T) {
	u := newUser(t, 120, 24, echo)
	u.says("hello")
	u.press("ctrl+t", "esc")
	focus := func(want string) {
		t.Helper()
		got := "input"
		if p := u.p.dock.Focused(); p != nil {
			got = p.Title()
		}
		if got != want {
			t.Fatalf("%s has the keys, want %s", got, want)
		}
	}
	focus("input")
	for _, want := range []string{"Text", "Dial", "input", "Text"} {
		u.press("tab")
		focus(want)
	}
	u.types("5x")
	u.press("backspace", "left")
	if got := u.p.composer.text(); got != "" {
		t.Errorf("the input took %q", got)
	}
	u.press("shift+tab")
	focus("input")
	u.press("shift+tab")
	focus("Dial")
	u.types("x9")
	u.press("esc") // takes back what was typed
	focus("Dial")
	u.press("esc")
	focus("input")
	u.types("/he")
	u.press("tab")
	focus("input")
	if got := u.p.composer.text(); got != "/help " {
		t.Errorf("Tab completed to %q", got)
	}
}

// The text has the keys to scroll with.
func TestScrollWithKeys(t *testing.T) {
	u := newUser(t, 80, 12, func(string) string { return strings.Repeat("line\n\n", 30) })
	u.says("first words")
	u.hides("first words")
	u.press("tab", "home")
	u.shows("first words")
	u.press("down", "down", "down")
	u.hides("first words")
	u.press("up", "up", "up")
	u.shows("first words")
	u.press("end")
	u.hides("first words")
}

// A screen that is made smaller and larger again shows what it showed.
func TestResizeWithPanes(t *testing.T) {
	u := newUser(t, 140, 40, poem)
	u.says("Write a poem about nature")
	u.press("ctrl+t")
	before := u.steady()
	for _, size := range sizesOfScreens {
		u.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
	}
	u.send(tea.WindowSizeMsg{Width: 20, Height: 8})
	u.send(tea.WindowSizeMsg{Width: 140, Height: 40})
	if after := u.steady(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// /dial opens the pane, and tells a terminal without a screen the values.
func TestDialCommand(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.types("/dial")
	u.press("enter")
	u.shows("── Dial")
	var text string
	u.p.session.Run("/dial")
	for _, a := range u.p.session.Answers() {
		if d, ok := a.(session.Dials); ok {
			text = d.Text()
		}
	}
	if !strings.Contains(text, "temperature         0.8") || !strings.Contains(text, "/set NAME VALUE") {
		t.Errorf("%q", text)
	}
}
