// Package safe makes text from outside (a model, a file, a store) harmless for
// a terminal.
//
// Escape sequences follow ECMA-48 and the xterm control sequence document; the
// invisible characters are those of Unicode TR 36 (security considerations)
// that change the order or hide parts of a text.
package safe

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// tabWidth is the distance between tab stops, in columns.
const tabWidth = 4

const (
	bell       = '\a'
	cancel     = '\x18'
	substitute = '\x1a'
	escape     = '\x1b'
)

// The 8-bit control characters that open a sequence, and the one that ends a
// control string. Their 7-bit forms are escape and the character 0x40 below.
const (
	deviceControl     = '\u0090'
	startOfString     = '\u0098'
	controlSequence   = '\u009b'
	stringTerminator  = '\u009c'
	operatingSystem   = '\u009d'
	privacyMessage    = '\u009e'
	applicationString = '\u009f'
)

// Text returns s as valid UTF-8 whose only control character is the newline.
//
// Escape sequences are removed with their payloads, and so are all other
// control characters, bidirectional controls and invisible characters that can
// hide or reorder text; joiners and variation selectors stay, since emoji and
// several scripts need them. Carriage returns and the Unicode line and
// paragraph separators become newlines, tabs become spaces up to the next
// multiple of four columns, and bytes that are not UTF-8 become U+FFFD.
//
// A control string (such as a window title) ends at its terminator on the same
// line. Without one, the 7-bit form takes the rest of its line with it; the
// 8-bit form, which also turns up in text decoded with the wrong character
// set, only loses its first character.
//
// Text(Text(s)) equals Text(s), and s itself is returned when there is nothing
// to change.
func Text(s string) string {
	clean := cleanPrefix(s)
	if clean == len(s) {
		return s
	}
	c := cleaner{rest: s[clean:]}
	c.out.Grow(len(s))
	c.out.WriteString(s[:clean])
	c.line = strings.LastIndexByte(s[:clean], '\n') + 1
	for c.rest != "" {
		c.step()
	}
	return c.out.String()
}

// Line is Text on a single line: every run of white space becomes one space,
// and there is none at either end. It suits titles.
func Line(s string) string {
	return strings.Join(strings.Fields(Text(s)), " ")
}

// Visible is s with nothing removed: control characters are shown as their
// pictures (U+2400 and following), a line feed as one before the line break,
// and every other character that Text would change by its number, as <U+202E>.
// It is for text that is to be seen to the letter.
func Visible(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			out.WriteString("␊\n")
		case r < ' ':
			out.WriteRune('␀' + r)
		case r == '\x7f':
			out.WriteRune('␡')
		case r > '\x7f' && !visible(r):
			fmt.Fprintf(&out, "<U+%04X>", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// cleanPrefix returns the length of the longest prefix that Text keeps as it is.
func cleanPrefix(s string) int {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b < ' ' && b != '\n' || b == '\x7f' {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !visible(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// visible reports whether a character above U+007F is kept as it is.
func visible(r rune) bool {
	switch {
	case r > '\u206f' && r < '\ufeff': // most scripts
		return true
	case r < '\u00a0': // C1 controls
		return false
	case r == '\u061c', r == '\u200e', r == '\u200f', // direction marks
		r >= '\u202a' && r <= '\u202e', // embeddings and overrides
		r >= '\u2060' && r <= '\u206f': // invisible operators, isolates, deprecated
		return false
	case r == '\u2028', r == '\u2029': // line and paragraph separators
		return false
	case r == '\u200b', r == '\ufeff', // zero width spaces
		r >= '\ufff9' && r <= '\ufffb',         // annotations
		r >= '\U000e0000' && r <= '\U000e007f': // tags
		return false
	}
	return true
}

// cleaner holds one run of Text over what the fast path left.
type cleaner struct {
	rest string
	out  strings.Builder
	// line is the offset in out at which column was measured: the start of the
	// line, or the last tab stop in it.
	line   int
	column int
}

// step moves the next character or sequence of rest to out, or drops it.
func (c *cleaner) step() {
	if n := cleanPrefix(c.rest); n > 0 {
		if i := strings.LastIndexByte(c.rest[:n], '\n'); i >= 0 {
			c.line, c.column = c.out.Len()+i+1, 0
		}
		c.out.WriteString(c.rest[:n])
		c.rest = c.rest[n:]
		return
	}
	r, size := utf8.DecodeRuneInString(c.rest)
	after := c.rest[size:]
	switch {
	case r == utf8.RuneError:
		c.out.WriteRune(utf8.RuneError)
	case r == '\t':
		c.tab()
	case r == '\r':
		c.newline()
		after = strings.TrimPrefix(after, "\n")
	case r == '\u2028', r == '\u2029':
		c.newline()
	case r == escape:
		after = after[escaped(after):]
	case r == controlSequence:
		after = after[parameters(after):]
	case controlString(r):
		if n, ended := payload(r, after); ended {
			after = after[n:]
		}
	}
	c.rest = after
}

func (c *cleaner) newline() {
	c.out.WriteByte('\n')
	c.line, c.column = c.out.Len(), 0
}

func (c *cleaner) tab() {
	column := c.column + ansi.StringWidth(c.out.String()[c.line:])
	spaces := tabWidth - column%tabWidth
	for range spaces {
		c.out.WriteByte(' ')
	}
	c.line, c.column = c.out.Len(), column+spaces
}

// controlString reports whether the C1 control r opens a string of any length.
func controlString(r rune) bool {
	switch r {
	case deviceControl, startOfString, operatingSystem, privacyMessage, applicationString:
		return true
	}
	return false
}

// escaped returns the length of what belongs to an escape character before s.
func escaped(s string) int {
	if s == "" {
		return 0
	}
	if c1 := rune(s[0]) + 0x40; c1 == controlSequence {
		return 1 + parameters(s[1:])
	} else if controlString(c1) {
		n, _ := payload(c1, s[1:])
		return 1 + n
	}
	i := span(s, 0, ' ', '/')
	if i < len(s) && s[i] >= '0' && s[i] <= '~' {
		i++
	}
	return i
}

// parameters returns the length of the parameters, intermediates and final
// character of a control sequence. It ends early at a character that cannot
// belong to one.
func parameters(s string) int {
	i := span(s, 0, '0', '?')
	i = span(s, i, ' ', '/')
	if i < len(s) && s[i] >= '@' && s[i] <= '~' {
		i++
	}
	return i
}

// span returns the offset of the first byte of s from i on that is outside lo..hi.
func span(s string, i int, lo, hi byte) int {
	for i < len(s) && s[i] >= lo && s[i] <= hi {
		i++
	}
	return i
}

// payload returns the length of the control string in s, its terminator
// included, and whether there is a terminator on the line.
func payload(introducer rune, s string) (n int, ended bool) {
	for i, r := range s {
		switch r {
		case '\n', '\r':
			return i, false
		case bell:
			if introducer == operatingSystem {
				return i + 1, true
			}
		case stringTerminator:
			return i + utf8.RuneLen(r), true
		case cancel, substitute:
			return i + 1, true
		case escape:
			// Any escape ends the string; another sequence may start with it.
			if strings.HasPrefix(s[i:], "\x1b\\") {
				i += 2
			}
			return i, true
		}
	}
	return len(s), false
}
