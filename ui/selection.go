package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/ui/style"
)

// selection is what of the transcript's text is selected with the mouse. Its ends are counted in signs that are not blanks, so that it
// stays on them however the rows are broken.
type selection struct {
	from, to spot
	held     bool // the button is down
	some     bool // the mouse has moved since: there is a selection
	x, y     int  // where the mouse is
	waits    bool // to scroll on
}

// A spot is a cell of the window: the turn whose text it is in, and how many signs of that end before it and begin before its end.
type spot struct{ turn, before, after int }

// endless is how wide a row is that is never broken.
const endless = 1 << 20

// signs calls f for every sign of a row without escape sequences that is not a blank: where it is in the row, and its columns.
func signs(row string, f func(at, length, column, width int)) {
	for at, column := 0, 0; at < len(row); {
		cluster, width := row[at:at+1], 1
		if row[at] >= 0x80 || at+1 < len(row) && row[at+1] >= 0x80 {
			cluster, width = ansi.FirstGraphemeCluster(row[at:], ansi.GraphemeWidth)
		}
		if strings.TrimSpace(cluster) != "" {
			f(at, len(cluster), column, width)
		}
		at, column = at+len(cluster), column+width
	}
}

// count is how many signs a text has.
func count(text string) (n int) {
	signs(text, func(int, int, int, int) { n++ })
	return n
}

// written are the rows of an item's text without what stands around them.
func (it *item) written() []string {
	it.lines()
	rows := slices.Clone(it.laid.rows)
	for i, row := range rows {
		rows[i] = ansi.Strip(row)
	}
	return rows
}

// unbroken is an item's text as it would be in a window without an end.
func (it *item) unbroken() string {
	other := &item{look: it.look, turn: it.turn, plain: it.plain, cursor: it.cursor, tokens: tokens{traces: it.tokens.traces}}
	rows, _ := other.text(endless)
	return ansi.Strip(strings.Join(rows, "\n"))
}

// spotAt is what is at a cell of the window. Above and below the text it is the nearest place in it.
func spotAt(t *transcript, x, y int) (s spot) {
	i, line := t.line(max(min(y, t.height-1), 0))
	if i < 0 {
		return s
	}
	it := t.items[i]
	s.turn = it.turn.ID
	rows := it.written()
	for r, row := range rows {
		switch {
		case it.laid.first+r < line:
			s.before += count(row)
			s.after = s.before
		case it.laid.first+r == line:
			signs(row, func(_, _, column, width int) {
				column += len(style.Margin)
				if column+width <= x {
					s.before++
				}
				if column <= x {
					s.after++
				}
			})
		}
	}
	return s
}

// line is the item and the line of it that a row of the window shows, the last line of all below them; -1 for none.
func (t *transcript) line(row int) (i, line int) {
	at := t.top
	if t.follow {
		at = t.last()
	}
	for row += at.line; at.item < len(t.items); at.item++ {
		n := len(t.items[at.item].lines())
		if row < n {
			return at.item, row
		}
		row -= n
	}
	if len(t.items) == 0 {
		return -1, 0
	}
	return len(t.items) - 1, len(t.end().lines())
}

// begin begins a selection at a cell, drag takes it to another.
func (s *selection) begin(t *transcript, x, y int) {
	at := spotAt(t, x, y)
	*s = selection{from: at, to: at, held: true, x: x, y: y}
}

func (s *selection) drag(t *transcript, x, y int) {
	switch { // beyond the window its text comes along
	case !s.held:
		return
	case y < 0:
		t.scroll(-1)
	case y >= t.height:
		t.scroll(+1)
	}
	s.to, s.some = spotAt(t, x, y), true
	s.x, s.y = x, y
}

// of is the part of an item's signs that is selected, from low to high.
func (s *selection) of(items []*item, i int) (low, high int) {
	if !s.some {
		return 0, 0
	}
	index := func(turn int) int { return slices.IndexFunc(items, func(it *item) bool { return it.turn.ID == turn }) }
	from, to := s.from, s.to
	first, last := index(from.turn), index(to.turn)
	if first > last || first == last && from.before > to.before {
		from, to, first, last = to, from, last, first
	}
	if first < 0 || i < first || i > last {
		return 0, 0
	}
	high = endless
	if i == first {
		low = from.before
	}
	if i == last {
		high = to.after
	}
	return low, high
}

// text is the selected text, with its lines whole again.
func (s *selection) text(items []*item) string {
	var parts []string
	for i, it := range items {
		low, high := s.of(items, i)
		if low >= high {
			continue
		}
		broken, whole := strings.Join(it.written(), "\n"), it.unbroken()
		if blankless(broken) != blankless(whole) { // a table, or a quote, which has a mark in every row
			whole = broken
		}
		if part := cut(whole, low, high); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}

func blankless(text string) string { return strings.Join(strings.Fields(text), "") }

// cut is the part of a text from one of its signs to another.
func cut(text string, low, high int) string {
	begin, end, n := 0, 0, 0
	signs(text, func(at, length, _, _ int) {
		if n == low {
			begin = at
		}
		if n >= low && n < high {
			end = at + length
		}
		n++
	})
	return text[min(begin, end):end]
}

// lines are those of an item, with what is selected of them in reverse.
func (s *selection) lines(items []*item, i int) []string {
	it := items[i]
	lines := it.lines()
	low, high := s.of(items, i)
	if low >= high {
		return lines
	}
	lines = slices.Clone(lines)
	n := 0
	for r, row := range it.written() {
		left, right := -1, 0
		signs(row, func(_, _, column, width int) {
			if n >= low && n < high {
				if left < 0 {
					left = column
				}
				right = column + width
			}
			n++
		})
		if left >= 0 {
			l, margin := lines[it.laid.first+r], len(style.Margin)
			lines[it.laid.first+r] = ansi.Truncate(l, margin+left, "") +
				lipgloss.NewStyle().Reverse(true).Render(ansi.Strip(ansi.Cut(l, margin+left, margin+right))) + ansi.TruncateLeft(l, margin+right, "")
		}
	}
	return lines
}
