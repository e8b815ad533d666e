package evaluate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wikiText undoes what the tokenizer of WikiText (Merity et al. 2017, Moses' rules for English) did to a line: it set
// punctuation apart with blanks, wrote "-", "," and "." within words and numbers as " @-@ ", " @,@ " and " @.@ ", and cut
// words before an apostrophe. Nothing but blanks and "@" goes. Where the blank may have been in the article, as around
// dashes and slashes, it stays, and so does "<unk>", for which nobody knows the word.
func wikiText(tokens []string) string {
	joined := make([]bool, len(tokens)+1) // [i]: no blank between tokens i-1 and i
	n := heading(tokens)
	for i := range n - 1 {
		joined[1+i], joined[len(tokens)-1-i] = true, true
	}
	for i, token := range tokens {
		before, after := neighbour(tokens, i-1), neighbour(tokens, i+1)
		switch token {
		case ",", ".", ";", "!", "?", ")", "]", "}":
			joined[i] = true
		case "(", "[", "{":
			joined[i+1] = true
		case ":":
			joined[i] = true
			joined[i+1] = endsInDigit(before) && beginsWithDigit(after) // 10:30
		case "%", "′", "″":
			joined[i] = endsInDigit(before)
		case "°":
			joined[i] = endsInDigit(before)
			joined[i+1] = beginsWithDigit(after) || capital(after) // 20°C, 41°52′N
		case "$", "£", "€", "¥", "US$":
			joined[i+1] = beginsWithDigit(after)
		default:
			if _, ok := separator(token); ok {
				joined[i], joined[i+1] = true, true
			} else if clitic(token) {
				joined[i] = true
			}
		}
	}
	joinDoubleQuotes(tokens, joined)
	joinSingleQuotes(tokens, joined)

	var b strings.Builder
	for i, token := range tokens {
		if i > 0 && !joined[i] {
			b.WriteByte(' ')
		}
		if mark, ok := separator(token); ok {
			token = mark
		}
		b.WriteString(token)
	}
	return b.String()
}

// heading is the level of a heading, which has as many "=" before it as after it, 0 for any other line.
func heading(tokens []string) int {
	level := 0
	for 2*level+2 < len(tokens) && tokens[level] == "=" && tokens[len(tokens)-1-level] == "=" {
		level++
	}
	return level
}

// separator returns the mark that stands for "@-@" and its like.
func separator(token string) (mark string, ok bool) {
	inner, ok := strings.CutPrefix(token, "@")
	if !ok {
		return "", false
	}
	inner, ok = strings.CutSuffix(inner, "@")
	return inner, ok && inner != "@" && utf8.RuneCountInString(inner) == 1
}

// clitic reports whether a token is the end of a word from an apostrophe on: 's, 't, 'Brien.
func clitic(token string) bool {
	rest, ok := strings.CutPrefix(token, "'")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && unicode.IsLetter(r)
}

// joinDoubleQuotes joins the quotation marks of a line to what is between each two of them. One that is left over stays.
func joinDoubleQuotes(tokens []string, joined []bool) {
	open := -1
	for i, token := range tokens {
		switch {
		case token != `"`:
		case open < 0:
			open = i
		default:
			joined[open+1], joined[i] = true, true
			open = -1
		}
	}
}

// joinSingleQuotes does the same for single ones, which may as well be the apostrophe of a plural (parents') or of a decade
// ('90s).
func joinSingleQuotes(tokens []string, joined []bool) {
	last := -1
	for i, token := range tokens {
		if token == "'" {
			last = i
		}
	}
	open := false
	for i, token := range tokens {
		if token != "'" {
			continue
		}
		before, after := neighbour(tokens, i-1), neighbour(tokens, i+1)
		switch {
		case open:
			joined[i], open = true, false
		case strings.HasSuffix(before, "s"):
			joined[i] = true
		case beginsWithDigit(after) && strings.HasSuffix(after, "s"):
			joined[i+1] = true
		case i < last:
			joined[i+1], open = true, true
		}
	}
}

// neighbour is token i, "" beyond the ends.
func neighbour(tokens []string, i int) string {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return tokens[i]
}

func beginsWithDigit(token string) bool {
	r, _ := utf8.DecodeRuneInString(token)
	return unicode.IsDigit(r)
}

func endsInDigit(token string) bool {
	r, _ := utf8.DecodeLastRuneInString(token)
	return unicode.IsDigit(r)
}

// capital reports whether a token is one capital letter.
func capital(token string) bool {
	r, size := utf8.DecodeRuneInString(token)
	return size == len(token) && unicode.IsUpper(r)
}
