package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// quote writes s as a TOML basic string. All that a terminal would not print as
// a visible character is escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// unescape reads the escapes of a text from the command line, such as \n, as TOML has them. What is no escape stays.
func unescape(s string) string {
	var b strings.Builder
	for s != "" {
		r, _, rest, err := strconv.UnquoteChar(s, '"')
		if s[0] != '\\' || err != nil {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		b.WriteRune(r)
		s = rest
	}
	return b.String()
}

// printable returns s itself where all of it can be shown, else s quoted.
func printable(s string) string {
	for _, r := range s {
		if !strconv.IsPrint(r) {
			return quote(s)
		}
	}
	return s
}

// describe writes a value decoded from TOML for an error message.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return quote(shorten(v))
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.Abs(v) >= 1e15 && !math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64) // 1e+300 in place of 300 digits
		}
		return strings.ToLower(formatFloat(v)) // nan and inf as TOML has them
	case bool:
		return strconv.FormatBool(v)
	case []any:
		const most = 4 // items shown
		items := make([]string, 0, most+1)
		for i, item := range v {
			if i == most {
				items = append(items, "…")
				break
			}
			items = append(items, describe(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		return "a table"
	case nil:
		return "null" // of JSON; TOML has none
	}
	return "a date or time"
}

// shorten cuts off the end of a text that is too long for a message.
func shorten(s string) string {
	const longest = 40 // in runes
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

func formatFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// either joins words to "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Nearest returns the one of names that somebody who wrote word most likely
// meant, or "".
func Nearest(word string, names []string) string {
	const far = 3
	word = strings.ToLower(word)
	best, least := "", far
	for _, name := range names {
		d := distance(word, name)
		if d > 1 && len(word) >= 3 && strings.HasPrefix(name, word) {
			d = 1
		}
		if d < least && d < len(word) {
			best, least = name, d
		}
	}
	return best
}

// Close returns the one of names that word is with one slip: a letter too many, too few, or another one, two in the wrong
// order; in a word of seven letters or more two slips. "" where it is none, or has fewer than three letters.
func Close(word string, names []string) string {
	word = strings.ToLower(word)
	if len(word) < 3 {
		return ""
	}
	allowed := 1 + len(word)/7
	for _, name := range names {
		if d := distance(word, name); d > 0 && d <= allowed || swapped(word, name) {
			return name
		}
	}
	return ""
}

// swapped reports whether a is b with two neighbours in the wrong order.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// distance is Levenshtein's: the fewest bytes to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // distances of a's prefix so far to each prefix of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
