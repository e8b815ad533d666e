package task

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/pelletier/go-toml/v2"

	"inkling/engine/sample"
)

//go:embed builtin/*.toml
var builtin embed.FS

// order of the tasks of the program in lists; the user's own follow by name.
var order = []string{"story", "poem", "song", "headline", "slogan", "copy", "picture", "lesson", "quiz", "feedback", "summary",
	"brainstorm", "title", "rewrite"}

// A Library is the tasks that can be done.
type Library struct {
	Tasks    []*Task
	Problems []error // of the user's own files, one line each; their tasks are missing
}

// Open reads the tasks of the program and those of the folder, which need not exist. A task of the folder replaces one of
// the program with the same name.
func Open(folder string) *Library {
	l := &Library{}
	for _, name := range order {
		data, err := builtin.ReadFile("builtin/" + name + ".toml")
		if err != nil {
			panic(err) // embedded, and opened by a test
		}
		t, err := parse(name, "", data)
		if err != nil {
			panic(err)
		}
		l.Tasks = append(l.Tasks, t)
	}
	paths, _ := filepath.Glob(filepath.Join(folder, "*.toml")) // the only error is of the pattern
	slices.Sort(paths)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			l.Problems = append(l.Problems, &fileError{path, "", 0, reason(err)})
			continue
		}
		t, err := parse(strings.TrimSuffix(filepath.Base(path), ".toml"), path, data)
		if err != nil {
			l.Problems = append(l.Problems, err)
			continue
		}
		if i := slices.IndexFunc(l.Tasks, func(o *Task) bool { return o.Name == t.Name }); i >= 0 {
			l.Tasks[i] = t
		} else {
			l.Tasks = append(l.Tasks, t)
		}
	}
	return l
}

func reason(err error) string {
	if failure, ok := errors.AsType[*fs.PathError](err); ok {
		return failure.Err.Error()
	}
	return err.Error()
}

// Find returns the task with the name.
func (l *Library) Find(name string) (*Task, bool) {
	i := slices.IndexFunc(l.Tasks, func(t *Task) bool { return t.Name == name })
	if i < 0 {
		return nil, false
	}
	return l.Tasks[i], true
}

// Names are those of all tasks.
func (l *Library) Names() (names []string) {
	for _, t := range l.Tasks {
		names = append(names, t.Name)
	}
	return names
}

// A fileError says what is wrong in a file, where: file, line and key.
type fileError struct {
	path string
	key  string // "" where there is none
	line int    // from 1; 0: not known
	what string
}

func (e *fileError) Error() string {
	place := e.path
	if e.line > 0 {
		place += fmt.Sprintf(":%d", e.line)
	}
	if e.key != "" {
		place += ": " + e.key
	}
	return place + ": " + e.what
}

// file is a task as TOML has it.
type file struct {
	Description string              `toml:"description"`
	Example     string              `toml:"example"`
	Checks      []string            `toml:"checks"`
	Parts       bool                `toml:"parts"`
	Extract     bool                `toml:"extract"`
	Kit         []string            `toml:"kit"`
	Variables   map[string]variable `toml:"variables"`
	Sampling    map[string]any      `toml:"sampling"`
	Chat        *manner             `toml:"chat"`
	Starter     *manner             `toml:"starter"`
	Plain       *manner             `toml:"plain"`
	Followups   map[string]followup `toml:"followups"`
}

type variable struct {
	Help    string   `toml:"help"`
	Words   bool     `toml:"words"`
	Number  bool     `toml:"number"`
	Choices []string `toml:"choices"`
	Default string   `toml:"default"`
}

type manner struct {
	Prompt string   `toml:"prompt"`
	Begin  string   `toml:"begin"`
	Stop   []string `toml:"stop"`
}

type followup struct {
	Help   string `toml:"help"`
	Prompt string `toml:"prompt"`
	Plain  string `toml:"plain"`
}

// parse reads a task. The error is a fileError.
func parse(name, path string, data []byte) (*Task, error) {
	if path == "" {
		path = "builtin/" + name + ".toml"
	}
	r := &reader{path: path, lines: lines(data)}
	var f file
	decoder := toml.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, r.decoding(err)
	}
	t := &Task{Name: name, Path: path, Description: f.Description, Example: f.Example, Checks: f.Checks, Parts: f.Parts,
		Extract: f.Extract, Kit: f.Kit, Sampling: map[string]any{}}
	if f.Description == "" {
		return nil, r.fail("description", "missing; say in a line what the task does")
	}
	if err := r.variables(t, f.Variables); err != nil {
		return nil, err
	}
	for key, value := range f.Sampling {
		if err := r.sampling(t, key, value); err != nil {
			return nil, err
		}
	}
	if err := r.forms(t, f); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(f.Followups)) {
		u := f.Followups[name]
		if u.Prompt == "" {
			return nil, r.fail("followups."+name, "found no prompt, expected what to ask after the first reply")
		}
		t.Followups = append(t.Followups, Followup{Name: name, Help: u.Help, Prompt: u.Prompt, Plain: u.Plain})
	}
	return t, r.checks(t)
}

// A reader knows where the keys of a file stand.
type reader struct {
	path  string
	lines map[string]int
}

func (r *reader) fail(key, format string, args ...any) error {
	return &fileError{r.path, key, r.lines[key], fmt.Sprintf(format, args...)}
}

// decoding is the error of the TOML decoder in our words.
func (r *reader) decoding(err error) error {
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(missing.Errors) > 0 {
		first := missing.Errors[0]
		line, _ := first.Position()
		return &fileError{r.path, strings.Join(first.Key(), "."), line, "unknown key"}
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := wrong.Position()
		return &fileError{r.path, strings.Join(wrong.Key(), "."), line, plainWords(wrong.Error())}
	}
	return &fileError{r.path, "", 0, plainWords(err.Error())}
}

// plainWords takes the names of libraries and of Go's types out of a message.
func plainWords(text string) string {
	text = strings.TrimPrefix(text, "toml: ")
	if _, kind, ok := strings.Cut(text, "cannot decode TOML "); ok {
		found, into, _ := strings.Cut(kind, " into ")
		if i := strings.LastIndex(into, "of type "); i >= 0 {
			into = into[i+len("of type "):]
		}
		return "found " + tomlWords(found) + ", expected " + goWords(into)
	}
	if strings.HasPrefix(text, "cannot store an array table") {
		return "found a list of tables, expected a table"
	}
	return text
}

// tomlWords is a kind of value as the TOML decoder calls it, with its article.
func tomlWords(kind string) string {
	switch kind {
	case "string":
		return "a text"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "integer", "float":
		return "a number"
	case "inline table":
		return "a table"
	}
	return "a date or time"
}

// goWords is what a field of file takes.
func goWords(kind string) string {
	switch kind = strings.TrimPrefix(kind, "*"); {
	case kind == "string":
		return "a text"
	case kind == "bool":
		return "true or false"
	case strings.HasPrefix(kind, "[]"):
		return "a list of texts"
	}
	return "a table"
}

func (r *reader) variables(t *Task, all map[string]variable) error {
	words := ""
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v, key := all[name], "variables."+name
		switch {
		case v.Words && words != "":
			return r.fail(key, "words = true stands in variables.%s too; one variable takes the words", words)
		case v.Number && len(v.Choices) > 0:
			return r.fail(key, "has both number and choices; leave one out")
		case strings.ContainsFunc(name, func(c rune) bool { return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_') }):
			return r.fail(key, "expected a name of small letters, digits and _")
		}
		if v.Words {
			words = name
		}
		made := Variable{Name: name, Help: v.Help, Words: v.Words, Number: v.Number, Choices: v.Choices, Default: v.Default}
		if v.Default != "" {
			if err := made.check(v.Default); err != nil {
				return r.fail(key+".default", "%s", strings.TrimPrefix(err.Error(), name+": "))
			}
		}
		t.Variables = append(t.Variables, made)
	}
	return nil
}

// sampling takes one value over, if it is a parameter's and in its range.
func (r *reader) sampling(t *Task, key string, value any) error {
	at := "sampling." + key
	rows := sample.Table()
	i := slices.IndexFunc(rows, func(row sample.Row) bool { return row.Key == key })
	if i < 0 {
		return r.fail(at, "unknown key; /set in the chat lists the settings of sampling")
	}
	row, p := &rows[i], sample.Neutral()
	number, isNumber := value.(float64)
	if n, ok := value.(int64); ok {
		number, isNumber = float64(n), true
	}
	switch row.At(&p).(type) {
	case *float64:
		if !isNumber || !row.Holds(number) {
			return r.fail(at, "found %v, expected %s", value, row.Numbers())
		}
		t.Sampling[key] = number
	case *int:
		if !isNumber || number != math.Trunc(number) || !row.Holds(number) {
			return r.fail(at, "found %v, expected %s", value, row.Wholes())
		}
		t.Sampling[key] = number
	case *[]string:
		items, ok := value.([]any)
		texts := []string{}
		for _, item := range items {
			text, isText := item.(string)
			ok = ok && isText && text != ""
			texts = append(texts, text)
		}
		if !ok {
			return r.fail(at, "found %v, expected a list of texts", value)
		}
		t.Sampling[key] = texts
	default:
		return r.fail(at, "cannot be set by a task")
	}
	return nil
}

func (r *reader) forms(t *Task, f file) error {
	for m, source := range []*manner{Chat: f.Chat, Starter: f.Starter, Plain: f.Plain} {
		key := [...]string{Chat: "chat", Starter: "starter", Plain: "plain"}[m]
		if source == nil {
			if Manner(m) == Chat {
				return r.fail("chat", "missing; every task has a prompt for chat models")
			}
			continue
		}
		prompt, err := r.template(t, key+".prompt", source.Prompt)
		if err != nil {
			return err
		}
		if strings.TrimSpace(source.Prompt) == "" {
			return r.fail(key+".prompt", "missing or empty")
		}
		if slices.Contains(source.Stop, "") {
			return r.fail(key+".stop", "an empty string would stop everything; leave it out")
		}
		begin, err := r.template(t, key+".begin", source.Begin)
		if err != nil {
			return err
		}
		t.forms[m] = &form{prompt, begin, source.Stop}
	}
	return nil
}

// template parses a template and tries it, so that a wrong name is told when the file is read.
func (r *reader) template(t *Task, key, text string) (*template.Template, error) {
	tmpl, err := template.New("").Option("missingkey=error").Parse(text)
	if err == nil {
		trial := Values{}
		for _, v := range t.Variables {
			trial[v.Name] = "1"
		}
		_, err = execute(tmpl, trial)
	}
	if err != nil {
		what := err.Error()
		if _, name, ok := strings.Cut(what, "map has no entry for key "); ok {
			return nil, r.fail(key, "no variable %s; add [variables.%s]", name, strings.Trim(name, `"`))
		}
		what = strings.TrimPrefix(what, "template: ")
		if _, rest, ok := strings.Cut(what, ": "); ok {
			what = rest
		}
		return nil, r.fail(key, "the template cannot be read: %s", what)
	}
	return tmpl, nil
}

// checks prepares the checks, and tries their names.
func (r *reader) checks(t *Task) error {
	for _, text := range t.Checks {
		tmpl, err := r.template(t, "checks", text)
		if err != nil {
			return err
		}
		trial := Values{}
		for _, v := range t.Variables {
			trial[v.Name] = "1"
			if v.Words {
				trial[v.Name] = "a text"
			}
		}
		line, err := execute(tmpl, trial)
		if err != nil {
			return r.fail("checks", "%s", err)
		}
		if strings.TrimSpace(line) != "" {
			if _, err := parseCheck(line, t); err != nil {
				return r.fail("checks", "%s", err)
			}
		}
		t.checks = append(t.checks, tmpl)
	}
	return nil
}

// lines finds the line of each key, for errors that the decoder does not make.
func lines(data []byte) map[string]int {
	at, table := map[string]int{}, ""
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			table, _, _ = strings.Cut(strings.Trim(line, "["), "]")
			table = strings.TrimSpace(table)
			at[table] = i + 1
			table += "."
			continue
		}
		if key, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			key = table + strings.Trim(strings.TrimSpace(key), `"'`)
			if _, known := at[key]; !known {
				at[key] = i + 1
			}
		}
	}
	return at
}
