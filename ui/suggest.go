package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
)

// suggestions are completions of the command in the input.
type suggestions struct {
	rows   []session.Completion
	chosen int  // -1: none yet
	moved  bool // the user picked it
}

const mostRows = 6

func (s *suggestions) open() bool { return len(s.rows) > 0 }

// accepted says that Enter takes the chosen row.
func (s *suggestions) accepted() bool { return s.open() && s.moved }

// move chooses another row; it reports false when there are none.
func (s *suggestions) move(step int) bool {
	if !s.open() {
		return false
	}
	s.moved = true
	s.chosen += step
	if s.chosen < 0 {
		s.chosen = len(s.rows) - 1
	}
	s.chosen %= len(s.rows)
	return true
}

// lines shows rows on at most limit lines, the chosen one among them. Where there are more, the last line says how many.
func (s *suggestions) lines(look *look, width, limit int) []string {
	limit = min(limit, mostRows, len(s.rows))
	if limit <= 0 {
		return nil
	}
	more := limit > 1 && limit < len(s.rows)
	if more {
		limit--
	}
	first := min(max(s.chosen-limit+1, 0), len(s.rows)-limit)
	column := 0
	for _, r := range s.rows {
		column = max(column, ansi.StringWidth(r.Name))
	}
	var lines []string
	for i, r := range s.rows[first : first+limit] {
		text := r.Name + strings.Repeat(" ", column-ansi.StringWidth(r.Name))
		if first+i == s.chosen {
			text = look.Selected.Render("› " + text)
		} else {
			text = "  " + text
		}
		lines = append(lines, ansi.Truncate(text+"  "+look.Dim.Render(r.Help), width, "…"))
	}
	if more {
		lines = append(lines, look.Dim.Render(ansi.Truncate(fmt.Sprintf("  %d more", len(s.rows)-limit), width, "…")))
	}
	return lines
}
