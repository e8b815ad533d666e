package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/safe"
)

// sessionsPanel lists the conversations, filters them by what is typed, and opens, renames or deletes one.
type sessionsPanel struct {
	session *session.Session

	all    []chat.Summary
	filter textinput.Model
	chosen int
	now    time.Time

	renaming *textinput.Model // the new title, nil while none is asked for
	deleting bool             // the question is on the screen
}

func newSessionsPanel(of *session.Session, all []chat.Summary, now time.Time) *sessionsPanel {
	filter := textinput.New()
	filter.Prompt = "Filter: "
	filter.SetVirtualCursor(true)
	filter.Focus()
	return &sessionsPanel{session: of, all: all, filter: filter, now: now}
}

// shown are the conversations that have every word of the filter in their title, preview or model.
func (s *sessionsPanel) shown() []chat.Summary {
	words := strings.Fields(strings.ToLower(s.filter.Value()))
	var found []chat.Summary
next:
	for _, c := range s.all {
		text := strings.ToLower(c.Title + "\n" + c.Preview + "\n" + c.Model)
		for _, w := range words {
			if !strings.Contains(text, w) {
				continue next
			}
		}
		found = append(found, c)
	}
	return found
}

func (s *sessionsPanel) choose(step int) {
	s.chosen = max(min(s.chosen+step, len(s.shown())-1), 0)
}

// current is the chosen conversation; false when the list is empty.
func (s *sessionsPanel) current() (chat.Summary, bool) {
	shown := s.shown()
	if s.chosen >= len(shown) {
		return chat.Summary{}, false
	}
	return shown[s.chosen], true
}

func (s *sessionsPanel) scroll(n int) {
	if s.renaming == nil && !s.deleting {
		s.choose(n / wheelLines)
	}
}

func (s *sessionsPanel) view(look *look, width, height int) []string {
	shown := s.shown()
	lines := []string{margin + look.Title.Render(fmt.Sprintf("Chats (%d)", len(s.all))), ansi.Truncate(margin+s.filter.View(), width, ""), ""}
	room := max(height-len(lines)-1, 1)
	first := min(max(s.chosen-room+1, 0), max(len(shown)-room, 0))
	for i := first; i < min(first+room, len(shown)); i++ {
		c := shown[i]
		mark, style := "  ", look.Dim
		title := safe.Line(c.Title)
		if title == "" {
			title = "(no title)"
		}
		if i == s.chosen {
			mark = look.Selected.Render("› ")
			title = look.Selected.Render(title)
		}
		when := fmt.Sprintf("%-12s", session.Ago(s.now.Sub(c.Updated)))
		lines = append(lines, ansi.Truncate(mark+style.Render(when)+title+style.Render("  "+safe.Line(c.Preview)), width, "…"))
	}
	if len(shown) == 0 {
		lines = append(lines, margin+look.Dim.Render("none"))
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, s.footer(look, width))
}

func (s *sessionsPanel) footer(look *look, width int) string {
	c, _ := s.current()
	switch {
	case s.deleting:
		return look.Problem.Render(rule("delete “"+safe.Line(c.Title)+"” for good? y or n", width))
	case s.renaming != nil:
		return ansi.Truncate(s.renaming.View(), width, "")
	}
	return look.Dim.Render(rule("Enter opens, Ctrl+R renames, Ctrl+X deletes, Esc closes", width))
}

func (s *sessionsPanel) press(key tea.KeyPressMsg) (o outcome) {
	switch {
	case s.deleting:
		return s.answer(key)
	case s.renaming != nil:
		return s.rename(key)
	}
	switch key.String() {
	case "esc", "ctrl+c", "ctrl+s":
		o.close = true
	case "ctrl+d":
		o.quit = true
	case "up", "ctrl+p":
		s.choose(-1)
	case "down", "ctrl+n":
		s.choose(+1)
	case "pgup":
		s.choose(-10)
	case "pgdown":
		s.choose(+10)
	case "enter":
		if c, ok := s.current(); ok {
			o.close, o.work = true, s.session.Open(c.ID)
		}
	case "ctrl+r", "f2":
		if c, ok := s.current(); ok {
			input := textinput.New()
			input.Prompt = "New title: "
			input.SetValue(safe.Line(c.Title))
			input.CursorEnd()
			input.Focus()
			s.renaming = &input
		}
	case "ctrl+x", "delete":
		_, s.deleting = s.current()
	default:
		s.filter, o.cmd = s.filter.Update(key)
		s.choose(0)
	}
	return o
}

// answer takes the answer to the question whether to delete.
func (s *sessionsPanel) answer(key tea.KeyPressMsg) (o outcome) {
	s.deleting = false
	if c, ok := s.current(); key.String() == "y" && ok {
		o.work = s.session.Delete(c.ID)
	}
	return o
}

func (s *sessionsPanel) rename(key tea.KeyPressMsg) (o outcome) {
	switch key.String() {
	case "esc", "ctrl+c":
		s.renaming = nil
	case "enter":
		title := safe.Line(s.renaming.Value())
		s.renaming = nil
		if c, ok := s.current(); ok && title != "" {
			o.work = s.session.Chat.Rename(c.ID, title)
		}
	default:
		*s.renaming, o.cmd = s.renaming.Update(key)
	}
	return o
}
