package weights

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"inkling/engine/jsonfile"
)

// A document reads a JSON text value by value. Unlike json.Unmarshal it refuses keys that appear
// twice, keys in the wrong case, null in place of a value, and numbers that are not whole. Errors
// say at which byte they were found.
type document struct {
	decoder *jsontext.Decoder
	all     []byte
	size    int // bytes
}

func newDocument(text []byte) (*document, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8 text")
	}
	// Halves of surrogate pairs become U+FFFD, as in encoding/json.
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return &document{decoder, text, len(text)}, nil
}

// object reads an object and calls member after each key, to read the value.
func (d *document) object(member func(key string) error) error {
	seen := make(map[string]struct{})
	return d.members(func(key string) error {
		if _, twice := seen[key]; twice {
			return d.twice(key)
		}
		seen[key] = struct{}{}
		return member(key)
	})
}

// members is object, but lets keys appear twice.
func (d *document) members(member func(key string) error) error {
	if err := d.delimiter(jsontext.BeginObject, "an object"); err != nil {
		return err
	}
	for d.decoder.PeekKind() != jsontext.KindEndObject {
		key, err := d.text()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
	return d.delimiter(jsontext.EndObject, "the end of the object")
}

// twice is the error for a key that has been there before.
func (d *document) twice(key string) error {
	return fmt.Errorf("byte %d: key %s appears twice", d.decoder.InputOffset(), label(key))
}

// array reads an array and calls element where each value begins.
func (d *document) array(element func() error) error {
	if err := d.delimiter(jsontext.BeginArray, "an array"); err != nil {
		return err
	}
	return d.elements(element)
}

// elements reads the rest of an array, after its bracket.
func (d *document) elements(element func() error) error {
	for d.decoder.PeekKind() != jsontext.KindEndArray {
		if err := element(); err != nil {
			return err
		}
	}
	return d.delimiter(jsontext.EndArray, "the end of the array")
}

// integer reads a whole number from 0 to limit.
func (d *document) integer(limit int64) (int64, error) {
	token, err := d.token()
	if err != nil {
		return 0, err
	}
	if token.Kind() == jsontext.KindNumber {
		if value, err := token.Int(); err == nil && 0 <= value && value <= limit {
			return value, nil
		}
	}
	return 0, d.unexpected(token, fmt.Sprintf("a whole number from 0 to %d", limit))
}

// number reads a finite number.
func (d *document) number() (float64, error) {
	token, err := d.token()
	if err != nil {
		return 0, err
	}
	if token.Kind() == jsontext.KindNumber {
		if value, err := token.Float(); err == nil && !math.IsInf(value, 0) {
			return value, nil
		}
	}
	return 0, d.unexpected(token, "a number")
}

func (d *document) text() (string, error) {
	token, err := d.token()
	if err != nil {
		return "", err
	}
	if token.Kind() == jsontext.KindString {
		return token.String(), nil
	}
	return "", d.unexpected(token, "a string")
}

func (d *document) boolean() (bool, error) {
	token, err := d.token()
	if err != nil {
		return false, err
	}
	if kind := token.Kind(); kind == jsontext.KindTrue || kind == jsontext.KindFalse {
		return token.Bool(), nil
	}
	return false, d.unexpected(token, "true or false")
}

// raw reads a value of any kind as it is written.
func (d *document) raw() (json.RawMessage, error) {
	value, err := d.decoder.ReadValue()
	return json.RawMessage(value.Clone()), d.located(err)
}

// skip reads over a value of any kind.
func (d *document) skip() error { return d.located(d.decoder.SkipValue()) }

// end checks that nothing but white space follows.
func (d *document) end() error {
	token, err := d.decoder.ReadToken()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return d.located(err)
	}
	return d.unexpected(token, "the end of the text")
}

func (d *document) delimiter(want jsontext.Token, expected string) error {
	token, err := d.token()
	if err != nil {
		return err
	}
	if token.Kind() != want.Kind() {
		return d.unexpected(token, expected)
	}
	return nil
}

func (d *document) token() (jsontext.Token, error) {
	token, err := d.decoder.ReadToken()
	return token, d.located(err)
}

func (d *document) unexpected(token jsontext.Token, expected string) error {
	found := shorten(token.String())
	if token.Kind() == jsontext.KindString {
		found = strconv.Quote(found)
	}
	return fmt.Errorf("byte %d: found %s, expected %s", d.decoder.InputOffset(), found, expected)
}

func (d *document) located(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return d.endsEarly()
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if d.decoder.StackDepth() > tooDeep {
			return fmt.Errorf("byte %d: found values within each other, more than %d deep", syntax.ByteOffset, tooDeep)
		}
		return d.damaged(syntax.ByteOffset)
	}
	return fmt.Errorf("byte %d: %w", d.decoder.InputOffset(), err)
}

// endsEarly is the error of a text that goes on beyond its end.
func (d *document) endsEarly() error {
	return fmt.Errorf("the text ends too early, after %d bytes", len(d.all))
}

// tooDeep is a depth near the limit of the decoder.
const tooDeep = 9_000

// damaged is the error of a text that is no JSON from a byte on.
func (d *document) damaged(offset int64) error {
	if offset < 0 || offset >= int64(len(d.all)) {
		return d.endsEarly()
	}
	return fmt.Errorf("byte %d: found %s, which is no JSON", offset, jsonfile.Quote(d.all[offset:]))
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
