package markdown

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// fitted draws a table in a width that its cells have to be wrapped for, in
// the style of Glamour's tables.
func (l *layout) fitted(table *extast.Table, width int) []string {
	columns := len(table.Alignments)
	var rows [][]string // cells in one line each
	natural := make([]int, columns)
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		cells := make([]string, columns)
		for i, cell := 0, row.FirstChild(); cell != nil && i < columns; i++ {
			next := cell.NextSibling()
			cells[i] = l.cell(cell)
			natural[i] = max(natural[i], ansi.StringWidth(cells[i]), 1)
			cell = next
		}
		rows = append(rows, cells)
	}
	widths := share(natural, width-3*columns+1) // a blank at both sides, a line between
	var lines []string
	for i, row := range rows {
		if i == 1 {
			lines = append(lines, l.tableLine(widths))
		}
		lines = append(lines, l.tableRow(row, widths, table.Alignments)...)
	}
	if len(rows) == 1 {
		lines = append(lines, l.tableLine(widths))
	}
	return finish(lines)
}

// cell is the content of a cell in one line.
func (l *layout) cell(cell ast.Node) string {
	paragraph := ast.NewParagraph()
	for c := cell.FirstChild(); c != nil; c = cell.FirstChild() {
		paragraph.AppendChild(paragraph, c)
	}
	if paragraph.FirstChild() == nil {
		return ""
	}
	return strings.Join(finish(strings.Split(l.glamour(l.leaf, document(paragraph)), "\n")), " ")
}

// share cuts the widest of the natural widths until all of them fit into width.
func share(natural []int, width int) []int {
	widths := append([]int(nil), natural...)
	for {
		sum, widest := 0, 0
		for i, w := range widths {
			sum += w
			if w > widths[widest] {
				widest = i
			}
		}
		if sum <= width || widths[widest] <= 1 {
			return widths
		}
		widths[widest]--
	}
}

// tableRow draws a row, every cell of it wrapped.
func (l *layout) tableRow(cells []string, widths []int, alignments []extast.Alignment) (lines []string) {
	wrapped := make([][]string, len(cells))
	height := 1
	for i, cell := range cells {
		wrapped[i] = finish(wrap(cell, widths[i]))
		height = max(height, len(wrapped[i]))
	}
	between, _, _ := l.tableMarks()
	for y := range height {
		var line strings.Builder
		for i, w := range widths {
			if i > 0 {
				line.WriteString(between)
			}
			text := ""
			if y < len(wrapped[i]) {
				text = wrapped[i][y]
			}
			free := max(w-ansi.StringWidth(text), 0)
			left := 0
			switch alignments[i] {
			case extast.AlignRight:
				left = free
			case extast.AlignCenter:
				left = free / 2
			}
			line.WriteString(strings.Repeat(" ", 1+left) + text + strings.Repeat(" ", free-left+1))
		}
		lines = append(lines, trimRight(line.String()))
	}
	return lines
}

// tableLine divides the head from the body.
func (l *layout) tableLine(widths []int) string {
	_, across, crossing := l.tableMarks()
	var parts []string
	for _, w := range widths {
		parts = append(parts, strings.Repeat(across, w+2))
	}
	return l.mark(strings.Join(parts, crossing))
}

// tableMarks are the characters that tables are drawn with.
func (l *layout) tableMarks() (between, across, crossing string) {
	if style := l.style.Table; style.RowSeparator != nil && style.ColumnSeparator != nil && style.CenterSeparator != nil {
		return *style.ColumnSeparator, *style.RowSeparator, *style.CenterSeparator
	}
	return l.mark("│"), "─", "┼"
}
