package text

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/ui/safe"
)

// shown is a cluster on the screen, and its width. What nobody would see is shown by its number.
func shown(part string) (string, int) {
	if len(part) == 1 {
		return part, 1
	}
	if safe.Text(part) != part {
		part = safe.Visible(part)
	}
	return part, ansi.StringWidth(part)
}

// layOut finds the rows of a paragraph. They end after blanks and beside wide characters; a word that is longer than a row is
// broken. After the last word there is a cell for the cursor.
func (p *paragraph) layOut(width int) {
	if p.width == width {
		return
	}
	p.rows, p.width = append(p.rows[:0], 0), width
	column, gap, gapColumn := 0, 0, 0 // where the row may end: before that cluster
	start := 0
	wideBefore := false
	for i := 0; i <= len(p.parts); i++ {
		w, space := 1, true
		if i < len(p.parts) {
			_, w = shown(p.parts[i])
			space = p.parts[i] == " "
		}
		if i > start && column > 0 && (!space && (p.parts[i-1] == " " || w > 1 || wideBefore) || i == len(p.parts) && wideBefore) {
			gap, gapColumn = i, column
		}
		if column > 0 && column+w > width {
			if gap <= start {
				gap, gapColumn = i, column
			}
			start, column = gap, column-gapColumn
			p.rows = append(p.rows, start)
		}
		column += w
		wideBefore = w > 1
	}
}

// row is the row of a paragraph that the cursor is in.
func (p *paragraph) row() int {
	r := 0
	for r+1 < len(p.rows) && p.rows[r+1] <= p.at {
		r++
	}
	return r
}

// end is the cluster after row r.
func (p *paragraph) end(r int) int {
	if r+1 < len(p.rows) {
		return p.rows[r+1]
	}
	return len(p.parts)
}

// columnOf is the column of a cluster in row r.
func (p *paragraph) columnOf(r, cluster int) (column int) {
	for _, part := range p.parts[p.rows[r]:cluster] {
		_, w := shown(part)
		column += w
	}
	return column
}

// moveRow moves the cursor a row up or down, as near to its column as there is text.
func (a *Area) moveRow(step int) {
	p := a.current()
	p.layOut(a.width)
	r := p.row()
	if a.column < 0 {
		a.column = p.columnOf(r, p.at)
	}
	r += step
	if r < 0 || r >= len(p.rows) {
		if !a.across(step) {
			return
		}
		p = a.current()
		p.layOut(a.width)
		r = 0
		if step < 0 {
			r = len(p.rows) - 1
		}
	}
	p.to(r, a.column)
}

// to moves the cursor to the cluster of row r that a column is in.
func (p *paragraph) to(r, x int) {
	p.at = p.rows[r]
	for column := 0; p.at < p.end(r); p.at++ {
		_, w := shown(p.parts[p.at])
		if column += w; column > x {
			break
		}
	}
	if p.at == p.end(r) && r+1 < len(p.rows) {
		p.at-- // the place after the last cluster is in the next row
	}
}

// AtTop and AtBottom say whether there is no row above the cursor, or below.
func (a *Area) AtTop() bool {
	a.current().layOut(a.width)
	return a.at == 0 && a.current().row() == 0
}

// AtBottom says whether there is no row below the cursor.
func (a *Area) AtBottom() bool {
	a.current().layOut(a.width)
	return a.at == len(a.paragraphs)-1 && a.current().row() == len(a.current().rows)-1
}

// View returns the rows that are shown, the number of the first of them in the text, and where in them the cursor is.
// Selected text has a style of its own.
func (a *Area) View(selection lipgloss.Style) (rows []string, first, x, y int) {
	total, line := 0, 0
	for i, p := range a.paragraphs {
		p.layOut(a.width)
		if i == a.at {
			line = total + p.row()
		}
		total += len(p.rows)
	}
	height := min(total, a.height)
	a.top = max(min(a.top, line, total-height), line-height+1, 0)
	from, to, some := a.selected()
	number := 0
	for i, p := range a.paragraphs {
		for r := range p.rows {
			if number >= a.top && number < a.top+height {
				start, end := 0, 0 // of the selection
				if some && i >= from.paragraph && i <= to.paragraph {
					end = len(p.parts)
					if i == from.paragraph {
						start = from.cluster
					}
					if i == to.paragraph {
						end = to.cluster
					}
				}
				rows = append(rows, p.draw(r, start, end, selection))
			}
			number++
		}
	}
	p := a.current()
	return rows, a.top, p.columnOf(p.row(), p.at), line - a.top
}

// draw is row r of a paragraph, of which the clusters from start to end are selected.
func (p *paragraph) draw(r, start, end int, selection lipgloss.Style) string {
	part := func(from, to int) string {
		var b strings.Builder
		for _, part := range p.parts[max(from, p.rows[r]):max(min(to, p.end(r)), from, p.rows[r])] {
			text, _ := shown(part)
			b.WriteString(text)
		}
		return b.String()
	}
	if start >= end || start >= p.end(r) || end <= p.rows[r] {
		return part(p.rows[r], p.end(r))
	}
	return part(p.rows[r], start) + selection.Render(part(start, end)) + part(end, p.end(r))
}

// Point puts the cursor to a place of what was drawn last: a column of a row.
func (a *Area) Point(x, y int) {
	a.mark, a.column = nil, -1
	row := max(y, 0) + a.top
	for i, p := range a.paragraphs {
		p.layOut(a.width)
		if row < len(p.rows) || i+1 == len(a.paragraphs) {
			a.at = i
			p.to(min(row, len(p.rows)-1), x)
			return
		}
		row -= len(p.rows)
	}
}
