package weights

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A document reads a JSON text value by value. Unlike json.Unmarshal it refuses keys that appear
// twice, keys in the wrong case, null in place of a value, and numbers that are not whole. Errors
// say at which byte they were found.
type document struct {
	decoder *json.Decoder
}

func newDocument(text []byte) (*document, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8 text")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return &document{decoder}, nil
}

// object reads an object and calls member after each key, to read the value.
func (d *document) object(member func(key string) error) error {
	if err := d.delimiter('{', "an object"); err != nil {
		return err
	}
	seen := make(map[string]struct{})
	for d.decoder.More() {
		key, err := d.text()
		if err != nil {
			return err
		}
		if _, twice := seen[key]; twice {
			return fmt.Errorf("byte %d: key %s appears twice", d.decoder.InputOffset(), label(key))
		}
		seen[key] = struct{}{}
		if err := member(key); err != nil {
			return err
		}
	}
	return d.delimiter('}', "the end of the object")
}

// array reads an array and calls element where each value begins.
func (d *document) array(element func() error) error {
	if err := d.delimiter('[', "an array"); err != nil {
		return err
	}
	return d.elements(element)
}

// elements reads the rest of an array, after its bracket.
func (d *document) elements(element func() error) error {
	for d.decoder.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return d.delimiter(']', "the end of the array")
}

// integer reads a whole number from 0 to limit.
func (d *document) integer(limit int64) (int64, error) {
	token, err := d.token()
	if err != nil {
		return 0, err
	}
	if number, ok := token.(json.Number); ok {
		if value, err := strconv.ParseInt(number.String(), 10, 64); err == nil && 0 <= value && value <= limit {
			return value, nil
		}
	}
	return 0, d.unexpected(token, fmt.Sprintf("a whole number from 0 to %d", limit))
}

func (d *document) text() (string, error) {
	token, err := d.token()
	if err != nil {
		return "", err
	}
	if text, ok := token.(string); ok {
		return text, nil
	}
	return "", d.unexpected(token, "a string")
}

func (d *document) boolean() (bool, error) {
	token, err := d.token()
	if err != nil {
		return false, err
	}
	if value, ok := token.(bool); ok {
		return value, nil
	}
	return false, d.unexpected(token, "true or false")
}

// raw reads a value of any kind as it is written.
func (d *document) raw() (json.RawMessage, error) {
	var value json.RawMessage
	err := d.located(d.decoder.Decode(&value))
	return value, err
}

// skip reads over a value of any kind.
func (d *document) skip() error {
	var value json.RawMessage
	return d.located(d.decoder.Decode(&value))
}

// end checks that nothing but white space follows.
func (d *document) end() error {
	token, err := d.decoder.Token()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return d.located(err)
	}
	return d.unexpected(token, "the end of the text")
}

func (d *document) delimiter(want json.Delim, expected string) error {
	token, err := d.token()
	if err != nil {
		return err
	}
	if token != want {
		return d.unexpected(token, expected)
	}
	return nil
}

func (d *document) token() (json.Token, error) {
	token, err := d.decoder.Token()
	return token, d.located(err)
}

func (d *document) unexpected(token json.Token, expected string) error {
	var found string
	switch token := token.(type) {
	case nil:
		found = "null"
	case string:
		found = strconv.Quote(shorten(token))
	default:
		found = shorten(fmt.Sprint(token))
	}
	return fmt.Errorf("byte %d: found %s, expected %s", d.decoder.InputOffset(), found, expected)
}

func (d *document) located(err error) error {
	offset := d.decoder.InputOffset()
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case errors.As(err, &syntax):
		offset = syntax.Offset
	}
	return fmt.Errorf("byte %d: %w", offset, err)
}

// label is text from a file as a message shows it: short, on one line, without control characters.
func label(text string) string {
	text = shorten(text)
	odd := func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}

func shorten(text string) string {
	const longest = 80
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}
