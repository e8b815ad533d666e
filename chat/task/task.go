package task

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"inkling/engine/sample"
)

// A Task is what one file says.
type Task struct {
	Name        string // of the file, without its ending
	Path        string // of the file, for errors; "" for a task of the program
	Description string
	Example     string
	Checks      []string // templates of named checks with their arguments
	Parts       bool     // a text that does not fit into the context is worked off part by part
	Extract     bool     // sentences may be picked in place of writing
	Kit         []string // names of tasks that --kit does in turn
	Variables   []Variable
	Followups   []Followup
	Sampling    map[string]any // by keys of sample.Table: float64, int or []string

	forms  [forms]*form
	checks []*template.Template
}

// A Variable is a value that prompts and checks refer to.
type Variable struct {
	Name    string
	Help    string
	Words   bool     // takes the words of the command, or standard input
	Number  bool     // takes whole numbers above 0 alone
	Choices []string // takes these alone; none: any text
	Default string
}

// A Followup is a further request after the first reply.
type Followup struct {
	Name, Help string
	Prompt     string // of the person
	Plain      string // what goes between the reply and its continuation in a plain text; "": Prompt on a line of its own
}

// A Manner is how a model is asked.
type Manner int

const (
	Chat    Manner = iota // in the chat format of the model
	Starter               // in the words that the model in the program was trained with
	Plain                 // as a text to continue, with examples
	forms
)

// A form is a task in one manner.
type form struct {
	prompt *template.Template
	begin  *template.Template // what the reply begins with: written for the model
	stop   []string
}

// form is the task in the manner, or in the nearest that the file has.
func (t *Task) form(m Manner) *form {
	if f := t.forms[m]; f != nil {
		return f
	}
	return t.forms[Chat]
}

// Main is the variable that takes the words of the command; ok is false where the task takes none.
func (t *Task) Main() (v *Variable, ok bool) {
	i := slices.IndexFunc(t.Variables, func(v Variable) bool { return v.Words })
	if i < 0 {
		return nil, false
	}
	return &t.Variables[i], true
}

// Values are those of a task's variables, by name.
type Values map[string]string

// Fill makes the values of what a command has: words, and what was set by name. Where a variable has choices, the first word
// may be one of them. The error names what is missing or not taken.
func (t *Task) Fill(words []string, named Values) (Values, error) {
	values := Values{}
	for name, value := range named {
		i := slices.IndexFunc(t.Variables, func(v Variable) bool { return v.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: no variable %q; it has %s", t.Name, name, strings.Join(t.names(), ", "))
		}
		if err := t.Variables[i].check(value); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		values[name] = value
	}
	words = slices.Clone(words)
	for _, v := range t.Variables {
		if _, set := values[v.Name]; set || len(v.Choices) == 0 || len(words) == 0 {
			continue
		}
		first, rest := Word(words[0])
		if slices.Contains(v.Choices, strings.ToLower(first)) {
			values[v.Name] = strings.ToLower(first)
			words[0] = rest
			if strings.TrimSpace(rest) == "" {
				words = words[1:]
			}
		}
	}
	text := strings.TrimSpace(strings.Join(words, " "))
	main, ok := t.Main()
	switch {
	case text != "" && !ok:
		return nil, fmt.Errorf("%s takes no words; found %q", t.Name, text)
	case text != "" && values[main.Name] != "":
		return nil, fmt.Errorf("%s: %s is given twice, by name and as words", t.Name, main.Name)
	case text != "":
		values[main.Name] = text
	case ok && strings.TrimSpace(values[main.Name]) == "" && main.Default == "":
		return nil, fmt.Errorf("%s needs %s: %s", t.Name, main.Help, t.Example)
	}
	for _, v := range t.Variables {
		if _, set := values[v.Name]; !set {
			values[v.Name] = v.Default
		}
	}
	return values, nil
}

// Options takes values of variables by name ("--sentences 2", "--sentences=2") off the beginning of a line.
func (t *Task) Options(line string) (named Values, rest string) {
	named = Values{}
	for {
		line = strings.TrimSpace(line)
		flag, after := Word(line)
		name, value, joined := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		if !strings.HasPrefix(flag, "--") || !slices.Contains(t.names(), name) {
			return named, line
		}
		if !joined {
			value, after = Word(after)
		}
		named[name], line = value, after
	}
}

// Word is the first word of a text, and what follows it.
func Word(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}

func (t *Task) names() (names []string) {
	for _, v := range t.Variables {
		names = append(names, v.Name)
	}
	return names
}

// check reports a value that the variable does not take.
func (v *Variable) check(value string) error {
	if v.Number {
		if n, err := strconv.Atoi(value); err != nil || n < 1 {
			return fmt.Errorf("%s: found %q, expected a whole number, 1 or more", v.Name, value)
		}
	}
	if len(v.Choices) > 0 && !slices.Contains(v.Choices, value) {
		return fmt.Errorf("%s: found %q, expected %s", v.Name, value, oneOf(v.Choices))
	}
	return nil
}

// oneOf writes a choice for people: "shorter, friendlier or formal".
func oneOf(choices []string) string {
	if len(choices) == 1 {
		return choices[0]
	}
	return strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
}

// Prompt is what the model is asked in the manner m, and the beginning of the reply that is written for it.
func (t *Task) Prompt(m Manner, values Values) (prompt, begin string, err error) {
	f := t.form(m)
	if prompt, err = execute(f.prompt, values); err == nil {
		begin, err = execute(f.begin, values)
	}
	return prompt, begin, err
}

func execute(tmpl *template.Template, values Values) (string, error) {
	var b strings.Builder
	if err := tmpl.Execute(&b, values); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Adjust puts the sampling values of the task in force in p, but for the keys that the user has set. The values were checked
// when the task was read.
func (t *Task) Adjust(p *sample.Params, set func(key string) bool) {
	for _, row := range sample.Table() {
		value, ok := t.Sampling[row.Key]
		if !ok || set(row.Key) {
			continue
		}
		switch at := row.At(p).(type) {
		case *float64:
			*at = value.(float64)
		case *int:
			*at = int(value.(float64))
		case *[]string:
			*at = slices.Clone(value.([]string))
		}
	}
}
