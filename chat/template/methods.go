package template

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// methodFunc is a method of a value.
type methodFunc func(r *run, self value, a *arguments) (any, error)

// The methods are those of Python's str, dict and list that chat templates use. None of them changes its object:
// transformers forbids it as well.

var textMethods = map[string]methodFunc{
	"strip":      func(r *run, self value, a *arguments) (any, error) { return strip(self.text(), a, true, true) },
	"lstrip":     func(r *run, self value, a *arguments) (any, error) { return strip(self.text(), a, true, false) },
	"rstrip":     func(r *run, self value, a *arguments) (any, error) { return strip(self.text(), a, false, true) },
	"split":      func(r *run, self value, a *arguments) (any, error) { return split(self.text(), a, false) },
	"rsplit":     func(r *run, self value, a *arguments) (any, error) { return split(self.text(), a, true) },
	"splitlines": func(r *run, self value, _ *arguments) (any, error) { return splitLines(self.text()), nil },
	"startswith": func(r *run, self value, a *arguments) (any, error) {
		return affix(self.text(), a, strings.HasPrefix), nil
	},
	"endswith": func(r *run, self value, a *arguments) (any, error) {
		return affix(self.text(), a, strings.HasSuffix), nil
	},
	"upper":      func(r *run, self value, _ *arguments) (any, error) { return strings.ToUpper(self.text()), nil },
	"lower":      func(r *run, self value, _ *arguments) (any, error) { return strings.ToLower(self.text()), nil },
	"capitalize": func(r *run, self value, _ *arguments) (any, error) { return capitalize(self.text()), nil },
	"title":      func(r *run, self value, _ *arguments) (any, error) { return pythonTitle(self.text()), nil },
	"replace": func(r *run, self value, a *arguments) (any, error) {
		return replace(self.text(), a.text("old", ""), a.text("new", ""), a.number("count", -1))
	},
	"removeprefix": func(r *run, self value, a *arguments) (any, error) {
		return strings.TrimPrefix(self.text(), a.text("prefix", "")), nil
	},
	"removesuffix": func(r *run, self value, a *arguments) (any, error) {
		return strings.TrimSuffix(self.text(), a.text("suffix", "")), nil
	},
	"find": func(r *run, self value, a *arguments) (any, error) {
		s := self.text()
		i := strings.Index(s, a.text("sub", ""))
		if i < 0 {
			return -1, nil
		}
		return utf8.RuneCountInString(s[:i]), nil
	},
	"count": func(r *run, self value, a *arguments) (any, error) {
		return strings.Count(self.text(), a.text("sub", "")), nil
	},
	"join": func(r *run, self value, a *arguments) (any, error) {
		return r.joined(a.next("iterable").items(), self.text(), func(v value) value { return v })
	},
	"isdigit": func(r *run, self value, _ *arguments) (any, error) { return every(self.text(), unicode.IsDigit), nil },
	"isalpha": func(r *run, self value, _ *arguments) (any, error) { return every(self.text(), unicode.IsLetter), nil },
	"isspace": func(r *run, self value, _ *arguments) (any, error) { return every(self.text(), isSpace), nil },
	"isalnum": func(r *run, self value, _ *arguments) (any, error) {
		return every(self.text(), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }), nil
	},
	"isupper": func(_ *run, self value, _ *arguments) (any, error) { return hasCase(self.text(), strings.ToUpper), nil },
	"islower": func(_ *run, self value, _ *arguments) (any, error) { return hasCase(self.text(), strings.ToLower), nil },
}

var dictMethods = map[string]methodFunc{
	"get": func(r *run, self value, a *arguments) (any, error) {
		key, otherwise := a.next("key"), a.next("default")
		found, ok, err := r.look(self.pairs(), key)
		switch {
		case err != nil:
			return nil, err
		case ok:
			return found, nil
		case otherwise.isUndefined():
			return none, nil
		}
		return otherwise, nil
	},
	"keys":  func(r *run, self value, _ *arguments) (any, error) { return self.items(), nil },
	"items": func(r *run, self value, _ *arguments) (any, error) { return tuples(self), nil },
	"values": func(r *run, self value, _ *arguments) (any, error) {
		var values list
		for _, p := range self.pairs() {
			values = append(values, p.value)
		}
		return values, nil
	},
}

var listMethods = map[string]methodFunc{
	"count": func(r *run, self value, a *arguments) (any, error) {
		other, n := a.next("value"), 0
		for _, item := range self.items() {
			same, err := r.equal(item, other)
			if err != nil {
				return nil, err
			}
			if same {
				n++
			}
		}
		return n, nil
	},
}

// split is Python's str.split, or its rsplit.
func split(s string, a *arguments, right bool) (any, error) {
	separator, most := a.next("sep"), a.number("maxsplit", -1)
	var parts []string
	switch {
	case separator.isNil():
		parts = splitSpace(s, most, right)
	case str(separator) == "":
		a.fail("a text cannot be split at nothing")
	case most < 0:
		parts = strings.Split(s, str(separator))
	case right:
		parts = splitRight(s, str(separator), most)
	default:
		parts = strings.SplitN(s, str(separator), most+1)
	}
	return texts(parts), nil
}

// splitSpace divides at white space, at most so often where most is not negative.
func splitSpace(s string, most int, right bool) []string {
	words := strings.FieldsFunc(s, isSpace)
	if most < 0 || len(words) <= most+1 {
		return words
	}
	if right {
		for _, word := range slices.Backward(words[len(words)-most:]) {
			s = strings.TrimSuffix(strings.TrimRightFunc(s, isSpace), word)
		}
		return append([]string{strings.TrimRightFunc(s, isSpace)}, words[len(words)-most:]...)
	}
	for _, word := range words[:most] {
		s = strings.TrimPrefix(strings.TrimLeftFunc(s, isSpace), word)
	}
	return append(slices.Clone(words[:most]), strings.TrimLeftFunc(s, isSpace))
}

func splitRight(s, separator string, most int) []string {
	var parts []string
	for len(parts) < most {
		i := strings.LastIndex(s, separator)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(separator):])
		s = s[:i]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return parts
}

func splitLines(s string) list {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return texts(lines)
}

func texts(parts []string) list {
	all := make(list, len(parts))
	for i, part := range parts {
		all[i] = value{part}
	}
	return all
}

// affix is Python's startswith or endswith, which take one text or several.
func affix(s string, a *arguments, has func(s, affix string) bool) bool {
	wanted := a.next("prefix")
	if wanted.isString() {
		return has(s, wanted.text())
	}
	if !wanted.isList() {
		a.fail("startswith and endswith take a text, or several in brackets")
	}
	return slices.ContainsFunc(wanted.items(), func(item value) bool { return has(s, str(item)) })
}

// pythonTitle is Python's str.title: a word begins after everything that is no letter.
func pythonTitle(s string) string {
	var out strings.Builder
	start := true
	for _, r := range s {
		switch letter := unicode.IsLetter(r); {
		case letter && start:
			out.WriteRune(unicode.ToTitle(r))
			start = false
		case letter:
			out.WriteRune(unicode.ToLower(r))
		default:
			out.WriteRune(r)
			start = true
		}
	}
	return out.String()
}

// every reports whether a text has characters, and all of them are of a kind.
func every(s string, is func(rune) bool) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !is(r) })
}
