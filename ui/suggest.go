package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/style"
)

// suggestions are completions of the command in the input.
type suggestions struct {
	list  list.List[session.Completion] // none is chosen at first
	moved bool                          // the user picked one
}

func newSuggestions(rows []session.Completion) (s suggestions) {
	s.list.Set(rows)
	s.list.Choose(-1)
	return s
}

// argument is what the row that the user picked gives a command; false for none.
func (s *suggestions) argument(command string) (text string, ok bool) {
	row, chosen := s.list.Chosen()
	if !s.moved || !chosen {
		return "", false
	}
	return strings.CutPrefix(row.Line, command)
}

const mostRows = 6

func (s *suggestions) open() bool { return len(s.list.Shown()) > 0 }

// accepted says that Enter takes the chosen row.
func (s *suggestions) accepted() bool { return s.open() && s.moved }

// move chooses another row; it reports false when there are none.
func (s *suggestions) move(step int) bool {
	if !s.open() {
		return false
	}
	s.moved = true
	s.list.Cycle(step)
	return true
}

// lines shows rows on at most limit lines, the chosen one among them. Where there are more, the last line says how many.
func (s *suggestions) lines(look *look, width, limit int) []string {
	rows := s.list.Shown()
	limit = min(limit, mostRows, len(rows))
	if limit <= 0 {
		return nil
	}
	more := limit > 1 && limit < len(rows)
	if more {
		limit--
	}
	column := 0
	for _, r := range rows {
		column = max(column, ansi.StringWidth(r.Name))
	}
	lines := s.list.Lines(limit, func(r session.Completion, chosen bool) string {
		text := r.Name + strings.Repeat(" ", column-ansi.StringWidth(r.Name))
		if chosen {
			text = look.Selected.Render("› " + text)
		} else {
			text = "  " + text
		}
		help := style.Shorten(r.Help, width-ansi.StringWidth(text)-2)
		return ansi.Truncate(text+"  "+look.Dim.Render(help), width, "…")
	}, nil)
	if more {
		lines = append(lines, look.Dim.Render(ansi.Truncate(fmt.Sprintf("  %d more", len(rows)-limit), width, "…")))
	}
	return lines
}
