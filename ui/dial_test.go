package ui

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat/session"
	"inkling/engine/enginetest"
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

// The terminal is told how much of a download has come, that a reply is being written, and when there is nothing to wait for.
func TestTheTerminalIsToldOfProgress(t *testing.T) {
	model, gate := gated("abc")
	u := newUserOf(t, 80, 24, model, pulling("gpt2-xl"))
	if bar := u.p.View().ProgressBar; bar != nil {
		t.Errorf("%v is told of an idle chat", bar)
	}
	u.types("hi")
	u.press("enter")
	u.shows("▌ hi")
	if bar := u.p.View().ProgressBar; bar == nil || bar.State != tea.ProgressBarIndeterminate {
		t.Errorf("%v is told while a reply is written", bar)
	}
	close(gate)
	u.idle()
	u.pulls("gpt2-xl")
	if bar := u.p.View().ProgressBar; bar == nil || bar.State != tea.ProgressBarDefault || bar.Value != 42 {
		t.Errorf("%v is told of a download of which 42 percent have come", bar)
	}
	u.press("esc")
	u.until("the download has ended", func() bool { return u.p.session.Engine.Download() == nil })
	if bar := u.p.View().ProgressBar; bar != nil {
		t.Errorf("%v is told after the download", bar)
	}
}

// The very next token after a turn is drawn with the new value: here the last one of the reply, whose parameters are stored.
func TestDialWhileWriting(t *testing.T) {
	model, gate := gated("abc")
	u := newUserOf(t, 80, 24, model)
	u.types("hi")
	u.press("enter")
	u.shows("▌ hi")
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

// The bars tell the distribution of the next token before and after sampling, and follow a dial at once: no token is computed for it.
func TestBars(t *testing.T) {
	gate := make(chan struct{})
	model := enginetest.New(512, enginetest.Gate(func(_ []int, logits []float32) {
		logits['a'], logits['b'], logits['c'] = 9, 8, 7
	}, gate))
	u := newUserOf(t, 140, 40, model, func(o *session.Options) {
		o.Settings.Temperature, o.Settings.TopK, o.Settings.TopP, o.Settings.Pace = 1, 0, 1, 0.01
	})
	u.types("hi")
	u.press("enter", "ctrl+t")
	let(gate, 2) // the prompt, and the first token; the second waits for its time
	sum := math.Exp(9) + math.Exp(8) + math.Exp(7) + 254
	share := func(logit float64) string { return fmt.Sprintf("%.0f%%", 100*math.Exp(logit)/sum) }
	u.until("the scores are there", func() bool { return len(u.p.session.Reply.Odds().Tokens) == 10 })
	row := func(token string) string {
		for line := range strings.Lines(u.screen()) {
			if _, line, found := strings.Cut(line, "│ "); found && strings.HasPrefix(line, "  "+token+" ") {
				return line
			}
		}
		return ""
	}
	for token, logit := range map[string]float64{"a": 9, "b": 8, "c": 7} {
		if strings.Count(row(token), share(logit)) != 2 {
			t.Errorf("%s has the row %q, want %s twice", token, row(token), share(logit))
		}
	}
	u.press("down")
	u.types("2")
	u.press("enter")
	u.shows("2 left")
	if got := row("c"); !strings.Contains(got, share(7)) || !strings.Contains(got, "top_k") {
		t.Errorf("c is not dropped by top-k: %q", got)
	}
	if got, want := row("a"), "73%"; !strings.Contains(got, want) { // 1 / (1 + 1/e)
		t.Errorf("a of a and b: %q, want %s", got, want)
	}
	u.shows(fmt.Sprintf("%.0f%% kept", 100*(math.Exp(9)+math.Exp(8))/sum))
	u.press("up")
	u.types("0.5")
	u.press("enter")
	u.until("the bars follow the temperature", func() bool { return strings.Contains(row("a"), "88%") }) // 1 / (1 + 1/e²)
	u.types("0")
	u.press("enter")
	u.shows("1 left · " + share(9) + " kept")
	u.press("esc", "esc")
	go let(gate, 3)
	u.idle()
}

func TestBarScreens(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			model := enginetest.New(512, func(ids []int, logits []float32) {
				for i, b := range []byte("ae iou,.\nx") {
					logits[b] = 9 - 0.7*float32(i)
				}
			})
			u := newUserOf(t, size.width, size.height, model, func(o *session.Options) { o.Settings.Pace, o.Settings.TopK = 0.01, 5 })
			u.types("你好")
			u.press("enter")
			u.until("a token is there", func() bool { return strings.TrimSpace(u.leaf().Text) != "" })
			u.press("ctrl+t", "down")
			u.until("the scores are there", func() bool { return len(u.p.session.Reply.Odds().Tokens) == 10 })
			golden.RequireEqual(t, []byte(u.steady()))
		})
	}
}

// A click chooses a dial and gives it the keys, the wheel turns the choice; < and > move the step of sampling that it belongs to, and the seed
// has a dial too.
func TestDialByMouseAndOrder(t *testing.T) {
	u := newUser(t, 120, 40, echo)
	u.press("ctrl+t", "esc")
	line, column := -1, 0
	for y, l := range strings.Split(u.screen(), "\n") {
		if before, _, found := strings.Cut(l, "min_p"); found {
			line, column = y, len([]rune(before))
		}
	}
	u.send(tea.MouseClickMsg{X: column, Y: line, Button: tea.MouseLeft})
	if p := u.p.dock.Focused(); p == nil || p.Title() != "Dial" {
		t.Fatal("a click does not give the dial the keys")
	}
	u.press("right")
	settings := func() sample.Params { return u.p.session.Settings.Values().Params }
	if got := settings().MinP; got != 0.01 {
		t.Errorf("min_p after a click and a step: %v", got)
	}
	want := sample.Samplers()
	at := slices.Index(want, "min_p")
	want[at-1], want[at] = want[at], want[at-1]
	u.types("<")
	if got := settings().Samplers; !slices.Equal(got, want) {
		t.Errorf("after a step forward: %v", got)
	}
	u.shows(fmt.Sprintf("step %d/%d", at, len(want)))
	u.types(">")
	if got := settings().Samplers; !slices.Equal(got, sample.Samplers()) {
		t.Errorf("and back: %v", got)
	}
	for range 60 {
		u.press("down")
	}
	u.types("77")
	u.press("enter", "right")
	if got := u.p.session.Settings.Values().Seed; got == nil || *got != 78 {
		t.Errorf("the seed is %v", got)
	}
}

// A click on the thermometer above the dials sets the temperature to what stands there.
func TestTheThermometerOfTheDial(t *testing.T) {
	u := newUser(t, 120, 40, echo)
	u.press("ctrl+t", "esc")
	for _, want := range []float64{0, 1, 2} {
		line, column := -1, 0
		for y, l := range strings.Split(u.screen(), "\n") {
			if at := strings.Index(l, "0       0.5      1       1.5       2"); at >= 0 {
				line, column = y, len([]rune(l[:at]))+map[float64]int{0: 0, 1: 17, 2: 35}[want]
			}
		}
		u.send(tea.MouseClickMsg{X: column, Y: line - 1, Button: tea.MouseLeft})
		if got := u.p.session.Settings.Values().Temperature; got != want {
			t.Errorf("a click on %v makes the temperature %v", want, got)
		}
		u.view()
		if chosen := u.p.dock.Focused().Text(); !strings.Contains(u.screen(), "› temperature") {
			t.Errorf("no dial is chosen: %s", chosen)
		}
	}
}
