package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/wrap"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// tokens are the rows of a reply with its tokens in sight: coloured, or with marks where there are no colours. The rows of paragraphs
// that have ended are kept.
type tokens struct {
	traces  *session.Traces
	look    *style.Look
	colours session.Colours
	width   int
	text    string
	done    int // bytes of text in paragraphs that have ended
	token   int // the first token that is not in them
	rows    []string
	places  []place // of their tokens
}

// A place is where a token stands: its row, and columns within it.
type place struct{ token, row, column, width int }

// lay returns the rows of a text, and where its tokens are. The token cursor is shown in reverse, -1 for none.
func (p *tokens) lay(look *style.Look, colours session.Colours, text string, trace *session.Trace, width, cursor int) (rows []string, places []place) {
	text = strings.TrimRight(text, "\n")
	if p.look != look || p.colours != colours || p.width != width || p.done > len(text) || text[:p.done] != p.text[:p.done] || cursor >= 0 {
		*p = tokens{traces: p.traces, look: look, colours: colours, width: width}
	}
	p.text = text
	for {
		n := strings.IndexByte(text[p.done:], '\n')
		end := p.done + n
		if n < 0 {
			end = len(text)
		}
		more, at, token := paragraph(look, colours, text, p.done, end, trace, p.token, width, cursor)
		for i := range at {
			at[i].row += len(p.rows)
		}
		if n < 0 {
			rows, places = slices.Concat(p.rows, more), slices.Concat(p.places, at)
			break
		}
		p.rows, p.places = append(p.rows, more...), append(p.places, at...)
		p.done, p.token = end+1, token
	}
	if cursor >= 0 {
		p.look = nil
	}
	return rows, places
}

// paragraph lays out text[begin:end], in which the token first is the first. next is the first token that goes on after it.
func paragraph(look *style.Look, colours session.Colours, text string, begin, end int, trace *session.Trace, first, width, cursor int) (
	rows []string, places []place, next int) {
	var painted, plain strings.Builder
	type spot struct{ token, from, to int } // in plain
	var spots []spot
	paints := brush{look: look, colours: colours, dipped: map[dip][2]string{}}
	at := begin
	for next = first; next < len(trace.Ends); next++ {
		to := min(trace.Ends[next], end)
		if to > at {
			word := safe.Text(text[at:to])
			at = to
			body := strings.TrimLeft(word, " ")
			blank := word[:len(word)-len(body)]
			open, shut, mark := paints.of(trace.Tokens[next])
			if next == cursor {
				open, shut = around(lipgloss.NewStyle().Reverse(true))
			}
			painted.WriteString(blank)
			plain.WriteString(blank)
			from := plain.Len()
			if body != "" {
				painted.WriteString(open + mark + body + shut)
				plain.WriteString(mark + body)
			}
			spots = append(spots, spot{next, from, plain.Len()})
		}
		if trace.Ends[next] > end {
			break
		}
	}
	painted.WriteString(safe.Text(text[at:end])) // what no token has
	plain.WriteString(safe.Text(text[at:end]))
	rows = joined(wrap.Text(painted.String(), width))
	whole, from, k := plain.String(), 0, 0
	for r, row := range rows {
		bare := ansi.Strip(row)
		i := strings.Index(whole[from:], bare)
		if i < 0 {
			break
		}
		start, stop := from+i, from+i+len(bare)
		for ; k < len(spots) && (spots[k].from < stop || r == len(rows)-1); k++ {
			s := spots[k]
			s.from = min(max(s.from, start), stop)
			places = append(places, place{s.token, r, ansi.StringWidth(whole[start:s.from]), max(ansi.StringWidth(whole[s.from:max(min(s.to, stop), s.from)]), 1)})
		}
		from = stop
	}
	return rows, places, next
}

// colouring is how a token is painted, and the mark before it where there are no colours.
func colouring(look *style.Look, colours session.Colours, token chat.TraceToken) (paint lipgloss.Style, mark string) {
	class := colours.Class(token)
	switch {
	case class < 0:
		return lipgloss.NewStyle(), ""
	case look.Tokens.Plain:
		return lipgloss.NewStyle(), colours.Mark(class)
	case colours == session.ByTemperature:
		return look.Heat(float64(token.Temperature)), ""
	}
	return look.Tokens.Class[class], ""
}

// brush paints tokens. It keeps what it writes around them: a growing reply is laid out with each frame, and has few kinds of them.
type brush struct {
	look    *style.Look
	colours session.Colours
	dipped  map[dip][2]string
}

// dip is what tokens have in common that are painted alike.
type dip struct {
	class       int
	temperature float32 // where that is what the colours show
}

// of is what is written before and after a token, and its mark where there are no colours.
func (b brush) of(token chat.TraceToken) (open, shut, mark string) {
	paint, mark := colouring(b.look, b.colours, token)
	key := dip{class: b.colours.Class(token)}
	if b.colours == session.ByTemperature {
		key.temperature = token.Temperature
	}
	written, ok := b.dipped[key]
	if !ok {
		written[0], written[1] = around(paint)
		b.dipped[key] = written
	}
	return written[0], written[1], mark
}

// around is what a style writes before and after a text.
func around(s lipgloss.Style) (open, shut string) {
	open, shut, _ = strings.Cut(s.Render("x"), "x")
	return open, shut
}

// joined ends styles with each row, and begins them again with the next.
func joined(rows []string) []string {
	open := ""
	for i, row := range rows {
		row = open + row
		open = ""
		if at := strings.LastIndex(row, "\x1b["); at >= 0 {
			sequence := row[at : at+strings.IndexByte(row[at:], 'm')+1]
			if sequence != ansi.ResetStyle {
				open = sequence
				row += ansi.ResetStyle
			}
		}
		rows[i] = row
	}
	return rows
}

// legend says what the colours mean.
func legend(look *style.Look, colours session.Colours, width int) string {
	parts := []string{string(colours) + ":"}
	for i, name := range colours.Legend() {
		paint := look.Tokens.Class[i]
		if colours == session.ByTemperature {
			paint = look.Heat(0.25 + 0.5*float64(i))
		}
		if mark := colours.Mark(i); look.Tokens.Plain && mark != "" {
			name = mark + name
		}
		parts = append(parts, paint.Render(name))
	}
	for len(parts) > 1 && ansi.StringWidth(strings.Join(parts, " "))+4 > width {
		parts = parts[:len(parts)-1]
	}
	return ansi.Truncate("── "+strings.Join(parts, " ")+" ", max(width, 0), "")
}
