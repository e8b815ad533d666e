package chat

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// exportStyle colours tokens by rank as GLTR does (Gehrmann, Strobelt and Rush 2019): among the 10, 100, 1,000 likeliest, or none of
// these.
const exportStyle = `body{max-width:44rem;margin:3rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif;color:#222;background:#fff}
.who{font:bold .8rem sans-serif;color:#777;margin:1.5rem 0 .2rem}.text{white-space:pre-wrap;margin:0}blockquote{color:#555}
.a{background:#d9f2d0}.b{background:#fdf3c4}.c{background:#fbd5d0}.d{background:#e3d4f5}.p{outline:1px solid #4a7dc9}
footer{margin-top:3rem;border-top:1px solid #ccc;color:#777;font-size:.85rem}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#191919}.a{background:#1f4020}.b{background:#4d4413}.c{background:#5a2620}.d{background:#41285e}}`

func exportHTML(w io.Writer, r Record, o ExportOptions) error {
	b := bufio.NewWriter(w)
	title := html.EscapeString(r.Title)
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n%s\n</style></head>\n<body>\n<h1>%s</h1>\n",
		title, exportStyle, title)
	if r.System != "" {
		fmt.Fprintf(b, "<blockquote class=\"text\">%s</blockquote>\n", html.EscapeString(r.System))
	}
	path := r.Path()
	coloured := false
	known := map[*Turn][]mark{}
	paint := func(t *Turn, from, to int) string {
		marks, ok := known[t]
		if !ok {
			marks = marked(r, t, o)
			known[t] = marks
		}
		coloured = coloured || len(marks) > 0
		return painted(t.Text, marks, from, to)
	}
	if r.Mode == Story {
		fold := FoldStory(path)
		b.WriteString("<p class=\"text\">")
		at := 0
		for _, s := range fold.Spans {
			plain := s.Bytes // of it
			if s.Turn != nil {
				plain = min(max(-s.From, 0), s.Bytes)
			}
			b.WriteString(html.EscapeString(fold.Text[at : at+plain]))
			if s.Turn != nil {
				b.WriteString(paint(s.Turn, s.From+plain, s.From+s.Bytes))
			}
			at += s.Bytes
		}
		b.WriteString("</p>\n")
	} else {
		for _, t := range path {
			if !t.Blank() {
				fmt.Fprintf(b, "<p class=\"who\">%s</p>\n<p class=\"text\">%s</p>\n", speaker(t.Role), paint(t, 0, len(t.Text)))
			}
		}
	}
	ways := waysMade(path, o)
	if coloured || len(ways) > 0 {
		b.WriteString("<footer>\n")
		if coloured {
			b.WriteString("<p>Each token by its rank among the model's candidates: <span class=\"a\">1 to 10</span> <span class=\"b\">to 100</span> <span class=\"c\">to 1,000</span> <span class=\"d\">beyond</span>.</p>\n")
		}
		for _, way := range ways {
			fmt.Fprintf(b, "<p>%s</p>\n", html.EscapeString(way))
		}
		b.WriteString("</footer>\n")
	}
	b.WriteString("</body></html>\n")
	return b.Flush()
}

// A mark is what is known of a stretch of a turn's text: a token, or several that make a character.
type mark struct {
	from, to       int
	classes, hover string
}

// marked are the tokens of a reply, with their alternatives; none where nothing is known of them.
func marked(r Record, t *Turn, o ExportOptions) (marks []mark) {
	trace := r.Traces[t.ID]
	piece := func(text []byte, id int) []byte {
		if text != nil || o.Piece == nil {
			return text
		}
		return o.Piece(t, id)
	}
	var whole []byte
	from := 0
	for i, token := range trace {
		text := piece(token.Text, token.ID)
		if text == nil || token.Cut > 0 {
			return nil
		}
		whole = append(whole, text...)
		if held := whole[from:]; !utf8.Valid(held) && i < len(trace)-1 && len(held) < utf8.UTFMax {
			continue // the rest of a character comes with the next token
		}
		classes := rankClass(token.Rank)
		if token.Origin != Drawn {
			classes += " p"
		}
		var hover strings.Builder
		fmt.Fprintf(&hover, "%s, rank %d, temperature %.2f", share(token.Logprob), token.Rank, token.Temperature)
		for _, a := range token.Alternatives {
			if text := piece(a.Text, a.ID); text != nil {
				fmt.Fprintf(&hover, "\n%s %s", share(a.Logprob), strings.ToValidUTF8(string(text), "\uFFFD"))
			}
		}
		marks = append(marks, mark{from, len(whole), classes, hover.String()})
		from = len(whole)
	}
	// What was continued, cleaned or edited has text without tokens: the tokens stand for the whole text or for its end.
	spelled := strings.TrimSpace(string(whole))
	text := strings.TrimSpace(t.Text)
	if spelled == "" || !strings.HasSuffix(text, spelled) && !strings.HasPrefix(spelled, text) {
		return nil
	}
	first := strings.Index(t.Text, text) // of what they spell, in the text
	if strings.HasSuffix(text, spelled) {
		first += len(text) - len(spelled)
	}
	first -= strings.Index(string(whole), spelled)
	for i := range marks {
		marks[i].from, marks[i].to = marks[i].from+first, marks[i].to+first
	}
	return marks
}

// painted is a stretch of a turn's text with the marks that lie in it.
func painted(text string, marks []mark, from, to int) string {
	var b strings.Builder
	at := from
	for _, m := range marks {
		if m.from, m.to = max(m.from, at), min(m.to, to); m.from < m.to {
			b.WriteString(html.EscapeString(text[at:m.from]))
			fmt.Fprintf(&b, "<span class=%q title=\"%s\">%s</span>", m.classes, html.EscapeString(m.hover), html.EscapeString(text[m.from:m.to]))
			at = m.to
		}
	}
	b.WriteString(html.EscapeString(text[at:to]))
	return b.String()
}

func rankClass(rank int) string {
	switch {
	case rank <= 10:
		return "a"
	case rank <= 100:
		return "b"
	case rank <= 1000:
		return "c"
	}
	return "d"
}

func share(logprob float32) string { return fmt.Sprintf("%.1f%%", 100*math.Exp(float64(logprob))) }
