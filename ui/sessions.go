package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/ui/safe"
)

// sessionsPanel lists the conversations, filters them by what is typed, and opens, renames or deletes one.
type sessionsPanel struct {
	all    []chat.Summary
	filter textinput.Model
	chosen int
	now    time.Time

	renaming *textinput.Model // the new title, nil while none is asked for
	deleting bool             // the question is on the screen
}

func (p *program) listed(msg sessionsMsg) {
	if p.fail(msg.err) {
		return
	}
	if s, ok := p.panel.(*sessionsPanel); ok {
		s.all = msg.sessions
		s.choose(0)
		return
	}
	filter := textinput.New()
	filter.Prompt = "Filter: "
	filter.SetVirtualCursor(true)
	filter.Focus()
	p.panel = &sessionsPanel{all: msg.sessions, filter: filter, now: p.now()}
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
		when := fmt.Sprintf("%-12s", ago(s.now.Sub(c.Updated)))
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

func (s *sessionsPanel) press(p *program, key tea.KeyPressMsg) tea.Cmd {
	switch {
	case s.deleting:
		return s.answer(p, key)
	case s.renaming != nil:
		return s.rename(p, key)
	}
	switch key.String() {
	case "esc", "ctrl+c", "ctrl+s":
		p.panel = nil
	case "ctrl+d":
		return tea.Quit
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
			p.panel = nil
			if c.ID == p.conv.ID {
				return nil
			}
			return p.stopAnd(func() tea.Cmd {
				p.saveDraft()
				return p.load(c.ID)
			})
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
		var cmd tea.Cmd
		s.filter, cmd = s.filter.Update(key)
		s.choose(0)
		return cmd
	}
	return nil
}

// answer takes the answer to the question whether to delete.
func (s *sessionsPanel) answer(p *program, key tea.KeyPressMsg) tea.Cmd {
	s.deleting = false
	c, ok := s.current()
	if key.String() != "y" || !ok {
		return nil
	}
	if c.ID == p.conv.ID {
		return p.stopAnd(func() tea.Cmd {
			p.begin(p.fresh())
			p.journal.Forget(c.ID)
			return s.change(p, func(ctx context.Context) error { return p.Store.Delete(ctx, c.ID) })
		})
	}
	return s.change(p, func(ctx context.Context) error { return p.Store.Delete(ctx, c.ID) })
}

func (s *sessionsPanel) rename(p *program, key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "esc", "ctrl+c":
		s.renaming = nil
		return nil
	case "enter":
		title := safe.Line(s.renaming.Value())
		s.renaming = nil
		c, ok := s.current()
		if !ok || title == "" {
			return nil
		}
		if c.ID == p.conv.ID {
			p.conv.Title = title
		}
		return s.change(p, func(ctx context.Context) error { return p.Store.Rename(ctx, c.ID, title) })
	}
	input, cmd := s.renaming.Update(key)
	s.renaming = &input
	return cmd
}

// change does something to the store and lists it again.
func (s *sessionsPanel) change(p *program, do func(context.Context) error) tea.Cmd {
	list, session := p.openSessions(), p.conv.ID
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(p.ctx, storePatience)
		defer cancel()
		_ = p.journal.Flush(ctx, session) // a full disk must not keep a chat from being deleted
		if err := do(ctx); err != nil {
			return problemMsg("%v", err)
		}
		return list()
	}
}

// ago says how long something was ago, as people do.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	case d < 48*time.Hour:
		return "yesterday"
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}
