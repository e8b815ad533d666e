package pane

import (
	"slices"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/ui/style"
	"inkling/ui/text"
)

// found is what is being looked for in a story.
type found struct {
	finder  *chat.Finder // nil: nothing
	text    string       // in which these are
	all     []chat.Stretch
	shown   int // which of them the cursor is at
	began   int // where the cursor was at first
	finding bool
}

// Find implements Findable.
func (s *Story) Find(f *chat.Finder) int {
	s.sync()
	if !s.found.finding {
		s.found.began, s.found.finding = s.page.At(), true
	}
	if text := s.page.String(); s.found.finder != f || s.found.text != text {
		s.found.finder, s.found.text, s.found.all = f, text, nil
		if f != nil {
			s.found.all = f.In(text)
		}
	}
	if f == nil {
		s.found.finding = false
	}
	return len(s.found.all)
}

// Nearest implements Findable. A story is one text, whatever the turn.
func (s *Story) Nearest(turn int) int {
	began := s.found.began
	if turn != 0 {
		began = 0
	}
	n := slices.IndexFunc(s.found.all, func(m chat.Stretch) bool { return m.From >= began })
	if n < 0 {
		n = len(s.found.all) - 1
	}
	return n
}

// ShowMatch implements Findable: the cursor goes there.
func (s *Story) ShowMatch(n int) {
	s.found.shown = n
	if n < 0 {
		s.page.Go(s.found.began)
	} else if n < len(s.found.all) {
		s.page.Go(s.found.all[n].From)
	}
}

// marked is a painted row with what was found in it marked.
func (s *Story) marked(look *style.Look, painted string, row text.Row) string {
	if from, to := s.page.Selected(); from < to && from < row.To && to > row.From {
		from, to = max(from, row.From), min(to, row.To)
		column := ansi.StringWidth(s.page.Shown(row.From, from))
		return lipgloss.StyleRanges(painted, lipgloss.NewRange(column, column+ansi.StringWidth(s.page.Shown(from, to)), lipgloss.NewStyle().Reverse(true)))
	}
	if s.found.finder == nil || s.found.text != s.page.String() {
		return painted
	}
	first, _ := slices.BinarySearchFunc(s.found.all, row.From, func(m chat.Stretch, at int) int { return m.To - at - 1 })
	var ranges []lipgloss.Range
	for i := first; i < len(s.found.all) && s.found.all[i].From < row.To; i++ {
		from, to := max(s.found.all[i].From, row.From), min(s.found.all[i].To, row.To)
		paint := look.Tokens.Match
		if i == s.found.shown {
			paint = look.Tokens.Found
		}
		column := ansi.StringWidth(s.page.Shown(row.From, from))
		ranges = append(ranges, lipgloss.NewRange(column, column+ansi.StringWidth(s.page.Shown(from, to)), paint))
	}
	return lipgloss.StyleRanges(painted, ranges...)
}
