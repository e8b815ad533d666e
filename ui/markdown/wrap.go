package markdown

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// wrapAll wraps every line of s at width columns.
func wrapAll(s string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrap(line, width)...)
	}
	return lines
}

// wrap breaks a line between words, or next to wide characters, which are
// written without spaces between words. Only a word wider than a whole line is
// broken inside. Indentation is kept, up to half the width.
func wrap(line string, width int) []string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	return fold(line[max(0, indent-width/2):], width, true)
}

// hardWrap breaks a line wherever it is full.
func hardWrap(line string, width int) []string {
	return fold(line, width, false)
}

// fold breaks a line, with words if set between words only, into pieces of at
// most width columns without spaces at their ends. Escape sequences stay where
// they are.
func fold(line string, width int, words bool) []string {
	if width < 2 {
		line = replaceWide(line)
	}
	line = trimMarks(line)
	var pieces []string
	start, column := 0, 0  // of the piece being filled
	gap, gapColumn := 0, 0 // the last place to break it, if after start
	var last string        // visible character
	text := false          // there was one that is not a space
	for i := 0; i < len(line); {
		n, w := next(line[i:])
		if w == 0 {
			i += n
			continue
		}
		char := line[i : i+n]
		if char != " " {
			if words && text && breakable(last, char) {
				gap, gapColumn = i, column
			}
			for column > 0 && column+w > width {
				if gap <= start {
					gap, gapColumn = i, column
				}
				pieces = append(pieces, trimRight(line[start:gap]))
				start, column = gap, column-gapColumn
			}
			text = true
		}
		column += w
		last = char
		i += n
	}
	return append(pieces, trimRight(line[start:]))
}

// next returns the length and the columns of the first character or escape
// sequence of s.
func next(s string) (n, width int) {
	switch {
	case s[0] == ansi.ESC:
		_, _, n, _ := ansi.DecodeSequence(s, ansi.NormalState, nil)
		return max(n, 1), 0
	case s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf):
		if s[0] < ' ' {
			return 1, 0
		}
		return 1, 1
	}
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(len(cluster), 1), width
}

const (
	// opening punctuation does not end a line, closing does not start one.
	opening = "([{<（［｛【「『《〈“‘"
	closing = ")]}>）］｝】」』》〉”’,.!?;:，。、．！？；：…—～·%％"
)

// breakable reports whether a line may end after one character and go on with
// the other, which is not a space.
func breakable(before, after string) bool {
	if before == " " {
		return true
	}
	if ansi.StringWidth(before) < 2 && ansi.StringWidth(after) < 2 {
		return false
	}
	return !strings.Contains(opening, before) && !strings.Contains(closing, after)
}

// trimRight removes the spaces at the end of s but no escape sequence.
func trimRight(s string) string {
	if !strings.Contains(s, "\x1b") {
		return strings.TrimRight(s, " ")
	}
	end := 0 // of the last character that is not a space
	for i := 0; i < len(s); {
		n, w := next(s[i:])
		if w > 0 && s[i] != ' ' {
			end = i + n
		}
		i += n
	}
	return s[:end] + strings.ReplaceAll(s[end:], " ", "")
}

// trimMarks removes the combining marks that s starts with, which would join
// and widen whatever is put before it.
func trimMarks(s string) string {
	for s != "" && s[0] != ansi.ESC {
		n, w := next(s)
		if w > 0 {
			break
		}
		s = s[n:]
	}
	return s
}

// replaceWide replaces the characters that do not fit into one column.
func replaceWide(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		n, w := next(s[i:])
		if w > 1 {
			out.WriteString("…")
		} else {
			out.WriteString(s[i : i+n])
		}
		i += n
	}
	return out.String()
}

// finish removes the blank lines around lines and makes each of them set and
// reset its own styles.
func finish(lines []string) []string {
	for len(lines) > 0 && ansi.StringWidth(lines[0]) == 0 {
		lines = lines[1:]
	}
	for len(lines) > 0 && ansi.StringWidth(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	joined := strings.Join(lines, "\n")
	if !strings.Contains(joined, "\x1b") {
		return lines
	}
	var out strings.Builder
	w := lipgloss.NewWrapWriter(&out)
	w.Write([]byte(joined)) // a Builder does not fail
	w.Close()
	lines = strings.Split(out.String(), "\n")
	for i, line := range lines {
		if ansi.StringWidth(line) == 0 {
			lines[i] = ""
		}
	}
	return lines
}

// widest returns the columns of the widest line.
func widest(lines []string) int {
	w := 0
	for _, line := range lines {
		w = max(w, ansi.StringWidth(line))
	}
	return w
}
