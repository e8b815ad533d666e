package markdown

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	gansi "charm.land/glamour/v2/ansi"
	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
)

const (
	codeIndent = "  "
	// narrow is the least number of columns worth indenting a text into.
	narrow = 4
)

// A table that cannot be drawn whole is shown as its source.
var (
	errNarrow = errors.New("the columns of the table do not fit")
	errRagged = errors.New("a row of the table has more cells than its head")
)

// layout turns the blocks of one chunk into lines. Containers are laid out
// here, the blocks in them are Glamour's.
type layout struct {
	*Renderer
	source []byte // as prepared
	shield byte   // stands for the ampersands of the text
	live   bool
	err    error // the first one, after which the lines are worthless
}

// children lays out the blocks in parent one below the other.
func (l *layout) children(parent ast.Node, width int) []string {
	var lines []string
	var previous ast.Node
	for n := parent.FirstChild(); n != nil; {
		next := n.NextSibling() // laying n out may move it
		apart := n.HasBlankPreviousLines() || isParagraph(n) && isParagraph(previous)
		previous = n
		lines = appendBlock(lines, l.block(n, width), apart)
		n = next
	}
	return lines
}

// isParagraph: between two of them there always was a blank line, which the
// parser does not report where it holds the mark of a quote.
func isParagraph(n ast.Node) bool {
	return n != nil && n.Kind() == ast.KindParagraph
}

func (l *layout) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.List:
		return l.list(n, width)
	case *ast.Blockquote:
		mark := l.mark(quote(l.theme)) + " "
		return l.indented(n, mark, mark, width)
	case *ast.FencedCodeBlock:
		return l.codeBlock(n, string(n.Language(l.source)), width)
	case *ast.CodeBlock:
		return l.codeBlock(n, "", width)
	case *extast.Table:
		return l.table(n, width)
	case *ast.ThematicBreak:
		if !l.theme.Plain {
			return []string{l.mark(strings.Repeat("─", width))}
		}
	case *ast.TextBlock: // the paragraph of a list item without blank lines
		paragraph := ast.NewParagraph()
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			paragraph.AppendChild(paragraph, c)
		}
		return l.flow(paragraph, width)
	}
	return l.flow(n, width)
}

func (l *layout) list(list *ast.List, width int) []string {
	var lines []string
	number := list.Start
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		mark := bullet(l.theme)
		task := checkBox(n)
		if list.IsOrdered() {
			mark = strconv.Itoa(number) + string(list.Marker) + " "
			number++
		} else if task != nil {
			mark = ""
		}
		if task != nil {
			mark += box(l.style, task.IsChecked)
		}
		blank := len(mark) - len(strings.TrimRight(mark, " "))
		mark = l.mark(mark[:len(mark)-blank]) + mark[len(mark)-blank:]
		item := l.indented(n, mark, strings.Repeat(" ", ansi.StringWidth(mark)), width)
		lines = appendBlock(lines, item, n.HasBlankPreviousLines())
	}
	return lines
}

// checkBox returns the box that a list item starts with, or nil.
func checkBox(item ast.Node) *extast.TaskCheckBox {
	if item.FirstChild() == nil {
		return nil
	}
	box, _ := item.FirstChild().FirstChild().(*extast.TaskCheckBox)
	return box
}

// indented lays out the children of n after a mark: first stands before the
// first line, rest before the others. Where that leaves too little room, first
// gets lines of its own.
func (l *layout) indented(n ast.Node, first, rest string, width int) []string {
	inner := width - ansi.StringWidth(first)
	if inner < narrow {
		return append(wrap(first, width), l.children(n, width)...)
	}
	lines := l.children(n, inner)
	if len(lines) == 0 {
		return []string{strings.TrimRight(first, " ")}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(rest+line, " ")
	}
	lines[0] = first + strings.TrimPrefix(lines[0], rest)
	return lines
}

func (l *layout) codeBlock(n ast.Node, language string, width int) []string {
	code := string(n.Lines().Value(l.source))
	if l.code != nil && !l.live && l.languages[strings.ToLower(language)] {
		code = l.highlight(code, language)
	}
	indent := codeIndent
	if width < len(indent)+narrow {
		indent = ""
	}
	var lines []string
	for line := range strings.SplitSeq(code, "\n") {
		if plain := ansi.Strip(line); ansi.StringWidth(plain) != ansi.StringWidth(line) {
			line = plain // colours inside a character change its width
		}
		lines = append(lines, hardWrap(line, width-len(indent))...)
	}
	lines = finish(lines)
	for i, line := range lines {
		if line != "" {
			lines[i] = indent + line
		}
	}
	return lines
}

// mark is a sign of the layout, in its colour.
func (l *layout) mark(text string) string {
	if l.theme.Plain || l.theme.Mark == "" {
		return text
	}
	var out bytes.Buffer
	element := gansi.BaseElement{Token: text, Style: gansi.StylePrimitive{Color: &l.theme.Mark}}
	l.fail(element.Render(&out, l.context))
	return out.String()
}

// flow lays out a block of running text.
func (l *layout) flow(n ast.Node, width int) []string {
	return finish(wrapAll(l.glamour(l.leaf, document(n)), width))
}

// table lays out a table as wide as it needs to be, or else in the given width.
func (l *layout) table(n *extast.Table, width int) []string {
	if l.ragged(n) {
		l.fail(errRagged)
		return nil
	}
	if len(n.Alignments)*(narrow+3) > width {
		lines := strings.Split(l.glamour(l.leaf, document(n)), "\n")
		if widest(lines) > width {
			l.fail(errNarrow)
			return nil
		}
		return finish(lines)
	}
	return l.fitted(n, width)
}

// ragged reports whether the parser dropped cells at the end of a row.
func (l *layout) ragged(table *extast.Table) bool {
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		cell := row.LastChild()
		if cell == nil || cell.Lines().Len() == 0 { // the row is too short
			continue
		}
		rest, _, _ := bytes.Cut(l.source[cell.Lines().At(0).Stop:], []byte("\n"))
		if len(bytes.Trim(rest, " |")) > 0 {
			return true
		}
	}
	return false
}

// document returns a document with only n in it, which leaves its own.
func document(n ast.Node) ast.Node {
	doc := ast.NewDocument()
	doc.AppendChild(doc, n)
	return doc
}

func (l *layout) glamour(r renderer.Renderer, doc ast.Node) string {
	var out bytes.Buffer
	l.fail(r.Render(&out, l.source, doc))
	s := strings.ReplaceAll(out.String(), string(l.shield), "&")
	if l.theme.Plain {
		s = ansi.Strip(s) // links are escape sequences in every style
	}
	return s
}

func (l *layout) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}
