package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// fields are those of a request's object that have not been read yet. The first thing wrong with one is kept in err.
type fields struct {
	left  map[string]json.RawMessage
	limit *int // of tokens, where one is asked for
	err   *fault
}

// readFields reads the object that a body is. Fields that are null count as left out.
func readFields(body []byte) (*fields, *fault) {
	if !utf8.Valid(body) {
		return nil, failing(http.StatusBadRequest, "invalid_json", "the body is not valid UTF-8")
	}
	f := &fields{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&f.left); err != nil || f.left == nil {
		return nil, failing(http.StatusBadRequest, "invalid_json", "the body is no JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, failing(http.StatusBadRequest, "invalid_json", "the body goes on behind its JSON object")
	}
	maps.DeleteFunc(f.left, func(_ string, raw json.RawMessage) bool { return string(raw) == "null" })
	return f, nil
}

// take reads a field into to, a pointer, and reports whether it is there. expected says for people what it may be.
func (f *fields) take(name string, to any, expected string) bool {
	raw, ok := f.left[name]
	if !ok {
		return false
	}
	delete(f.left, name)
	if json.Unmarshal(raw, to) != nil {
		f.fail(wrong(name, "found %s, expected %s", short(raw), expected))
		return false
	}
	return true
}

// whole reads a whole number of a range.
func (f *fields) whole(name string, to *int, low, high int) bool {
	expected := "a whole number"
	if !f.take(name, to, expected) {
		return false
	}
	if *to < low || *to > high {
		f.fail(wrong(name, "found %d, expected a whole number from %d to %d", *to, low, high))
		return false
	}
	return true
}

// idle drops fields that ask for nothing: they say something for the records of a service, or what is the case anyway.
func (f *fields) idle(names ...string) {
	for _, name := range names {
		delete(f.left, name)
	}
}

// unless drops a field whose value is one of those that change nothing.
func (f *fields) unless(name string, values ...string) {
	raw, ok := f.left[name]
	var compact bytes.Buffer
	if ok && json.Compact(&compact, raw) == nil && slices.Contains(values, compact.String()) {
		delete(f.left, name)
	}
}

func (f *fields) fail(err *fault) {
	if f.err == nil {
		f.err = err
	}
}

// end returns what is wrong with the fields: the first one found, or a field that nobody has read.
func (f *fields) end() *fault {
	if f.err == nil && len(f.left) > 0 {
		f.err = unsupported(short([]byte(slices.Min(slices.Collect(maps.Keys(f.left))))))
	}
	return f.err
}

// short is the beginning of what somebody sent, for a message.
func short(raw []byte) string {
	const most = 40
	text := strings.ToValidUTF8(string(raw), "")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
