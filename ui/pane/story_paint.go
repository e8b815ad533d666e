package pane

import (
	"sort"
	"strings"

	"charm.land/lipgloss/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/style"
	"inkling/ui/text"
)

// mostTraced is how many turns of a story have their tokens in sight at once.
const mostTraced = 40

// A painter paints the rows of a page, from its top on.
type painter struct {
	look    *style.Look
	page    *text.Page
	traces  *session.Traces
	colours session.Colours
	unseen  int
	end     int // of the story

	spans []chat.Span // from the one on that the last row ended in
	from  int         // where the first of them begins
}

// row is a row in the colours of those who wrote it, or of its tokens. What is after the story is a preview.
func (p *painter) row(row text.Row) string {
	var b strings.Builder
	for len(p.spans) > 0 {
		span := p.spans[0]
		to := p.from + span.Bytes
		if to > row.From && p.from < row.To {
			p.span(&b, span, max(p.from, row.From), min(to, row.To), row.To <= p.unseen)
		}
		if to >= row.To && to > row.From {
			if to > row.To {
				return b.String()
			}
			break
		}
		p.spans, p.from = p.spans[1:], to
	}
	if row.To > p.end {
		b.WriteString(p.look.Dim.Italic(true).Render(p.page.Shown(max(p.end, row.From), row.To)))
	}
	return b.String()
}

// span paints a stretch of a span.
func (p *painter) span(b *strings.Builder, span chat.Span, from, to int, unseen bool) {
	paint := lipgloss.NewStyle()
	switch {
	case unseen:
		paint = p.look.Dim
	case span.Turn != nil && p.colours != session.NoColours:
		if trace := p.traces.Of(span.Turn); trace != nil && len(trace.Tokens) > 0 {
			p.tokens(b, trace, span.From+from-p.from, from, to)
			return
		}
	case span.Turn == nil && p.colours == session.ByWriter && !p.look.Tokens.Plain:
		paint = p.look.Tokens.Class[p.colours.Class(chat.TraceToken{Origin: chat.Edited})]
	case span.Turn == nil && p.colours == session.NoColours:
		paint = p.look.Own
	}
	b.WriteString(paint.Render(p.page.Shown(from, to)))
}

// tokens paints a stretch of a reply by its tokens: that from a byte of the turn on. Without colours a mark stands in place of the blank
// before a token.
func (p *painter) tokens(b *strings.Builder, trace *session.Trace, in, from, to int) {
	for i := sort.SearchInts(trace.Ends, in+1); from < to; i++ {
		end := to
		if i < len(trace.Ends) {
			end = min(from+trace.Ends[i]-in, to)
		}
		words := p.page.Shown(from, end)
		in, from = in+end-from, end
		if i >= len(trace.Tokens) {
			b.WriteString(words)
			continue
		}
		class := p.colours.Class(trace.Tokens[i])
		if rest, blank := strings.CutPrefix(words, " "); p.look.Tokens.Plain && blank && p.colours.Mark(class) != "" {
			words = p.colours.Mark(class) + rest
		}
		switch {
		case class < 0 || p.look.Tokens.Plain:
			b.WriteString(words)
		case p.colours == session.ByTemperature:
			b.WriteString(p.look.Heat(float64(trace.Tokens[i].Temperature)).Render(words))
		default:
			b.WriteString(p.look.Tokens.Class[class].Render(words))
		}
	}
}

// Place is the token of a reply that the cursor is on, or behind; none where the user wrote there, or nothing is known of it.
func (s *Story) Place() (at session.Place) {
	fold := s.sync()
	if len(fold.Text) != len(s.page.String()) {
		return at
	}
	from := 0
	for _, span := range fold.Spans {
		in := s.page.At() - from + span.From
		switch to := from + span.Bytes; {
		case s.page.At() > to:
		case span.Turn == nil && s.page.At() < to:
			return at
		case span.Turn != nil:
			trace := s.session.Traces.Of(span.Turn)
			if trace == nil || len(trace.Ends) == 0 || trace.Ends[len(trace.Ends)-1] == 0 {
				return session.Place{}
			}
			n := sort.SearchInts(trace.Ends, in+1)
			if s.page.At() == to || n == len(trace.Ends) {
				n = sort.SearchInts(trace.Ends, in)
			}
			if at = (session.Place{Turn: span.Turn, Token: min(n, len(trace.Ends)-1)}); s.page.At() < to {
				return at
			}
		}
		from += span.Bytes
	}
	return at
}

// Visible are the replies in the window, the last of them where there are many.
func (s *Story) Visible() (turns []*chat.Turn) {
	fold := s.sync()
	rows, _, _ := s.page.View()
	if len(rows) == 0 { // nothing has been drawn yet
		return nil
	}
	top, bottom := rows[0].From, rows[len(rows)-1].To
	from := 0
	for _, span := range fold.Spans {
		if from > bottom {
			break
		}
		if to := from + span.Bytes; to >= top && span.Turn != nil && (len(turns) == 0 || turns[len(turns)-1] != span.Turn) {
			turns = append(turns, span.Turn)
		}
		from += span.Bytes
	}
	return turns[max(len(turns)-mostTraced, 0):]
}
