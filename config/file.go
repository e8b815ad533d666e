package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// entry is a key of a config file with its value, or the header of a table.
type entry struct {
	file   string
	path   []string // of keys: "presets", "dialogue", "top_k"
	key    position
	value  position // where the value begins; of a header its key
	header bool
	inner  []entry        // of an inline table
	all    map[string]any // the whole document
}

// position is a place in a file; both count from 1, columns in characters.
type position struct{ line, column int }

// at returns the value of the first n keys of the path: string, int64, float64, bool, []any, map[string]any or a time.
func (e entry) at(n int) (any, bool) {
	var value any = e.all
	for _, key := range e.path[:n] {
		table, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = table[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

// belongsTo tells the entry, and those within it, of their document.
func (e *entry) belongsTo(file string, all map[string]any) {
	e.file, e.all = file, all
	for i := range e.inner {
		e.inner[i].belongsTo(file, all)
	}
}

// place is what errors begin with: a position in the file.
func (e entry) place(p position) string {
	return fmt.Sprintf("%s:%d:%d", printable(e.file), p.line, p.column)
}

// refused is the error of a value, that of the first n keys, in place of which something else was expected.
func (e entry) refused(n int, expected string) error {
	value, _ := e.at(n)
	return fmt.Errorf("%s: %s: found %s, expected %s", e.place(e.value), dotted(e.path[:n]), describe(value), expected)
}

// unknown is the error of the nth key of the path, which is none of names. Without any like it, advice tells where they are.
func (e entry) unknown(n int, names []string, advice string) error {
	what := "unknown key"
	if value, _ := e.at(n); isTable(value) {
		what = "unknown table"
	}
	if near := Nearest(e.path[n-1], names); near != "" {
		advice = "did you mean " + quote(near) + "?"
	}
	return fmt.Errorf("%s: %s: %s; %s", e.place(e.key), dotted(e.path[:n]), what, advice)
}

func isMap(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// isTable reports whether a value is a table or a list of them.
func isTable(v any) bool {
	items, ok := v.([]any)
	return isMap(v) || ok && len(items) > 0 && isMap(items[0])
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// dotted writes a path of keys as TOML does.
func dotted(path []string) string {
	var keys []string
	for _, key := range path {
		key = shorten(key)
		if !bare.MatchString(key) {
			key = quote(key)
		}
		keys = append(keys, key)
	}
	return strings.Join(keys, ".")
}

// mustExist is an error when nothing is at the path that INKLING_CONFIG names.
func mustExist(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %s: %w: correct or unset the variable, or write the file with \"inkling config --init\"",
			configVariable, printable(path), fs.ErrNotExist)
	}
	return nil
}

// readFile returns the entries of the config file in their order, and whether
// there is a file at all.
func readFile(path string) ([]entry, bool, error) {
	if path == "" {
		return nil, false, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("cannot read the config file: %w", err)
	}
	entries, err := parse(path, data)
	return entries, true, err
}

// parse returns the keys of a TOML document in their order. file is what errors call the document.
func parse(file string, data []byte) ([]entry, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as some editors on Windows begin a file

	var all map[string]any
	err := toml.Unmarshal(data, &all)
	if broken, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := broken.Position() // in bytes
		text := bytes.SplitAfter(data, []byte("\n"))[line-1]
		text, rest := text[:min(column-1, len(text))], text[min(column-1, len(text)):]
		at := entry{file: file}.place(position{line, 1 + utf8.RuneCount(text)})
		return nil, fmt.Errorf("%s: %s", at, syntax(broken.Error(), rest))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s", printable(file), syntax(err.Error(), nil))
	}
	var known []entry
	for _, e := range locate(data) {
		e.belongsTo(file, all)
		if _, ok := e.at(len(e.path)); ok { // all but what stands within a list of tables
			known = append(known, e)
		}
	}
	return known, nil
}

// Messages of the TOML library: a byte as a character, "U+0062 'b'", and what needs other words.
var (
	character = regexp.MustCompile(`U\+[0-9A-F]{4} '.'`)
	noValue   = regexp.MustCompile(`^unexpected character U\+000[AD] at start of value$|^expected value, not end of input$`)
	unquoted  = regexp.MustCompile(`^unexpected character ('.') at start of value$`)
	float     = regexp.MustCompile(`^unable to parse float.*`)
)

// syntax says in a line what is wrong with a document, from the rest of a line on.
func syntax(message string, rest []byte) string {
	message = strings.TrimPrefix(message, "toml: ")
	if r, size := utf8.DecodeRune(rest); size > 0 {
		message = character.ReplaceAllString(message, "'"+string(r)+"'")
	}
	message = noValue.ReplaceAllString(message, "expected a value after '='")
	message = float.ReplaceAllString(message, "number out of range")
	message = unquoted.ReplaceAllString(message, "found $1, expected a value; texts stand in quotes")
	return printable(message)
}
