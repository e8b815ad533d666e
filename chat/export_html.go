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
	var ahead *Turn
	if r.Mode == Story {
		b.WriteString("<p class=\"text\">")
	}
	for _, t := range path {
		if t.Blank() {
			continue
		}
		shown := tokens(r, t, o)
		coloured = coloured || shown != ""
		if shown == "" {
			shown = html.EscapeString(t.Text)
		}
		if r.Mode == Story {
			b.WriteString(html.EscapeString(Seam(ahead, t)) + shown)
			ahead = t
			continue
		}
		fmt.Fprintf(b, "<p class=\"who\">%s</p>\n<p class=\"text\">%s</p>\n", speaker(t.Role), shown)
	}
	if r.Mode == Story {
		b.WriteString("</p>\n")
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

// tokens is the text of a reply with each token coloured and its alternatives to be seen; "" where nothing is known of its tokens.
func tokens(r Record, t *Turn, o ExportOptions) string {
	trace := r.Traces[t.ID]
	piece := func(text []byte, id int) []byte {
		if text != nil || o.Piece == nil {
			return text
		}
		return o.Piece(t, id)
	}
	var b strings.Builder
	var whole, held []byte
	for i, token := range trace {
		text := piece(token.Text, token.ID)
		if text == nil || token.Cut > 0 {
			return ""
		}
		whole, held = append(whole, text...), append(held, text...)
		if !utf8.Valid(held) && i < len(trace)-1 && len(held) < utf8.UTFMax {
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
		fmt.Fprintf(&b, "<span class=%q title=\"%s\">%s</span>", classes, html.EscapeString(hover.String()), html.EscapeString(strings.ToValidUTF8(string(held), "\uFFFD")))
		held = held[:0]
	}
	// What was continued, cleaned or edited has text without tokens: the tokens stand for the whole text or for its end.
	spelled := strings.TrimSpace(string(whole))
	text := strings.TrimSpace(t.Text)
	if spelled == "" || !strings.HasSuffix(text, spelled) && !strings.HasPrefix(spelled, text) {
		return ""
	}
	before := ""
	if strings.HasSuffix(text, spelled) {
		before = text[:len(text)-len(spelled)]
	}
	return html.EscapeString(before) + b.String()
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
