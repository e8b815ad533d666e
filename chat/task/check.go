package task

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A check holds a reply against what was asked for.
type check struct {
	args []string
	rule rule
}

// A rule is a kind of check. It returns what is wrong in a few words, "" for nothing.
type rule struct {
	args  string // for people: "MIN MAX", "VARIABLE"
	help  string
	valid func(t *Task, args []string) bool
	wrong func(reply string, values Values, args []string) string
}

// rules are the named checks that a file may ask for.
var rules = map[string]rule{
	"one_line": {"", "the reply is one line", none, func(reply string, _ Values, _ []string) string {
		if n := len(nonEmptyLines(reply)); n != 1 {
			return fmt.Sprintf("%d lines, expected one", n)
		}
		return ""
	}},
	"lines": {"MIN MAX", "so many lines that are not empty", numbers(2), func(reply string, _ Values, args []string) string {
		return outside(len(nonEmptyLines(reply)), args, "lines")
	}},
	"sentences": {"MIN MAX", "so many sentences", numbers(2), func(reply string, _ Values, args []string) string {
		return outside(len(Sentences(reply)), args, "sentences")
	}},
	"words": {"MIN MAX", "so many words", numbers(2), func(reply string, _ Values, args []string) string {
		return outside(len(strings.Fields(reply)), args, "words")
	}},
	"points": {"MIN MAX", "so many points, each on a line of its own with a number or a dash", numbers(2), points},
	"questions": {"COUNT", "so many points, each a question, and no answers", numbers(1), func(reply string, _ Values, args []string) string {
		for _, line := range nonEmptyLines(reply) {
			text, ok := point(line)
			if ok && !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, "？") {
				return "a point is no question"
			}
		}
		return points(reply, nil, []string{args[0], args[0]})
	}},
	"finished": {"", "the reply ends with the end of a sentence", none, func(reply string, _ Values, _ []string) string {
		if !ends(reply) {
			return "breaks off"
		}
		return ""
	}},
	"about": {"VARIABLE", "a word of the variable comes up, in whatever form", variables(1), func(reply string, values Values, args []string) string {
		if topic := values[args[0]]; !mentions(reply, topic) {
			return fmt.Sprintf("not about %q", clip(topic))
		}
		return ""
	}},
	"quotes": {"VARIABLE", "words of the variable come up between quotation marks", variables(1),
		func(reply string, values Values, args []string) string {
			if !quotes(reply, values[args[0]]) {
				return "does not quote the text"
			}
			return ""
		}},
	"grounded": {"VARIABLE", "names and numbers come up in the variable", variables(1),
		func(reply string, values Values, args []string) string {
			if strange := ungrounded(reply, values[args[0]]); strange != "" {
				return fmt.Sprintf("%q is not in the text", strange)
			}
			return ""
		}},
	"shorter": {"VARIABLE", "fewer words than the variable has", variables(1), func(reply string, values Values, args []string) string {
		if len(strings.Fields(reply)) >= len(strings.Fields(values[args[0]])) {
			return "not shorter than the text"
		}
		return ""
	}},
	"changed": {"VARIABLE", "not the variable over again", variables(1), func(reply string, values Values, args []string) string {
		if slices.Equal(plainTokens(reply), plainTokens(values[args[0]])) {
			return "the same text"
		}
		return ""
	}},
	"praise_and_advice": {"", "something good is named, and something to mend", none, func(reply string, _ Values, _ []string) string {
		words := plainTokens(reply)
		switch {
		case !anyPrefix(words, praise):
			return "names nothing good"
		case !anyPrefix(words, advice):
			return "names nothing to mend"
		}
		return ""
	}},
	"no_repeats": {"", "no line and no sentence stands there twice", none, func(reply string, _ Values, _ []string) string {
		seen := map[string]bool{}
		for _, s := range Sentences(reply) {
			key := strings.Join(plainTokens(s), " ")
			if len(strings.Fields(key)) > 3 && seen[key] {
				return "repeats itself"
			}
			seen[key] = true
		}
		return ""
	}},
}

var (
	praise = []string{"good", "great", "like", "love", "nice", "well", "strong", "lively", "clear", "lovely", "best", "enjoy", "vivid",
		"funny", "wonderful", "warm", "fine", "excellent"}
	advice = []string{"mend", "fix", "should", "could", "try", "chang", "improv", "add", "instead", "better", "spell", "correct", "need",
		"missing", "watch", "check", "careful", "next"}
)

func points(reply string, _ Values, args []string) string {
	n := 0
	for _, line := range nonEmptyLines(reply) {
		if _, ok := point(line); ok {
			n++
		} else if n > 0 {
			return "a line that is no point follows the points"
		}
	}
	return outside(n, args, "points")
}

func none(_ *Task, args []string) bool { return len(args) == 0 }

func numbers(count int) func(*Task, []string) bool {
	return func(_ *Task, args []string) bool {
		return len(args) == count && !slices.ContainsFunc(args, func(a string) bool {
			n, err := strconv.Atoi(a)
			return err != nil || n < 0
		})
	}
}

func variables(count int) func(*Task, []string) bool {
	return func(t *Task, args []string) bool {
		return len(args) == count && !slices.ContainsFunc(args, func(a string) bool { return !slices.Contains(t.names(), a) })
	}
}

// parseCheck reads a check and its arguments: "lines 3 20".
func parseCheck(line string, t *Task) (check, error) {
	words := strings.Fields(line)
	r, ok := rules[words[0]]
	if !ok {
		names := make([]string, 0, len(rules))
		for name := range rules {
			names = append(names, name)
		}
		slices.Sort(names)
		return check{}, fmt.Errorf("unknown check %q; there are %s", words[0], strings.Join(names, ", "))
	}
	if !r.valid(t, words[1:]) {
		return check{}, fmt.Errorf("found %q, expected %s", line, strings.TrimSpace(words[0]+" "+r.args))
	}
	return check{words[1:], r}, nil
}

// Wrong returns what is wrong with a reply, a few words for each check that fails; nothing where all hold.
func (t *Task) Wrong(reply string, values Values) (wrong []string) {
	if strings.TrimSpace(reply) == "" {
		return []string{"nothing was written"}
	}
	for _, tmpl := range t.checks {
		line, err := execute(tmpl, values)
		if err != nil || strings.TrimSpace(line) == "" {
			continue // it was tried when the file was read; a check may be for some values only
		}
		c, err := parseCheck(line, t)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		if what := c.rule.wrong(reply, values, c.args); what != "" {
			wrong = append(wrong, what)
		}
	}
	return wrong
}

func outside(n int, bounds []string, things string) string {
	low, _ := strconv.Atoi(bounds[0])
	high, _ := strconv.Atoi(bounds[1])
	if n >= low && n <= high {
		return ""
	}
	if n == 1 {
		things = strings.TrimSuffix(things, "s")
	}
	if low == high {
		return fmt.Sprintf("%d %s, expected %d", n, things, low)
	}
	return fmt.Sprintf("%d %s, expected %d to %d", n, things, low, high)
}

func nonEmptyLines(text string) (found []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			found = append(found, line)
		}
	}
	return found
}

// point is a line without the number, letter or dash that makes it one of a list: "2. Milk", "b) Milk", "- Milk", "* Milk".
func point(line string) (text string, ok bool) {
	if rest, ok := strings.CutPrefix(line, "Q"); ok && rest != "" && unicode.IsDigit(rune(rest[0])) {
		line = rest
	}
	mark, rest, _ := strings.Cut(line, " ")
	switch {
	case mark == "-" || mark == "*" || mark == "•":
	case len(mark) >= 2 && strings.ContainsAny(mark[len(mark)-1:], ".):"):
		name := mark[:len(mark)-1]
		if _, err := strconv.Atoi(name); err != nil && !(len(name) == 1 && unicode.IsLetter(rune(name[0]))) {
			return "", false
		}
	default:
		return "", false
	}
	rest = strings.TrimSpace(rest)
	return rest, rest != ""
}

// ends reports whether a text ends with the end of a sentence, or of a quotation or bracket after it.
func ends(text string) bool {
	text = strings.TrimRight(text, " \t\r\n\"'”’»)]*_」』）")
	last, _ := utf8.DecodeLastRuneInString(text)
	return last == '…' || unicode.Is(unicode.Sentence_Terminal, last)
}

// clip shortens a text to some 40 characters for a message.
func clip(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return string(runes)
}
