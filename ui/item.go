package ui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/wrap"
	"inkling/ui/markdown"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// item is one turn on the screen. Its lines are kept until something that they show changes; the text of a turn that is
// being written is rendered as a stream, of which only the end is rendered anew.
type item struct {
	look   *look
	turn   *chat.Turn
	above  string // a line above the turn, where the model's view begins
	footer string
	dim    string // how the model came to a reply, above it
	plain  bool   // show the text as it is, without Markdown

	tokens tokens
	laid   laid    // its text
	cursor int     // the token that the cursor is on, from 1; 0: none
	beat   int     // of the sign that stands for a reply of which nothing has come
	breath *breath // on the words written last; nil: none

	matches matches // of what is being looked for

	stream *markdown.Stream
	cached []string
	width  int // for which the lines were made; 0: not at all
}

// laid is a text as it was laid out last: its rows, the line of the item that they begin at, and the tokens in its lines where they are in
// sight.
type laid struct {
	rows   []string
	first  int
	places []place
}

// look is what all items share.
type look struct {
	*style.Look
	width    int
	widest   int // columns of text at most
	renderer *markdown.Renderer
}

const (
	prompt     = "❯ " // before the input
	ownMark    = "▌ " // before every line of what the user has said
	cursorMark = "› " // before every line of a turn that the cursor is on
	awaited    = "…"  // stands for a reply of which nothing has come yet
	growing    = "█"  // after the last word of a text that is being written
)

// column is how wide text is on a screen of that width.
func (l *look) column(width int) int { return min(max(width-len(style.Margin), 1), l.widest) }

// changed makes the item render its lines again.
func (it *item) changed() { it.width = 0 }

func (it *item) lines() []string {
	if it.width != it.look.width || it.matches.drawn != it.matches.finder {
		it.cached, it.width = it.render(it.look.width), it.look.width
	}
	return it.cached
}

func (it *item) render(width int) []string {
	var lines []string
	if it.above != "" {
		lines = append(lines, it.rules(width)...)
		lines = append(lines, "")
	}
	mark, body := style.Margin, it.look.column(width)
	if it.turn.Role == chat.User {
		mark = it.look.Own.Render(ownMark)
	}
	if it.cursor > 0 && whole(it.turn) {
		mark = it.look.Selected.Render(cursorMark)
	}
	if it.dim != "" {
		for _, row := range wrap.Text(safe.Text(strings.TrimSpace(it.dim)), body) {
			lines = append(lines, style.Margin+it.look.Dim.Render(row))
		}
		lines = append(lines, "")
	}
	it.laid.rows, it.laid.places = it.text(body)
	it.laid.first = len(lines)
	for i := range it.laid.places {
		it.laid.places[i].row += it.laid.first
		it.laid.places[i].column += len(style.Margin)
	}
	rows := it.laid.rows
	if it.matches.drawn, it.matches.rows = it.matches.finder, nil; it.matches.finder != nil {
		rows, it.matches.rows = marked(it.look.Look, it.matches.finder, rows, it.matches.shown-1)
		for i := range it.matches.rows {
			it.matches.rows[i] += len(lines)
		}
	}
	for _, row := range rows {
		if row == "" && mark == style.Margin {
			lines = append(lines, "")
			continue
		}
		lines = append(lines, mark+row)
	}
	if it.breath != nil && it.laid.places == nil {
		it.breath.paint(it.look.Look, lines)
	}
	if last := len(lines) - 1; last >= 0 && it.grows() && letterWidth(lines[last]) < len(style.Margin)+body {
		lines[last] += it.look.Own.Render(growing)
	}
	return append(lines, it.foot(body)...)
}

// grows reports whether text of a reply has come, and more is to come.
func (it *item) grows() bool {
	return it.turn.Role != chat.User && it.turn.State == chat.Writing && !blank(it.turn.Text)
}

// letterWidth is how many columns a line takes on the terminal that gives it the most.
func letterWidth(line string) int { return max(ansi.StringWidth(line), ansi.StringWidthWc(line)) }

// text is the turn's own text in rows of a width, and where its tokens are if they are in sight.
func (it *item) text(width int) (rows []string, places []place) {
	text := strings.TrimLeftFunc(safe.Text(it.turn.Text), unicode.IsSpace) // a passage of a story may begin with a blank
	switch {
	case it.turn.Role == chat.User:
		return wrap.Text(text, width), nil
	case it.inSight():
		it.stream = nil
		return it.tokens.lay(it.look.Look, it.tokens.traces.Colours(), it.turn.Text, it.tokens.traces.Of(it.turn), width, it.cursor-1)
	case it.awaits() && it.beat > 0:
		return []string{it.look.Pulse(it.beat, min(gauge, width))}, nil
	case it.awaits():
		return []string{it.look.Dim.Render(awaited)}, nil
	case it.plain:
		return wrap.Text(text, width), nil
	case it.turn.State == chat.Writing:
		if it.stream == nil {
			it.stream = it.look.renderer.NewStream()
		}
		return fit(it.stream.Render(text, width), width), nil
	}
	it.stream = nil
	return fit(it.look.renderer.Render(text, width), width), nil
}

// inSight reports whether the tokens of a reply are to be seen, and known. Its text is shown as the model wrote it then.
func (it *item) inSight() bool {
	if it.tokens.traces == nil || it.turn.Role == chat.User || it.tokens.traces.Colours() == session.NoColours && it.cursor == 0 {
		return false
	}
	trace := it.tokens.traces.Of(it.turn)
	return trace != nil && len(trace.Tokens) > 0
}

// rules say where the model's view begins.
func (it *item) rules(width int) (lines []string) {
	for _, l := range wrap.Text(it.above, max(width-ansi.StringWidth("──  "), 1)) {
		lines = append(lines, it.look.Cut.Render(style.Rule(l, width)))
	}
	return lines
}

// foot is the footer, in as many lines as it takes, and a blank line.
func (it *item) foot(width int) []string {
	if it.footer == "" {
		return []string{""}
	}
	var lines []string
	line := ""
	const separator = " · " // of the parts of a footer
	for part := range strings.SplitSeq(it.footer, separator) {
		switch {
		case line == "":
			line = part
		case ansi.StringWidth(line+separator+part) <= width:
			line += separator + part
		default:
			lines, line = append(lines, line), part
		}
	}
	lines = append(lines, line)
	for i, l := range lines {
		lines[i] = style.Margin + it.look.Dim.Render(style.Shorten(l, width))
	}
	return append(lines, "")
}

// fit breaks rows that are wrapped already, where a terminal that counts every rune would cut them off.
func fit(rows []string, width int) (lines []string) {
	for _, row := range rows {
		if ansi.StringWidthWc(row) > width {
			row = ansi.HardwrapWc(row, width, true)
		}
		lines = append(lines, strings.Split(row, "\n")...)
	}
	return lines
}
