package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// entry is one top-level key of a config file.
type entry struct {
	key   string
	line  int // 1 is the first
	value any // string, int64, float64, bool, []any, map[string]any or a time
}

// unknown is the error of an entry whose key is no setting.
func (e entry) unknown(path string) error {
	if _, table := e.value.(map[string]any); table {
		return fmt.Errorf("%s:%d: unknown table %s: settings are keys at the top level, without tables",
			printable(path), e.line, quote(e.key))
	}
	advice := `"inkling config" lists the keys`
	if key := Nearest(e.key, keys()); key != "" {
		advice = "did you mean " + quote(key) + "?"
	}
	return fmt.Errorf("%s:%d: unknown key %s: %s", printable(path), e.line, quote(e.key), advice)
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

// parse returns the top-level keys of a TOML document in their order. path is
// what errors call the document.
func parse(path string, data []byte) ([]entry, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as some editors on Windows begin a file

	var values map[string]any
	err := toml.Unmarshal(data, &values)
	if broken, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := broken.Position()
		return nil, fmt.Errorf("%s:%d:%d: %s", printable(path), line, column,
			printable(strings.TrimPrefix(broken.Error(), "toml: ")))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", printable(path), err)
	}

	// A map has no positions. Decoding strictly into a struct without fields
	// reports every key as unknown, with its position, in order.
	var none struct{}
	err = toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&none)
	all, ok := errors.AsType[*toml.StrictMissingError](err)
	if !ok {
		return nil, nil // no keys
	}
	var entries []entry
	for _, found := range all.Errors {
		key := found.Key()[0]
		value, ok := values[key]
		if !ok {
			continue // an earlier line of the same table
		}
		delete(values, key)
		line, _ := found.Position()
		entries = append(entries, entry{key, line, value})
	}
	return entries, nil
}
