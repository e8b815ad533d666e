package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/text"
)

// sessionsPanel lists the conversations, filters them by what is typed, and opens, renames or deletes one.
type sessionsPanel struct {
	session *session.Session

	all    []chat.Summary
	filter text.Field
	chosen int
	now    time.Time

	renaming *text.Field // the new title, nil while none is asked for
	deleting bool        // the question is on the screen
	at       *tea.Cursor
}

func newSessionsPanel(of *session.Session, all []chat.Summary, now time.Time) *sessionsPanel {
	return &sessionsPanel{session: of, all: all, filter: text.Field{Prompt: margin + "Filter: "}, now: now}
}

// shown are the conversations that have every word of the filter in their title, preview or model.
func (s *sessionsPanel) shown() []chat.Summary {
	words := strings.Fields(strings.ToLower(s.filter.String()))
	var found []chat.Summary
next:
	for _, c := range s.all {
		known := strings.ToLower(c.Title + "\n" + c.Preview + "\n" + c.Model)
		for _, w := range words {
			if !strings.Contains(known, w) {
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

// paste puts text into the field that is being written in.
func (s *sessionsPanel) paste(pasted string) {
	in := &s.filter
	if s.renaming != nil {
		in = s.renaming
	}
	in.Insert(safe.Line(pasted))
	s.choose(0)
}

func (s *sessionsPanel) scroll(n int) {
	if s.renaming == nil && !s.deleting {
		s.choose(n / wheelLines)
	}
}

func (s *sessionsPanel) view(look *look, width, height int) []string {
	shown := s.shown()
	filter, x := s.filter.View(width)
	s.at = tea.NewCursor(x, 1)
	lines := []string{margin + look.Title.Render(fmt.Sprintf("Chats (%d)", len(shown))), filter, ""}
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
	return append(lines, s.footer(look, width, len(lines)))
}

func (s *sessionsPanel) cursor() *tea.Cursor { return s.at }

// footer is the last line, number y: what keys do, or a question.
func (s *sessionsPanel) footer(look *look, width, y int) string {
	c, _ := s.current()
	switch {
	case s.deleting:
		s.at = nil
		return look.Problem.Render(rule("delete “"+safe.Line(c.Title)+"” permanently? (y/n)", width))
	case s.renaming != nil:
		title, x := s.renaming.View(width)
		s.at = tea.NewCursor(x, y)
		return title
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
			s.renaming = &text.Field{Prompt: "New title: "}
			s.renaming.Set(safe.Line(c.Title))
		}
	case "ctrl+x", "delete":
		_, s.deleting = s.current()
	default:
		s.filter.Update(key)
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
		title := safe.Line(s.renaming.String())
		s.renaming = nil
		if c, ok := s.current(); ok && title != "" {
			o.work = s.session.Chat.Rename(c.ID, title)
		}
	default:
		s.renaming.Update(key)
	}
	return o
}
