package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// asked is what was said first.
func (u *user) asked() string {
	u.t.Helper()
	u.idle()
	turns := u.conv().Turns()
	if len(turns) == 0 {
		return ""
	}
	return turns[0].Text
}

// Numbers, arrow keys with Enter and a click send an example; with it the first screen is gone.
func TestExamplesAreSent(t *testing.T) {
	line := func(u *user, text string) int {
		for y, l := range strings.Split(u.screen(), "\n") {
			if strings.Contains(l, text) {
				return y
			}
		}
		t.Fatalf("%q is not on the screen:\n%s", text, u.screen())
		return 0
	}
	for name, play := range map[string]func(u *user){
		"number": func(u *user) { u.types("2"); u.send(numberMsg(u.p.welcome.keys)) },
		"number and Enter": func(u *user) {
			u.types("2")
			u.shows("› 2  " + questions[1])
			u.press("enter")
		},
		"down":   func(u *user) { u.press("down", "down", "enter") },
		"up":     func(u *user) { u.press("up", "up", "enter") },
		"and up": func(u *user) { u.press("down", "down", "down", "down", "up", "enter") },
		"click": func(u *user) {
			u.send(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: line(u, questions[1])})
		},
	} {
		for _, size := range sizes {
			t.Run(name+"/"+size.name, func(t *testing.T) {
				u := newUser(t, size.width, size.height, echo)
				play(u)
				if got := u.asked(); got != questions[1] {
					t.Errorf("%q was asked, want %q", got, questions[1])
				}
				u.hides(questions[2])
			})
		}
	}
}

// The examples are in nobody's way: a number within a message is written, what is typed is sent, a click elsewhere does nothing,
// what was sent before comes back with Up.
func TestTheFirstScreenGivesWay(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	for y := range 24 {
		if text := strings.Split(u.screen(), "\n")[y]; !strings.Contains(text, questions[0]) && !strings.Contains(text, questions[1]) && !strings.Contains(text, questions[2]) {
			u.send(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: y})
		}
	}
	u.press("down")
	u.types("my 2 foxes")
	u.shows("❯ my 2 foxes")
	u.press("enter")
	if got := u.asked(); got != "my 2 foxes" {
		t.Fatalf("%q was asked, want what was typed", got)
	}
	u.press("ctrl+n")
	u.shows(questions[0])
	u.press("up")
	u.shows("❯ my 2 foxes")
}

// A message may begin with the number of an example, whatever the time that has passed.
func TestANumberMayBeginAMessage(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.types("3")
	late := numberMsg(u.p.welcome.keys)
	u.types(" wishes")
	u.send(late)
	u.shows("❯ 3 wishes")
	u.press("enter")
	if got := u.asked(); got != "3 wishes" {
		t.Errorf("%q was asked, want what was typed", got)
	}

	u = newUser(t, 80, 24, echo)
	u.types("1")
	late = numberMsg(u.p.welcome.keys)
	u.press("backspace")
	u.send(late)
	u.types("12")
	u.send(late)
	u.shows("❯ 12")
	u.press("ctrl+c")
	u.types("2")
	u.send(tea.PasteMsg{Content: "nd try"})
	u.send(numberMsg(u.p.welcome.keys))
	u.press("enter")
	if got := u.asked(); got != "2nd try" {
		t.Errorf("%q was asked, want what was typed", got)
	}
}

// The name is a word on a narrow screen, in 16 colours and without any.
func TestTheNameIsAWordWhereThereIsLittle(t *testing.T) {
	for _, c := range []struct {
		width   int
		profile colorprofile.Profile
		large   bool
	}{{80, colorprofile.TrueColor, true}, {60, colorprofile.ANSI256, true}, {59, colorprofile.TrueColor, false}, {80, colorprofile.ANSI, false}, {80, colorprofile.Ascii, false}} {
		u := newUser(t, c.width, 24, echo)
		u.send(tea.ColorProfileMsg{Profile: c.profile})
		if got := strings.Contains(u.screen(), wordmark[0]); got != c.large {
			t.Errorf("%d columns, %v: in large %v, want %v", c.width, c.profile, got, c.large)
		}
		if got := strings.Contains(u.screen(), "  inkling\n"); got == c.large {
			t.Errorf("%d columns, %v: as a word %v, want %v", c.width, c.profile, got, !c.large)
		}
	}
}

// On a wide screen keys to try stand beside the examples: a click on them sends none. What opens below moves nothing.
func TestKeysBesideTheExamples(t *testing.T) {
	u := newUser(t, 120, 36, echo)
	u.shows("the tree of all versions")
	before := strings.Split(u.screen(), "\n")
	for y := range u.p.screen.height {
		u.send(tea.MouseClickMsg{Button: tea.MouseLeft, X: beside + 2, Y: y})
	}
	if got := u.asked(); got != "" {
		t.Errorf("a click on the keys sends %q", got)
	}
	u.types("/")
	after := strings.Split(u.screen(), "\n")
	for y, line := range before {
		if strings.Contains(line, questions[0]) && line != after[y] {
			t.Errorf("line %d was %q, and is %q", y, line, after[y])
		}
	}
	narrow := newUser(t, beside+tipsWide-1, 36, echo)
	narrow.hides("the tree of all versions")
}
