package text

import (
	"slices"
	"strings"
)

// Paragraphs lays out a text that grows at its end. The rows of each paragraph are kept; only the last one, and what has come after
// it, is laid out anew. The zero value has no text.
type Paragraphs struct {
	text  string
	width int
	done  int      // bytes of text in paragraphs that have ended
	rows  []string // of those
}

// Lay returns the rows of text. layOut lays out a paragraph, without the line feed at its end, and is the same in every call; it has to
// give one row at least. Line feeds at the end of the text are left out.
func (p *Paragraphs) Lay(text string, width int, layOut func(paragraph string, width int) []string) []string {
	text = strings.TrimRight(text, "\n")
	if width != p.width || p.done > len(text) || text[:p.done] != p.text[:p.done] {
		*p = Paragraphs{width: width}
	}
	p.text = text
	for {
		n := strings.IndexByte(text[p.done:], '\n')
		if n < 0 {
			break
		}
		p.rows = append(p.rows, layOut(text[p.done:p.done+n], width)...)
		p.done += n + 1
	}
	return slices.Concat(p.rows, layOut(text[p.done:], width))
}
