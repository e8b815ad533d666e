package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/pane"
	"inkling/ui/style"
)

// find begins to find in the text, or goes on to the next match.
func find(p *program, msg tea.KeyPressMsg) tea.Cmd {
	if p.dock.Find == nil {
		of, ok := p.dock.Main.(pane.Findable)
		if !ok {
			of = &finding{of: &p.transcript, top: p.transcript.top, follow: p.transcript.follow}
		}
		p.dock.Find = pane.NewFind(of)
		return nil
	}
	a := p.dock.Find.Handle(msg)
	switch {
	case a.Close:
		p.dock.Find = nil
	case a.Passed:
		return scroll(p, p.keys.action(msg))
	}
	return nil
}

// jumped shows a turn that has what was searched for.
func jumped(p *program, to session.Jumped) {
	p.changed() // to the chat that is open now
	p.dock.Dialogs = pane.Stack{}
	p.dock.Find = nil
	if i := slices.IndexFunc(p.transcript.items, func(it *item) bool { return it.turn == to.Turn }); i >= 0 {
		reveal(&p.transcript, i, 0)
	}
	find(p, tea.KeyPressMsg{})
	p.dock.Find.Words(to.Query, to.Turn.ID)
}

// scroll moves the text.
func scroll(p *program, action string) tea.Cmd {
	switch action {
	case actPageUp:
		p.transcript.scroll(-p.transcript.page())
	case actPageDown:
		p.transcript.scroll(+p.transcript.page())
	case actTop:
		p.transcript.toTop()
	case actBottom:
		p.transcript.toEnd()
	}
	return nil
}

// finding finds in the transcript. Items count in their texts what was looked for, and mark it in their lines when they are drawn: what is
// not in sight is never laid out.
type finding struct {
	of     *transcript
	top    position // what was shown when it began
	follow bool
}

// Find implements pane.Findable.
func (f *finding) Find(finder *chat.Finder) (n int) {
	for _, it := range f.of.items {
		if it.matches.finder != finder {
			it.matches = matches{finder: finder, bytes: -1, drawn: it.matches.drawn}
		}
		n += it.count()
	}
	return n
}

// Nearest implements pane.Findable.
func (f *finding) Nearest(turn int) int {
	from := f.top
	if f.follow {
		from = f.of.last()
	}
	n, nearest := 0, -1
	for i, it := range f.of.items {
		count := it.count()
		if turn != 0 && it.turn.ID != turn {
			n += count
			continue
		}
		if count > 0 {
			nearest = n + count - 1
			if turn != 0 || i > from.item {
				return n
			}
		}
		if i == from.item && count > 0 {
			it.lines()
			for k := range count {
				if it.row(k) >= from.line {
					return n + k
				}
			}
		}
		n += count
	}
	return nearest
}

// ShowMatch implements pane.Findable.
func (f *finding) ShowMatch(n int) {
	if n < 0 {
		f.of.top, f.of.follow = f.top, f.follow
	}
	shown := -1
	for i, it := range f.of.items {
		is := 0
		if count := it.count(); n >= 0 && n < count {
			is, shown = n+1, i
		}
		if n -= it.count(); it.matches.shown != is {
			it.matches.shown = is
			it.changed()
		}
	}
	if shown >= 0 {
		it := f.of.items[shown]
		it.lines()
		reveal(f.of, shown, it.row(it.matches.shown-1))
	}
}

// matches are what was found in an item.
type matches struct {
	finder *chat.Finder // nil for nothing that is looked for
	bytes  int          // of the text that they were counted in
	count  int
	shown  int          // the one that is marked in a way of its own, from 1; 0: none
	drawn  *chat.Finder // that marked the lines
	rows   []int        // lines of those that are marked in them
}

// count is how many matches the text of an item has.
func (it *item) count() int {
	m := &it.matches
	if m.finder != nil && m.bytes != len(it.turn.Text) {
		m.bytes, m.count = len(it.turn.Text), len(m.finder.In(it.turn.Text))
	}
	return m.count
}

// row is the line of a match. What Markdown does not show has the line of another match, or the first.
func (it *item) row(match int) int {
	rows := it.matches.rows
	if len(rows) == 0 {
		return 0
	}
	return rows[max(min(match, len(rows)-1), 0)]
}

// marked are rows with what was found in them marked, and the row of each match. The number of the one that is shown is -1 for none.
func marked(look *style.Look, finder *chat.Finder, rows []string, shown int) (painted []string, at []int) {
	plain := make([]string, len(rows))
	for i, row := range rows {
		plain[i] = ansi.Strip(row)
	}
	found := finder.InRows(strings.Join(plain, "\n"))
	if len(found) == 0 {
		return rows, nil
	}
	shown = min(shown, len(found)-1)
	ranges := make([][]lipgloss.Range, len(rows))
	row, begin := 0, 0 // and where it begins
	for i, f := range found {
		for f.From > begin+len(plain[row]) {
			begin, row = begin+len(plain[row])+1, row+1
		}
		at = append(at, row)
		paint := look.Tokens.Match
		if i == shown {
			paint = look.Tokens.Found
		}
		for r, b := row, begin; r < len(rows) && b < f.To; b, r = b+len(plain[r])+1, r+1 {
			text := plain[r]
			from, to := max(f.From-b, 0), min(f.To-b, len(text))
			if r > row {
				from = len(text) - len(strings.TrimLeft(text, " "))
			}
			if from < to {
				ranges[r] = append(ranges[r], lipgloss.NewRange(ansi.StringWidth(text[:from]), ansi.StringWidth(text[:to]), paint))
			}
		}
	}
	painted = make([]string, len(rows))
	for i, row := range rows {
		painted[i] = lipgloss.StyleRanges(row, ranges[i]...)
	}
	return painted, at
}
