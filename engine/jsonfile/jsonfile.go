// Package jsonfile decodes JSON files that come with a model, and says in plain words what is wrong with one: the key, what
// was found, what was expected.
package jsonfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unmarshal is json.Unmarshal with errors for a person: one line, which names the key that is wrong.
func Unmarshal(data []byte, into any) error {
	return Words(data, json.Unmarshal(data, into))
}

// Words is an error of package json about a text, in plain words.
func Words(data []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return damaged(data, syntax.Offset)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		path, value := lookUp(data, wrong.Field)
		if path != "" {
			path = Label(path) + ": "
		}
		return fmt.Errorf("%sfound %s, expected %s", path, found(value, wrong), expected(wrong.Type))
	}
	return err
}

// damaged is the error of a text that is no JSON from a byte on, the first of which is 1.
func damaged(data []byte, offset int64) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("found nothing, expected JSON")
	}
	if offset < 1 || offset >= int64(len(data)) {
		if offset == int64(len(data)) && json.Valid(append(bytes.Clone(data[:len(data)-1]), ' ')) {
			return fmt.Errorf("byte %d: found %s, expected the end of the text", offset, Quote(data[offset-1:]))
		}
		return fmt.Errorf("the text ends too early, after %d bytes", len(data))
	}
	return fmt.Errorf("byte %d: found %s, which is no JSON", offset, Quote(data[offset-1:]))
}

// Quote is the first character of a text, as a message shows it.
func Quote(text []byte) string {
	r, size := utf8.DecodeRune(text)
	if r == utf8.RuneError && size <= 1 {
		if len(text) == 0 {
			return "the end of the text"
		}
		return fmt.Sprintf("the byte 0x%02X", text[0])
	}
	return strconv.QuoteRune(r)
}

// Found is a JSON value as a message shows it.
func Found(value []byte) string {
	switch value = bytes.TrimSpace(value); {
	case len(value) == 0:
		return "nothing"
	case value[0] == '{':
		return "an object"
	case value[0] == '[' && len(value) > 20:
		return "an array"
	}
	return shorten(string(value))
}

// found is what stands where something else was expected.
func found(value []byte, wrong *json.UnmarshalTypeError) string {
	if len(value) > 0 {
		if value[0] == '[' {
			return "an array"
		}
		return Found(value)
	}
	switch kind, number, _ := strings.Cut(wrong.Value, " "); {
	case number != "":
		return shorten(number)
	case kind == "bool":
		return "true or false"
	case kind == "array" || kind == "object":
		return "an " + kind
	default:
		return "a " + kind
	}
}

// lookUp is the value at a path of keys with dots between, nil where there is none, and the path as the text spells it:
// package json names a field without a tag as Go does.
func lookUp(data []byte, path string) (spelt string, value []byte) {
	var keys []string
	for key := range strings.SplitSeq(path, ".") {
		if path == "" {
			break
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) != nil {
			return path, nil
		}
		value, ok := object[key]
		for other := range object {
			if !ok && strings.EqualFold(other, key) {
				key, value, ok = other, object[other], true
			}
		}
		if !ok {
			return path, nil
		}
		keys, data = append(keys, key), value
	}
	return strings.Join(keys, "."), bytes.TrimSpace(data)
}

// expected is what a Go type takes, in the words of JSON.
func expected(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	}
	return "another value"
}

// Label is text from a file as a message shows it: short, on one line, without control characters.
func Label(text string) string {
	text = shorten(text)
	odd := func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}

// shorten is a text on one line that is not long.
func shorten(text string) string {
	const longest = 80
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		text = strings.Trim(strconv.Quote(text), `"`)
	}
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

// Path is a path as a message shows it: where it is long, its beginning and its end.
func Path(path string) string {
	const longest, head, tail = 200, 60, 120
	if len(path) <= longest {
		return path
	}
	return strings.ToValidUTF8(path[:head]+"\xff"+path[len(path)-tail:], "...")
}
