package pane

import (
	"cmp"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// Chats lists the conversations, filters them by what is typed, and opens, renames or deletes one.
type Chats struct {
	session *session.Session

	list   list.List[chat.Summary]
	filter text.Field
	now    time.Time

	asked    chat.Summary // which of them is to be renamed or deleted
	renaming *text.Field  // the new title, nil while none is asked for
	deleting bool         // the question is on the screen
	at       *tea.Cursor
}

// NewChats lists the chats of a session that a filter leaves.
func NewChats(of *session.Session, chats session.Chats, now time.Time) *Chats {
	s := &Chats{session: of, filter: text.Field{Prompt: style.Margin + "Filter: "}, now: now}
	s.list.Words = session.ChatWords
	s.filter.Set(safe.Line(chats.Filter))
	s.list.Filter(session.ChatFilter(s.filter.String()))
	s.list.Set(chats.All)
	return s
}

// Set replaces the chats. Filter and choice stay.
func (s *Chats) Set(all []chat.Summary) { s.list.Set(all) }

// paste puts text into the field that is being written in.
func (s *Chats) paste(pasted string) {
	in := &s.filter
	if s.renaming != nil {
		in = s.renaming
	}
	in.Insert(safe.Line(pasted))
	s.list.Filter(session.ChatFilter(s.filter.String()))
}

func (s *Chats) scroll(n int) {
	if s.renaming == nil && !s.deleting {
		s.list.Move(n / wheelLines)
	}
}

// Title implements Pane.
func (s *Chats) Title() string { return fmt.Sprintf("Chats (%d)", len(s.list.Shown())) }

// Text implements Pane.
func (s *Chats) Text() string { return session.Chats{All: s.list.Shown()}.Text() }

// Draw implements Pane.
func (s *Chats) Draw(look *style.Look, width, height int, _ bool) []string {
	filter, x := s.filter.View(width)
	s.at = tea.NewCursor(x, 1)
	lines := []string{style.Margin + look.Title.Render(s.Title()), filter, ""}
	lines = append(lines, s.list.Lines(max(height-len(lines)-1, 1), func(c chat.Summary, chosen bool) string {
		when := fmt.Sprintf("%-13s", session.Ago(s.now.Sub(c.Updated)))
		star, tags := session.Label(c)
		tags = safe.Line(tags)
		if tags != "" {
			tags = "  " + tags
		}
		mark, title := "  ", style.Shorten(cmp.Or(safe.Line(c.Title), "(no title)"), max(width-len(when)-len(star)-2, 1))
		preview := ""
		if room := width - len(when) - len(star) - ansi.StringWidth(title+tags) - 4; room > 0 {
			preview = "  " + style.Shorten(safe.Line(c.Preview), room)
		}
		if chosen {
			mark, title = look.Selected.Render("› "), look.Selected.Render(title)
		}
		return ansi.Truncate(mark+look.Dim.Render(when)+look.Warning.Render(star)+title+look.Notice.Render(tags)+look.Dim.Render(preview), width, "…")
	}, nil)...)
	if len(s.list.Shown()) == 0 {
		lines = append(lines, style.Margin+look.Dim.Render("none"))
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, s.footer(look, width, len(lines)))
}

// Cursor implements Pane.
func (s *Chats) Cursor() *tea.Cursor { return s.at }

// footer is the last line, number y: what keys do, or a question.
func (s *Chats) footer(look *style.Look, width, y int) string {
	switch {
	case s.deleting:
		s.at = nil
		return look.Problem.Render(style.Rule("delete “"+safe.Line(s.asked.Title)+"” permanently? (y/n)", width))
	case s.renaming != nil:
		title, x := s.renaming.View(width)
		s.at = tea.NewCursor(x, y)
		return title
	}
	hint := fitting(width-4, "Enter opens, Ctrl+R renames, Ctrl+X deletes, Esc closes; #tag, * filter", "Enter opens, Ctrl+R renames, Ctrl+X deletes, Esc closes", "Ctrl+R renames, Ctrl+X deletes, Esc", "Ctrl+R, Ctrl+X, Esc")
	return look.Dim.Render(style.Rule(hint, width))
}

// Handle implements Pane.
func (s *Chats) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		s.scroll(Wheel(msg))
	case tea.MouseClickMsg:
		if s.renaming == nil && !s.deleting && picks(&s.list, msg, aboveList) {
			return s.press(enter)
		}
	case tea.PasteMsg:
		s.paste(msg.Content)
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return o
}

func (s *Chats) press(key tea.KeyPressMsg) (o Action) {
	switch {
	case s.deleting:
		return s.answer(key)
	case s.renaming != nil:
		return s.rename(key)
	}
	switch key.String() {
	case "esc", "ctrl+c", "ctrl+s":
		o.Close = true
	case "enter":
		if c, ok := s.list.Chosen(); ok {
			o.Close, o.Work = true, s.session.Open(c.ID)
		}
	case "ctrl+r", "f2":
		if c, ok := s.list.Chosen(); ok {
			s.asked, s.renaming = c, &text.Field{Prompt: "New title: "}
			s.renaming.Set(safe.Line(c.Title))
		}
	case "ctrl+x", "delete":
		s.asked, s.deleting = s.list.Chosen()
	default:
		if !s.list.Press(key.String()) && s.filter.Update(key) {
			s.list.Filter(session.ChatFilter(s.filter.String()))
		}
	}
	return o
}

// answer takes the answer to the question whether to delete.
func (s *Chats) answer(key tea.KeyPressMsg) (o Action) {
	s.deleting = false
	if key.String() == "y" {
		o.Work = s.session.Delete(s.asked.ID)
	}
	return o
}

func (s *Chats) rename(key tea.KeyPressMsg) (o Action) {
	switch key.String() {
	case "esc", "ctrl+c":
		s.renaming = nil
	case "enter":
		title := safe.Line(s.renaming.String())
		s.renaming = nil
		if title != "" {
			o.Work = s.session.Chat.Rename(s.asked.ID, title)
		}
	default:
		s.renaming.Update(key)
	}
	return o
}
