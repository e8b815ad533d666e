package evaluate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Task is a test set: what its file looks like, how it becomes text for the model, and what a word of it is.
type Task string

const (
	// Plain is any text, taken as it is. Words are what white space separates.
	Plain Task = ""
	// WikiText2 and WikiText103 are wiki.test.tokens, or wiki.test.raw. What their tokenizer did is undone. Words are those
	// of the file, and each end of a line is one more: so 245,569 for the test set, as Merity et al. 2017 count it.
	WikiText2   Task = "wikitext2"
	WikiText103 Task = "wikitext103"
	// LAMBADA is the last words of passages: lambada_test.jsonl, where every line is an object with the key "text", or a
	// passage on each line. The words are these last words.
	LAMBADA Task = "lambada"
	// PTB is ptb.test.txt of the Penn Treebank as Mikolov et al. 2010 prepared it. What its tokenizer did is undone. Words
	// are those of the file, and each end of a line is one more: so 82,430 for the test set.
	PTB Task = "ptb"
)

// Tasks are the names of the test sets.
func Tasks() []string {
	return []string{string(WikiText2), string(WikiText103), string(LAMBADA), string(PTB)}
}

// ParseTask returns the task of that name; "" is Plain.
func ParseTask(name string) (Task, error) {
	if name != "" && !slices.Contains(Tasks(), name) {
		return Plain, fmt.Errorf("found %q, expected one of %s", name, strings.Join(Tasks(), ", "))
	}
	return Task(name), nil
}

// prepare returns the text that the model sees, and how many words it counts as.
func (t Task) prepare(text string) (prepared string, n int, err error) {
	if _, err := t.check(text); err != nil {
		return "", 0, err
	}
	var line func([]string) string
	switch t {
	case WikiText2, WikiText103:
		line = wikiText
	case PTB:
		line = pennTreebank
	default:
		return text, words(text), nil
	}
	var b strings.Builder
	for l := range strings.Lines(text) {
		body, ended := strings.CutSuffix(l, "\n")
		tokens := strings.FieldsFunc(body, blank)
		b.WriteString(line(tokens))
		n += len(tokens)
		if ended {
			b.WriteByte('\n')
			n++
		}
	}
	return b.String(), n, nil
}

// blank reports whether r stands between the tokens of a test set. Other white space belongs to them.
func blank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' }

// A format is what a file looks like.
type format string

const (
	parquet    format = "a Parquet file"
	compressed format = "a compressed file"
	jsonLines  format = "lines of JSON"
	wikiTokens format = "WikiText"
	pennTokens format = "the Penn Treebank"
	plainText  format = "plain text"
)

// inspected is how many bytes at the beginning of a file tell its format.
const inspected = 1 << 20

// detect tells the format of a file from its beginning.
func detect(text string) format {
	switch {
	case strings.HasPrefix(text, "PAR1"):
		return parquet
	case strings.HasPrefix(text, "\x1f\x8b"), strings.HasPrefix(text, "PK\x03\x04"):
		return compressed
	}
	text = text[:min(len(text), inspected)]
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return jsonLines
	}
	lower, mark := true, false // what the Penn Treebank has: no capital but N, and marks for what was left out
	for line := range strings.Lines(text) {
		tokens := strings.FieldsFunc(strings.TrimSuffix(line, "\n"), blank)
		if heading(tokens) > 0 {
			return wikiTokens
		}
		for _, token := range tokens {
			if _, ok := separator(token); ok {
				return wikiTokens
			}
			lower = lower && (token == "N" || token == strings.ToLower(token))
			mark = mark || token == "N" || token == "<unk>"
		}
	}
	if lower && mark {
		return pennTokens
	}
	return plainText
}

// check returns the format of a file, and refuses one that is not of the task.
func (t Task) check(text string) (format, error) {
	if text == "" {
		return plainText, errEmpty
	}
	var expected string
	var formats []format
	switch t {
	case Plain:
		return plainText, nil
	case WikiText2, WikiText103:
		expected, formats = `headings such as " = Title = " and marks such as " @-@ "`, []format{wikiTokens}
	case LAMBADA:
		expected, formats = `lines such as {"text": "a passage"}, or a passage on each line`, []format{jsonLines, plainText}
	case PTB:
		expected, formats = `lower-case words, with "<unk>" and "N" for others and numbers`, []format{pennTokens}
	}
	found := detect(text)
	if !slices.Contains(formats, found) {
		return found, fmt.Errorf("the text looks like %s, but the task %s expects %s", found, t, expected)
	}
	return found, nil
}

// errEmpty says that there is no text.
var errEmpty = errors.New("the text is empty, expected two tokens or more")

// enough refuses a text that has nothing to score.
func enough(tokens int) error {
	switch tokens {
	case 0:
		return errEmpty
	case 1:
		return errors.New("the text is a single token, expected two or more: nothing precedes the first to foretell it from")
	}
	return nil
}
