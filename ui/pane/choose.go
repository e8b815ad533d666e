package pane

import (
	"fmt"
	"math"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/style"
)

// A Choose shows what could stand in place of a token: of the next one while a reply waits, or of one of an old reply. One of them can be
// taken.
type Choose struct {
	session *session.Session
	list    list.List[choice]
	place   func() session.Place // the token of an old reply that it is about
	met     bool                 // there has been something to choose
}

// A choice is a token with its number from 0 on.
type choice struct {
	n    int
	word string
	p    float64 // in the model's own distribution
	note string
	here bool // it is the one that stands there
}

// NewChoose shows the choices of a session at a place, or where none is, those of the next token.
func NewChoose(of *session.Session, place func() session.Place) *Choose {
	c := &Choose{session: of, place: place}
	c.list.Set(c.choices())
	return c
}

// choices are what there is to choose from.
func (c *Choose) choices() (all []choice) {
	if at := c.place(); at.Turn != nil {
		trace := c.session.Traces.Of(at.Turn)
		if trace == nil || at.Token >= len(trace.Tokens) {
			return nil
		}
		token := trace.Tokens[at.Token]
		for i, a := range token.Alternatives {
			all = append(all, choice{n: i, word: trace.Alternative(a), p: math.Exp(float64(a.Logprob)), here: trace.Alternative(a) == trace.Word(at.Token)})
		}
		return all
	}
	for i, o := range c.session.Reply.Odds().Tokens {
		all = append(all, choice{n: i, word: o.Text, p: o.Before, note: o.Dropped})
	}
	return all
}

// Title implements Pane.
func (c *Choose) Title() string { return "Choose" }

// Over implements Passing: a reply that goes on leaves nothing to choose. One that has been told to pause takes a moment.
func (c *Choose) Over() bool {
	if c.place().Turn != nil || c.session.Reply.Paused() {
		c.met = true
		return false
	}
	return c.met
}

// Cursor implements Pane.
func (c *Choose) Cursor() *tea.Cursor { return nil }

// Text implements Pane.
func (c *Choose) Text() string { return c.session.Reply.Alternatives().Text() }

// Handle implements Pane.
func (c *Choose) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		c.list.Move(Wheel(msg) / wheelLines)
	case tea.MouseClickMsg:
		if picks(&c.list, msg, 0) {
			return c.press(enter)
		}
	case tea.KeyPressMsg:
		return c.press(msg)
	}
	return o
}

func (c *Choose) press(key tea.KeyPressMsg) (o Action) {
	old := c.place().Turn != nil
	switch name := key.String(); {
	case name == "up" || name == "down" || name == "pgup" || name == "pgdown":
		c.list.Press(name)
	case name == "enter":
		if chosen, ok := c.list.Chosen(); ok {
			o = c.take(chosen.n)
		}
	case len(key.Text) == 1 && key.Text >= "0" && key.Text <= "9":
		o = c.take((int(key.Text[0]-'0') + 9) % 10)
	case name == "backspace" && !old:
		o.Work = c.session.Reply.Back(1)
	case name == "right" && !old:
		o.Work = c.session.Reply.Step(1)
	case name == "space" && !old:
		o.Work = c.session.Reply.Pause()
	case name == "esc":
		o.Leave = true
	default:
		o.Passed = true
	}
	return o
}

// take takes a choice.
func (c *Choose) take(n int) (o Action) {
	if at := c.place(); at.Turn != nil {
		o.Work = c.session.Reply.Replace(at.Turn, at.Token, n)
	} else {
		o.Work = c.session.Reply.Pick(n)
	}
	return o
}

// Draw implements Pane.
func (c *Choose) Draw(look *style.Look, width, height int, focused bool) []string {
	c.list.Set(c.choices())
	room := width - len(style.Margin)
	hint := fitting(room, "1-0, Enter take; Backspace back; Right steps; Space goes on", "1-0 take; Backspace; Right; Space on")
	if at := c.place(); at.Turn != nil {
		hint = fitting(room, "1-0, Enter: another version with that token", "1-0, Enter: a version with that")
	}
	rows := max(height-1, 1)
	lines := c.list.Lines(rows, func(x choice, chosen bool) string {
		mark, paint := style.Margin, func(s ...string) string { return strings.Join(s, "") }
		if chosen && focused {
			mark, paint = "› ", look.Selected.Render
		}
		note := x.note
		if x.here {
			note = "is there"
		}
		word := style.Pad(ansi.Truncate(shown(x.word), 16, "…"), 16)
		bar := max(min(width-32, 20), 0)
		return paint(fmt.Sprintf("%s%d %s", mark, (x.n+1)%10, word)) + " " + blocks(x.p, bar) + style.PadLeft(percent(x.p), 5) + "  " + look.Dim.Render(note)
	}, nil)
	lines = filled(lines, width, rows)
	if height > 1 {
		lines = append(lines, look.Dim.Render(style.Shorten(style.Margin+hint, width)))
	}
	return filled(lines, width, height)
}
