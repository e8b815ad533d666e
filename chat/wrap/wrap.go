// Package wrap breaks text into the lines of a screen.
package wrap

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Text breaks text into lines of at most width columns: after blanks, after a hyphen in a word and beside wide characters, which
// are written without blanks. Only a word wider than a line is broken inside. Blanks at the ends of lines are left out, and line
// feeds at the end of the text. Escape sequences stay where they are.
//
// Several runes that are one sign, such as a family, take the columns of that sign in some terminals and of every rune in others:
// the larger number counts. A sign that is wider than a line stands alone in it.
func Text(text string, width int) (rows []string) {
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		rows = append(rows, fold(paragraph, width)...)
	}
	return rows
}

func fold(text string, width int) (rows []string) {
	start, column := 0, 0  // of the row that is being filled
	gap, gapColumn := 0, 0 // where it may end, if after start
	var before, last sign
	for i := 0; i < len(text); {
		s := next(text[i:])
		if s.text[0] == ansi.ESC {
			i += len(s.text)
			continue
		}
		if s.text != " " {
			if last.text == " " || last.text == "-" && !strings.Contains(" -", before.text) || last.wide() || s.wide() {
				gap, gapColumn = i, column
			}
			if column > 0 && column+s.width > width {
				if gap <= start {
					gap, gapColumn = i, column
				}
				if row := strings.TrimRight(text[start:gap], " "); row != "" {
					rows = append(rows, row)
				}
				start, column = gap, column-gapColumn
			}
		}
		column += s.width
		before, last = last, s
		i += len(s.text)
	}
	return append(rows, strings.TrimRight(text[start:], " "))
}

// sign is what a screen shows as one character, and its columns.
type sign struct {
	text  string
	width int
}

func (s sign) wide() bool { return s.width > 1 }

// next is the sign that text begins with.
func next(text string) sign {
	if text[0] == ansi.ESC {
		sequence, _, _, _ := ansi.DecodeSequence(text, ansi.NormalState, nil)
		return sign{sequence, 0}
	}
	if text[0] < 0x80 && (len(text) == 1 || text[1] < 0x80) {
		return sign{text[:1], 1}
	}
	cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	return sign{cluster, max(width, ansi.StringWidthWc(cluster))}
}
