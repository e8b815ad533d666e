package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a part of a template's source is.
type kind int

const (
	data       kind = iota
	expression      // {{ ... }}
	statement       // {% ... %}
)

// part is a piece of a template's source.
type part struct {
	kind   kind
	text   string  // of data, white space around tags already taken off
	tokens []token // of a tag
	line   int
}

// reserved begins names that have a meaning of their own in Python.
const reserved = "__"

// token is one word of a tag.
type token struct {
	kind  tokenKind
	value string // of a text, the text itself
}

type tokenKind int

const (
	operator tokenKind = iota
	name
	number
	text
)

func (t token) is(value string) bool { return t.kind != text && t.value == value }

// scanner takes a source apart as jinja2's lexer does, with trim_blocks and lstrip_blocks as transformers sets them: the
// first line feed after a statement or a comment goes, and so does white space before one where nothing else is on the line.
type scanner struct {
	source string
	at     int
	line   int
	parts  []part
}

// scan returns the parts of a source.
func scan(source string) ([]part, error) {
	source = strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n")
	s := &scanner{source: strings.TrimSuffix(source, "\n"), line: 1}
	lineStart := true // what was consumed last ends a line
	for s.at < len(s.source) {
		rest := s.source[s.at:]
		open := indexTag(rest)
		if open < 0 {
			s.addData(rest)
			break
		}
		before, sign := rest[:open], byte(0)
		if open+2 < len(rest) && strings.IndexByte("-+", rest[open+2]) >= 0 {
			sign = rest[open+2]
		}
		delimiter := rest[open : open+2]
		switch {
		case sign == '-':
			s.addData(strings.TrimRightFunc(before, isSpace))
		case sign != '+' && delimiter != "{{":
			s.addData(stripLine(before, lineStart))
		default:
			s.addData(before)
		}
		s.skip(open + 2)
		if sign != 0 {
			s.skip(1)
		}
		end, err := s.tag(delimiter)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", s.line, err)
		}
		gone := 0
		after := s.source[s.at:]
		switch {
		case end == '-':
			gone = len(after) - len(strings.TrimLeftFunc(after, isSpace))
		case end != '+' && delimiter != "{{" && strings.HasPrefix(after, "\n"):
			gone = 1
		}
		lineStart = gone > 0 && after[gone-1] == '\n'
		s.skip(gone)
	}
	return s.parts, nil
}

// indexTag returns where the first tag begins, -1 where there is none.
func indexTag(text string) int {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '{' && strings.IndexByte("{%#", text[i+1]) >= 0 {
			return i
		}
	}
	return -1
}

// stripLine takes the white space before a tag away where the tag is the first thing on its line.
func stripLine(before string, lineStart bool) string {
	start := strings.LastIndexByte(before, '\n') + 1
	if (start > 0 || lineStart) && strings.TrimFunc(before[start:], isSpace) == "" {
		return before[:start]
	}
	return before
}

func (s *scanner) addData(text string) {
	if text != "" {
		s.parts = append(s.parts, part{kind: data, text: text, line: s.line})
	}
}

func (s *scanner) skip(n int) {
	s.line += strings.Count(s.source[s.at:s.at+n], "\n")
	s.at += n
}

// tag reads from behind an opening delimiter up to behind the closing one, and returns the sign before that.
func (s *scanner) tag(open string) (sign byte, err error) {
	if open == "{#" {
		n := strings.Index(s.source[s.at:], "#}")
		if n < 0 {
			return 0, fmt.Errorf("a comment has no end")
		}
		if n > 0 && strings.IndexByte("-+", s.source[s.at+n-1]) >= 0 {
			sign = s.source[s.at+n-1]
		}
		s.skip(n + 2)
		return sign, nil
	}
	p := part{kind: expression, line: s.line}
	closing := "}}"
	if open == "{%" {
		p.kind, closing = statement, "%}"
	}
	depth := 0 // of brackets: within them a closing delimiter is none
	for {
		rest := s.source[s.at:]
		blank := len(rest) - len(strings.TrimLeftFunc(rest, isSpace))
		s.skip(blank)
		rest = rest[blank:]
		if rest == "" {
			return 0, fmt.Errorf("found no %s", closing)
		}
		if depth == 0 {
			if strings.HasPrefix(rest, closing) {
				s.skip(2)
				break
			}
			if strings.IndexByte("-+", rest[0]) >= 0 && strings.HasPrefix(rest[1:], closing) && (rest[0] == '-' || p.kind == statement) {
				sign = rest[0]
				s.skip(3)
				break
			}
		}
		t, n, err := scanToken(rest)
		if err != nil {
			return 0, err
		}
		if t.kind == name && strings.HasPrefix(t.value, reserved) {
			return 0, fmt.Errorf("the name %.40s is not supported", t.value)
		}
		if t.kind == operator {
			switch t.value {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
		}
		if depth < 0 || depth > deepest {
			return 0, fmt.Errorf("brackets do not match, or are more than %d deep", deepest)
		}
		s.skip(n)
		if last := len(p.tokens) - 1; t.kind == text && last >= 0 && p.tokens[last].kind == text {
			p.tokens[last].value += t.value // texts side by side are one, as in Python
			continue
		}
		p.tokens = append(p.tokens, t)
		if len(p.tokens) > longestTag {
			return 0, fmt.Errorf("a tag has more than %d words", longestTag)
		}
	}
	s.parts = append(s.parts, p)
	return sign, nil
}

// symbols are the operators of jinja2, longer ones before those that they begin with.
var symbols = []string{"**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"}

// scanToken reads the first token of a text that is not empty, and its length.
func scanToken(rest string) (token, int, error) {
	switch r, _ := utf8.DecodeRuneInString(rest); {
	case r == '\'' || r == '"':
		return scanText(rest)
	case '0' <= r && r <= '9':
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if fraction := strings.TrimLeft(rest[min(n+1, len(rest)):], "0123456789"); n < len(rest) && rest[n] == '.' && len(rest)-n-1 > len(fraction) {
			n = len(rest) - len(fraction)
		}
		if after, _ := utf8.DecodeRuneInString(rest[n:]); n < len(rest) && isName(after) {
			return token{}, 0, fmt.Errorf("the number %q is written in a way that is not supported", rest[:n+1])
		}
		return token{number, rest[:n]}, n, nil
	case isName(r):
		n := len(rest) - len(strings.TrimLeftFunc(rest, isName))
		return token{name, rest[:n]}, n, nil
	}
	i := slices.IndexFunc(symbols, func(o string) bool { return strings.HasPrefix(rest, o) })
	if i < 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		return token{}, 0, fmt.Errorf("found %q, which has no meaning", r)
	}
	return token{operator, symbols[i]}, len(symbols[i]), nil
}

// scanText reads a text in quotes. Escapes are those of Python's unicode-escape, by which jinja2 reads them.
func scanText(rest string) (token, int, error) {
	quote := rest[0]
	var out strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == quote:
			return token{text, out.String()}, i + 1, nil
		case c != '\\':
			out.WriteByte(c)
		case i+1 == len(rest):
		default:
			i++
			n, err := unescape(&out, rest[i:])
			if err != nil {
				return token{}, 0, err
			}
			i += n - 1
		}
	}
	return token{}, 0, fmt.Errorf("a text has no closing quote")
}

// unescape writes what stands behind a backslash, and returns how many bytes of it belong to the escape.
func unescape(out *strings.Builder, rest string) (int, error) {
	const letters, meanings = `\'"abfnrtv`, "\\'\"\a\b\f\n\r\t\v"
	if i := strings.IndexByte(letters, rest[0]); i >= 0 {
		out.WriteByte(meanings[i])
		return 1, nil
	}
	digits := 0
	switch rest[0] {
	case '\n':
		return 1, nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case 'N':
		return 0, fmt.Errorf(`the escape \N is not supported`)
	default:
		n := 0
		for n < 3 && n < len(rest) && '0' <= rest[n] && rest[n] <= '7' {
			n++
		}
		if n > 0 {
			code, _ := strconv.ParseUint(rest[:n], 8, 32)
			out.WriteRune(rune(code))
			return n, nil
		}
		_, n = utf8.DecodeRuneInString(rest)
		out.WriteString(`\` + rest[:n]) // no escape at all
		return n, nil
	}
	if len(rest) <= digits {
		return 0, fmt.Errorf(`the escape \%c is cut short`, rest[0])
	}
	code, err := strconv.ParseUint(rest[1:1+digits], 16, 32)
	if err != nil || code > unicode.MaxRune || 0xD800 <= code && code < 0xE000 {
		return 0, fmt.Errorf(`the escape \%s is no character`, strings.ToValidUTF8(rest[:1+digits], "?"))
	}
	out.WriteRune(rune(code))
	return 1 + digits, nil
}

func isName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// isSpace is white space to Python: White_Space and the four information separators.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1C <= r && r <= 0x1F }
