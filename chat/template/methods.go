package template

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// methodFunc is a method of a value.
type methodFunc func(self *exec.Value, a *arguments) (any, error)

// The methods are those of Python's str, dict and list that chat templates use. None of them changes its object:
// transformers forbids it as well.

var textMethods = map[string]methodFunc{
	"strip":      func(self *exec.Value, a *arguments) (any, error) { return strip(self.String(), a, true, true) },
	"lstrip":     func(self *exec.Value, a *arguments) (any, error) { return strip(self.String(), a, true, false) },
	"rstrip":     func(self *exec.Value, a *arguments) (any, error) { return strip(self.String(), a, false, true) },
	"split":      func(self *exec.Value, a *arguments) (any, error) { return split(self.String(), a, false) },
	"rsplit":     func(self *exec.Value, a *arguments) (any, error) { return split(self.String(), a, true) },
	"splitlines": func(self *exec.Value, _ *arguments) (any, error) { return splitLines(self.String()), nil },
	"startswith": func(self *exec.Value, a *arguments) (any, error) {
		return affix(self.String(), a, strings.HasPrefix), nil
	},
	"endswith": func(self *exec.Value, a *arguments) (any, error) {
		return affix(self.String(), a, strings.HasSuffix), nil
	},
	"upper":      func(self *exec.Value, _ *arguments) (any, error) { return strings.ToUpper(self.String()), nil },
	"lower":      func(self *exec.Value, _ *arguments) (any, error) { return strings.ToLower(self.String()), nil },
	"capitalize": func(self *exec.Value, _ *arguments) (any, error) { return capitalize(self.String()), nil },
	"title":      func(self *exec.Value, _ *arguments) (any, error) { return pythonTitle(self.String()), nil },
	"replace": func(self *exec.Value, a *arguments) (any, error) {
		return replace(self.String(), a.text("old", ""), a.text("new", ""), a.number("count", -1))
	},
	"removeprefix": func(self *exec.Value, a *arguments) (any, error) {
		return strings.TrimPrefix(self.String(), a.text("prefix", "")), nil
	},
	"removesuffix": func(self *exec.Value, a *arguments) (any, error) {
		return strings.TrimSuffix(self.String(), a.text("suffix", "")), nil
	},
	"find": func(self *exec.Value, a *arguments) (any, error) {
		s := self.String()
		i := strings.Index(s, a.text("sub", ""))
		if i < 0 {
			return -1, nil
		}
		return utf8.RuneCountInString(s[:i]), nil
	},
	"count": func(self *exec.Value, a *arguments) (any, error) {
		return strings.Count(self.String(), a.text("sub", "")), nil
	},
	"join": func(self *exec.Value, a *arguments) (any, error) {
		return joined(items(a.next("iterable")), self.String(), func(v *exec.Value) *exec.Value { return v })
	},
	"isdigit": func(self *exec.Value, _ *arguments) (any, error) { return every(self.String(), unicode.IsDigit), nil },
	"isalpha": func(self *exec.Value, _ *arguments) (any, error) { return every(self.String(), unicode.IsLetter), nil },
	"isspace": func(self *exec.Value, _ *arguments) (any, error) { return every(self.String(), isSpace), nil },
	"isalnum": func(self *exec.Value, _ *arguments) (any, error) {
		return every(self.String(), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }), nil
	},
	"isupper": func(self *exec.Value, _ *arguments) (any, error) {
		s := self.String()
		return s == strings.ToUpper(s) && s != strings.ToLower(s), nil
	},
	"islower": func(self *exec.Value, _ *arguments) (any, error) {
		s := self.String()
		return s == strings.ToLower(s) && s != strings.ToUpper(s), nil
	},
}

var dictMethods = map[string]methodFunc{
	"get": func(self *exec.Value, a *arguments) (any, error) {
		key, otherwise := a.next("key"), a.next("default")
		var found *exec.Value
		self.Iterate(func(_, _ int, k, v *exec.Value) bool {
			if k.EqualValueTo(key) {
				found = v
			}
			return found == nil
		}, func() {})
		switch {
		case found != nil:
			return found, nil
		case isUndefined(otherwise):
			return none, nil
		}
		return otherwise, nil
	},
	"keys":  func(self *exec.Value, _ *arguments) (any, error) { return items(self), nil },
	"items": func(self *exec.Value, _ *arguments) (any, error) { return pairs(self), nil },
	"values": func(self *exec.Value, _ *arguments) (any, error) {
		var values list
		for _, pair := range pairs(self) {
			values = append(values, pair.(tuple)[1])
		}
		return values, nil
	},
}

var listMethods = map[string]methodFunc{
	"count": func(self *exec.Value, a *arguments) (any, error) {
		other, n := a.next("value"), 0
		for _, item := range items(self) {
			if exec.ToValue(item).EqualValueTo(other) {
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
	case separator.IsNil():
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
		all[i] = part
	}
	return all
}

// affix is Python's startswith or endswith, which take one text or several.
func affix(s string, a *arguments, has func(s, affix string) bool) bool {
	wanted := a.next("prefix")
	if wanted.IsString() {
		return has(s, wanted.String())
	}
	if !wanted.IsList() {
		a.fail("startswith and endswith take a text, or several in brackets")
	}
	return slices.ContainsFunc(items(wanted), func(item any) bool { return has(s, str(exec.ToValue(item))) })
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
