package text

import (
	"strings"
	"unicode"
)

// An Area is a text of paragraphs that is edited. It shows rows of a width, at most so many of them, among them the one with
// the cursor. A paragraph is laid out anew when it or the width has changed, and not for every key.
type Area struct {
	paragraphs []*paragraph
	at         int // the one with the cursor
	mark       *place
	column     int // that Up and Down keep to, -1 for none

	width, height int
	top           int // first row shown
}

// place is a place in a text: a paragraph, and a cluster in it.
type place struct{ paragraph, cluster int }

// paragraph is a line of the text with the clusters that its rows begin with.
type paragraph struct {
	Line
	rows  []int
	width int // for which they were found, 0: not at all
}

// NewArea returns an empty text.
func NewArea() *Area { return &Area{paragraphs: []*paragraph{{}}, column: -1, width: 1, height: 1} }

// Resize gives the text rows of width columns, and room for height of them.
func (a *Area) Resize(width, height int) { a.width, a.height = max(width, 1), max(height, 1) }

// String is the text.
func (a *Area) String() string {
	var b strings.Builder
	for i, p := range a.paragraphs {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, part := range p.parts {
			b.WriteString(part)
		}
	}
	return b.String()
}

// Empty says whether there is no text.
func (a *Area) Empty() bool { return len(a.paragraphs) == 1 && len(a.paragraphs[0].parts) == 0 }

// Set replaces the text. The cursor stands after it.
func (a *Area) Set(text string) {
	a.paragraphs, a.at, a.mark, a.column, a.top = []*paragraph{{}}, 0, nil, -1, 0
	a.Insert(text)
}

// tab is what stands for a tab.
const tab = "    "

// Insert puts text in place of the selection, or at the cursor. Control characters are left out.
func (a *Area) Insert(text string) {
	a.deleteSelection()
	a.column = -1
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", tab).Replace(text)
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	first, rest, more := strings.Cut(text, "\n")
	p := a.current()
	if !more {
		p.Insert(first)
		p.width = 0
		return
	}
	after := strings.Join(p.parts[p.at:], "")
	p.parts = p.parts[:p.at:p.at]
	p.Insert(first)
	p.width = 0
	var fresh []*paragraph
	for line := range strings.SplitSeq(rest, "\n") {
		next := &paragraph{}
		next.Set(line)
		fresh = append(fresh, next)
	}
	last := fresh[len(fresh)-1]
	end := len(last.parts)
	last.Insert(after)
	last.at = min(end, len(last.parts))
	tail := append(fresh, a.paragraphs[a.at+1:]...)
	a.paragraphs = append(a.paragraphs[:a.at+1:a.at+1], tail...)
	a.at += len(fresh)
}

func (a *Area) current() *paragraph { return a.paragraphs[a.at] }

// cursor is where the cursor stands; moveTo puts it elsewhere.
func (a *Area) cursor() place { return place{a.at, a.current().at} }

func (a *Area) moveTo(p place) {
	a.at = max(min(p.paragraph, len(a.paragraphs)-1), 0)
	line := a.current()
	line.at = max(min(p.cluster, len(line.parts)), 0)
}

// selected is the range of the selection; false where there is none.
func (a *Area) selected() (from, to place, ok bool) {
	if a.mark == nil {
		return from, to, false
	}
	from, to = *a.mark, a.cursor()
	if to.paragraph < from.paragraph || to.paragraph == from.paragraph && to.cluster < from.cluster {
		from, to = to, from
	}
	return from, to, from != to
}

// Selection is the text that is selected.
func (a *Area) Selection() string {
	from, to, ok := a.selected()
	if !ok {
		return ""
	}
	var lines []string
	for i := from.paragraph; i <= to.paragraph; i++ {
		start, end := 0, len(a.paragraphs[i].parts)
		if i == from.paragraph {
			start = from.cluster
		}
		if i == to.paragraph {
			end = to.cluster
		}
		lines = append(lines, strings.Join(a.paragraphs[i].parts[start:end], ""))
	}
	return strings.Join(lines, "\n")
}

// deleteSelection takes the selected text out, and reports whether there was any.
func (a *Area) deleteSelection() bool {
	from, to, ok := a.selected()
	a.mark = nil
	if ok {
		a.remove(from, to)
	}
	return ok
}

// remove takes the text between two places out. The cursor stands there.
func (a *Area) remove(from, to place) {
	first, last := a.paragraphs[from.paragraph], a.paragraphs[to.paragraph]
	after := strings.Join(last.parts[to.cluster:], "")
	first.parts = first.parts[:from.cluster:from.cluster]
	first.End()
	first.Insert(after)
	first.at, first.width = min(from.cluster, len(first.parts)), 0
	a.paragraphs = append(a.paragraphs[:from.paragraph+1], a.paragraphs[to.paragraph+1:]...)
	a.at = from.paragraph
}
