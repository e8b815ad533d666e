package pretokenize

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestPattern bounds the bytes of a pattern; those in use have a few hundred.
const longestPattern = 10_000

// The last alternatives of GPT-2's pattern and of most after it: white space, of which the last rune is left to a word that
// follows. Nothing else in use looks ahead.
const lastSpaces = `|\s+(?!\S)|\s+`

// Compile returns the matcher of a regular expression as the tokenizers library writes them, for Oniguruma. Package regexp
// matches it, in time that is linear in the text; what that does not know is refused: references to groups, atomic groups,
// and looking around but in the one place where patterns of tokenizers do.
func Compile(pattern string) (Matcher, error) {
	if len(pattern) > longestPattern {
		return nil, fmt.Errorf("a pattern of %d bytes, expected at most %d", len(pattern), longestPattern)
	}
	source, ahead := strings.CutSuffix(pattern, lastSpaces)
	if ahead {
		source += `|(\s+)`
	}
	compiled, err := compile(source)
	if err != nil {
		return nil, err
	}
	if !ahead {
		return func(text string, found func(start, end int)) {
			for _, m := range compiled.FindAllStringIndex(text, -1) {
				found(m[0], m[1])
			}
		}, nil
	}
	if strings.ContainsAny(strings.ReplaceAll(source, "[^", ""), "^") || strings.Contains(source, `\b`) || strings.Contains(source, `\B`) {
		return nil, errors.New("it looks at what is before a match")
	}
	spaces := 2 * compiled.NumSubexp() // the last group
	return func(text string, found func(start, end int)) {
		for at := 0; at < len(text); {
			m := compiled.FindStringSubmatchIndex(text[at:])
			if m == nil {
				return
			}
			start, end := at+m[0], at+m[1]
			if m[spaces] >= 0 && end < len(text) {
				if _, n := utf8.DecodeLastRuneInString(text[start:end]); end-n > start {
					end -= n
				}
			}
			found(start, end)
			at = end
			if end == start {
				_, n := utf8.DecodeRuneInString(text[start:])
				at += max(n, 1)
			}
		}
	}, nil
}

// Regexp is a regular expression as for [Compile], for replacements.
func Regexp(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > longestPattern {
		return nil, fmt.Errorf("a pattern of %d bytes, expected at most %d", len(pattern), longestPattern)
	}
	return compile(pattern)
}

func compile(pattern string) (*regexp.Regexp, error) {
	source, err := translate(pattern)
	if err != nil {
		return nil, err
	}
	compiled, err := regexp.Compile("(?m:" + source + ")")
	if err != nil {
		return nil, errors.New("it has what is not known of regular expressions")
	}
	return compiled, nil
}

// translate writes a pattern of Oniguruma's for package regexp: classes are those of Unicode, and possessive repetitions are
// greedy ones, which is the same where what follows cannot match what they took.
func translate(pattern string) (string, error) {
	const (
		space = `\t-\r\x{85}\p{Z}`
		digit = `\p{Nd}`
		word  = `\p{L}\p{M}\p{N}\p{Pc}`
	)
	classes := map[byte]string{'s': space, 'd': digit, 'w': word}
	var out strings.Builder
	inside := false // brackets
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		rest := pattern[i+1:]
		switch {
		case c == '\\' && rest != "":
			i++
			e := rest[0]
			class, negated := classes[e], false
			if class == "" {
				class = classes[byte(unicode.ToLower(rune(e)))]
				negated = class != ""
			}
			switch {
			case class != "" && negated && inside:
				return "", fmt.Errorf(`it has \%c within brackets`, e)
			case class != "" && negated:
				out.WriteString("[^" + class + "]")
			case class != "" && inside:
				out.WriteString(class)
			case class != "":
				out.WriteString("[" + class + "]")
			case strings.IndexByte("hHRXkgGKZ123456789", e) >= 0:
				return "", fmt.Errorf(`it has \%c`, e)
			default:
				out.WriteString(`\` + string(e))
			}
		case inside && c == '[' && !strings.HasPrefix(rest, ":"):
			return "", errors.New("it has brackets within brackets")
		case inside && c == '&' && strings.HasPrefix(rest, "&"):
			return "", errors.New("it has the operator && within brackets")
		case c == '(' && strings.HasPrefix(rest, "?"):
			if len(rest) > 1 && strings.IndexByte("=!>", rest[1]) >= 0 || len(rest) > 2 && rest[1] == '<' && strings.IndexByte("=!", rest[2]) >= 0 {
				return "", errors.New("it looks around, or has an atomic group")
			}
			out.WriteByte(c)
		case !inside && c == '+' && i > 0 && strings.IndexByte("?*+", pattern[i-1]) >= 0 && (i < 2 || pattern[i-2] != '\\'):
			// possessive
		default:
			switch {
			case c == '[':
				inside = true
				out.WriteByte(c)
				if strings.HasPrefix(rest, "^") {
					i++
					out.WriteByte('^')
				}
				if strings.HasPrefix(pattern[i+1:], "]") {
					i++
					out.WriteString(`\]`)
				}
				continue
			case c == ']':
				inside = false
			}
			out.WriteByte(c)
		}
	}
	return out.String(), nil
}
