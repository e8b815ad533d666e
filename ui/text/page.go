package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// A Page is a long text that is edited: a window of rows, of which only those near it are ever laid out. Places are bytes of the text.
type Page struct {
	text          string
	cursor        int
	column        int // that Up and Down keep to, -1 for none
	top           int // where the first row shown begins
	width, height int
	mark          mark
}

// A Row is a row of a page.
type Row struct{ From, To int }

// String is the text, At the place of the cursor in it.
func (p *Page) String() string { return p.text }

// At is where the cursor stands.
func (p *Page) At() int { return p.cursor }

// Set replaces the text and puts the cursor to a place.
func (p *Page) Set(text string, cursor int) {
	p.text, p.column, p.mark = text, -1, mark{}
	p.cursor = p.near(cursor)
	p.top = min(p.top, len(text))
	p.top = p.rowOf(p.top)
}

// rowOf is where the row begins that a place is in.
func (p *Page) rowOf(at int) int {
	for _, r := range p.rows(p.paragraph(at)) {
		if at >= r.From && at <= r.To {
			return r.From
		}
	}
	return p.paragraph(at)
}

// Go puts the cursor to a place.
func (p *Page) Go(at int) { p.cursor, p.column = p.near(at), -1 }

// Replace puts text in place of some bytes. A cursor behind them moves along.
func (p *Page) Replace(at, removed int, in string) {
	p.text = p.text[:at] + in + p.text[at+removed:]
	p.mark = mark{}
	switch {
	case p.cursor >= at+removed:
		p.cursor += len(in) - removed
	case p.cursor > at:
		p.cursor = at
	}
	if p.top > at {
		p.top = p.rowOf(max(min(p.top+len(in)-removed, len(p.text)), 0))
	}
	p.column = -1
}

// Insert puts text before the cursor. Control characters are left out.
func (p *Page) Insert(text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", tab).Replace(text)
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	p.Replace(p.cursor, 0, text)
}

// near is a place between runes.
func (p *Page) near(at int) int {
	at = max(min(at, len(p.text)), 0)
	for at > 0 && at < len(p.text) && !utf8.RuneStart(p.text[at]) {
		at--
	}
	return at
}

// Resize gives it rows of width columns, and room for height of them.
func (p *Page) Resize(width, height int) {
	width = max(width, 2)
	if width != p.width {
		p.width = width
		p.top = p.rowOf(min(p.top, len(p.text)))
	}
	p.height = max(height, 1)
}

// paragraph is where the paragraph of a place begins, after where it ends.
func (p *Page) paragraph(at int) int { return strings.LastIndexByte(p.text[:at], '\n') + 1 }

func (p *Page) after(from int) int {
	if i := strings.IndexByte(p.text[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(p.text)
}

// rows are those of the paragraph that begins at a place: broken after blanks, or within words that are too long.
func (p *Page) rows(from int) (rows []Row) {
	end := p.after(from)
	start, word, column, since := from, from, 0, 0 // since: columns since the word began
	for at := from; at < end; {
		part, _ := ansi.FirstGraphemeCluster(p.text[at:end], ansi.GraphemeWidth)
		_, w := shown(part)
		for column+w > p.width && column > 0 && !blank(part) {
			if word == start {
				word, since = at, 0
			}
			rows = append(rows, Row{start, word})
			start, column = word, since
		}
		column, since, at = column+w, since+w, at+len(part)
		if blank(part) {
			word, since = at, 0
		}
	}
	return append(rows, Row{start, end})
}

// step is the place one cluster further, or back.
func (p *Page) step(at, by int) int {
	from := p.paragraph(at)
	if by > 0 {
		if at == len(p.text) {
			return at
		}
		if p.text[at] == '\n' {
			return at + 1
		}
		part, _ := ansi.FirstGraphemeCluster(p.text[at:p.after(at)], ansi.GraphemeWidth)
		return at + len(part)
	}
	if at == from {
		return max(at-1, 0)
	}
	start := from
	if at-from > 512 { // clusters are short: it is enough to begin a little before
		start = p.near(at - 256)
		if i := strings.IndexByte(p.text[start:at], ' '); i >= 0 {
			start += i
		}
	}
	last := start
	for i := start; i < at; {
		last = i
		part, _ := ansi.FirstGraphemeCluster(p.text[i:at], ansi.GraphemeWidth)
		i += len(part)
	}
	return last
}

// word is where the next word ends, or the one before begins.
func (p *Page) word(at, by int) int {
	is := func(at int) bool { r, _ := utf8.DecodeRuneInString(p.text[at:]); return unicode.IsSpace(r) }
	if by > 0 {
		for at < len(p.text) && is(at) {
			at = p.step(at, 1)
		}
		for at < len(p.text) && !is(at) {
			at = p.step(at, 1)
		}
		return at
	}
	for at > 0 && is(p.step(at, -1)) {
		at = p.step(at, -1)
	}
	for at > 0 && !is(p.step(at, -1)) {
		at = p.step(at, -1)
	}
	return at
}

// row is the row of a place: those of its paragraph, and which of them.
func (p *Page) row(at int) (rows []Row, n int) {
	rows = p.rows(p.paragraph(at))
	for n+1 < len(rows) && rows[n+1].From <= at {
		n++
	}
	return rows, n
}

// columns is how wide a stretch is.
func (p *Page) columns(from, to int) (columns int) {
	for from < to {
		part, _ := ansi.FirstGraphemeCluster(p.text[from:to], ansi.GraphemeWidth)
		_, w := shown(part)
		columns, from = columns+w, from+len(part)
	}
	return columns
}

// next is the row below a row, or above; false where there is none.
func (p *Page) next(r Row, by int) (Row, bool) {
	rows, n := p.row(r.From)
	switch n += by; {
	case n >= 0 && n < len(rows):
		return rows[n], true
	case by > 0 && rows[len(rows)-1].To < len(p.text):
		return p.rows(rows[len(rows)-1].To + 1)[0], true
	case by < 0 && rows[0].From > 0:
		rows = p.rows(p.paragraph(rows[0].From - 1))
		return rows[len(rows)-1], true
	}
	return r, false
}

// vertical moves the cursor so many rows.
func (p *Page) vertical(by int) {
	rows, n := p.row(p.cursor)
	at := rows[n]
	if p.column < 0 {
		p.column = p.columns(at.From, p.cursor)
	}
	for ; by != 0; by -= sign(by) {
		next, ok := p.next(at, sign(by))
		if !ok {
			break
		}
		at = next
	}
	p.cursor = at.From
	for column := 0; p.cursor < at.To; {
		next := p.step(p.cursor, 1)
		if column += p.columns(p.cursor, next); column > p.column {
			break
		}
		p.cursor = next
	}
	if rows, n := p.row(p.cursor); n > 0 && rows[n].From == p.cursor && p.cursor == at.To && at.From != p.cursor {
		p.cursor = p.step(p.cursor, -1) // the place after the last cluster is in the next row
	}
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// Press does what a key does. It reports false for keys that mean nothing here.
func (p *Page) Press(name, text string) bool {
	p.mark = mark{}
	at := p.cursor
	to := at
	switch name {
	case "up", "down":
		p.vertical(map[string]int{"up": -1, "down": 1}[name])
		return true
	case "pgup", "pgdown":
		p.vertical(map[string]int{"pgup": -1, "pgdown": 1}[name] * max(p.height-1, 1))
		return true
	case "left":
		p.cursor = p.step(at, -1)
	case "right":
		p.cursor = p.step(at, 1)
	case "ctrl+left", "alt+b":
		p.cursor = p.word(at, -1)
	case "ctrl+right", "alt+f":
		p.cursor = p.word(at, 1)
	case "home", "ctrl+a":
		rows, n := p.row(at)
		p.cursor = rows[n].From
	case "end", "ctrl+e":
		rows, n := p.row(at)
		if p.cursor = rows[n].To; n+1 < len(rows) {
			p.cursor = p.step(p.cursor, -1)
		}
	case "ctrl+home", "alt+<":
		p.cursor = 0
	case "ctrl+end", "alt+>":
		p.cursor = len(p.text)
	case "enter", "ctrl+j", "shift+enter":
		p.Insert("\n")
	case "backspace", "ctrl+h", "shift+backspace":
		to = p.step(at, -1)
	case "delete":
		to = p.step(at, 1)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		to = p.word(at, -1)
	case "alt+d", "ctrl+delete", "alt+delete":
		to = p.word(at, 1)
	case "ctrl+u":
		to = p.paragraph(at)
	case "ctrl+k":
		to = p.after(at)
	default:
		if text == "" {
			return false
		}
		p.Insert(text)
	}
	if to != at {
		p.Replace(min(at, to), max(at, to)-min(at, to), "")
	}
	p.column = -1
	return true
}

// View returns the rows that are shown, the cursor's among them, and where in them the cursor is.
func (p *Page) View() (rows []Row, x, y int) {
	cursorRows, n := p.row(p.cursor)
	at := cursorRows[n]
	if p.cursor < p.top {
		p.top = at.From
	}
	for try := 0; ; try++ {
		rows, y = rows[:0], -1
		all, k := p.row(min(p.top, len(p.text)))
		for len(rows) < p.height {
			if all[k].From == at.From {
				y = len(rows)
			}
			rows = append(rows, all[k])
			if k++; k == len(all) {
				end := all[len(all)-1].To
				if end == len(p.text) {
					break
				}
				all, k = p.rows(end+1), 0
			}
		}
		if y >= 0 || try > 0 {
			break
		}
		first := at // the cursor's row is the last one
		for range p.height - 1 {
			above, ok := p.next(first, -1)
			if !ok {
				break
			}
			first = above
		}
		p.top = first.From
	}
	return rows, min(p.columns(at.From, p.cursor), p.width), max(y, 0) // blanks at the end of a row may hang over
}

// Ahead is the page with words after the cursor that are not in its text. As far as there is room they are in the window.
func (p *Page) Ahead(words string) *Page {
	if words == "" {
		return p
	}
	ahead := *p
	ahead.text = p.text[:p.cursor] + words + p.text[p.cursor:]
	ahead.cursor += len(words)
	ahead.View()
	ahead.cursor = p.cursor
	return &ahead
}

// Follow shows the same rows as another page, as far as there is the same text.
func (p *Page) Follow(other *Page) { p.top = min(other.top, len(p.text)) }

// Shown is a stretch as it is shown.
func (p *Page) Shown(from, to int) string {
	var b strings.Builder
	for from < to {
		part, _ := ansi.FirstGraphemeCluster(p.text[from:to], ansi.GraphemeWidth)
		text, _ := shown(part)
		b.WriteString(text)
		from += len(part)
	}
	return b.String()
}
