package gguf

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Metadata is the keys of a file with their values, in the order of the file.
type Metadata []Pair

// A Pair is a key with its value, of one of the types bool, string, uint8, int8, uint16, int16, uint32, int32, uint64,
// int64, float32, float64, or a slice of one of them.
type Pair struct {
	Key   string
	Value any
}

// ErrNoKey is the error for a key that the metadata lacks.
var ErrNoKey = errors.New("the file lacks this key")

func (m Metadata) value(key string) (any, error) {
	for _, p := range m {
		if p.Key == key {
			return p.Value, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", label(key), ErrNoKey)
}

// get returns the value of a key when it has the type T.
func get[T any](m Metadata, key, expected string) (T, error) {
	value, err := m.value(key)
	if err != nil {
		var zero T
		return zero, err
	}
	typed, ok := value.(T)
	if !ok {
		return typed, unexpected(key, value, expected)
	}
	return typed, nil
}

func unexpected(key string, value any, expected string) error {
	return fmt.Errorf("%s: found %s, expected %s", label(key), describe(value), expected)
}

// Text returns the string of a key.
func (m Metadata) Text(key string) (string, error) { return get[string](m, key, "a string") }

// Texts returns the array of strings of a key. It must not be changed.
func (m Metadata) Texts(key string) ([]string, error) {
	return get[[]string](m, key, "an array of strings")
}

// Bool returns the truth value of a key.
func (m Metadata) Bool(key string) (bool, error) { return get[bool](m, key, "true or false") }

// Float returns the number of a key of type float32 or float64.
func (m Metadata) Float(key string) (float64, error) {
	value, err := m.value(key)
	if err != nil {
		return 0, err
	}
	switch x := value.(type) {
	case float32:
		return float64(x), nil
	case float64:
		return x, nil
	}
	return 0, unexpected(key, value, "a floating-point number")
}

// Int returns the number of a key of any integer type, from 0 to most.
func (m Metadata) Int(key string, most int) (int, error) {
	value, err := m.value(key)
	if err != nil {
		return 0, err
	}
	x, ok := integer(value)
	if !ok || x < 0 || x > int64(most) {
		return 0, unexpected(key, value, fmt.Sprintf("a whole number from 0 to %d", most))
	}
	return int(x), nil
}

func integer(value any) (int64, bool) {
	switch x := value.(type) {
	case uint8:
		return int64(x), true
	case int8:
		return int64(x), true
	case uint16:
		return int64(x), true
	case int16:
		return int64(x), true
	case uint32:
		return int64(x), true
	case int32:
		return int64(x), true
	case int64:
		return x, true
	case uint64:
		return int64(x), x <= math.MaxInt64
	}
	return 0, false
}

// Int32s returns the array of a key of type int32 or uint32. It must not be changed.
func (m Metadata) Int32s(key string) ([]int32, error) {
	value, err := m.value(key)
	if err != nil {
		return nil, err
	}
	switch x := value.(type) {
	case []int32:
		return x, nil
	case []uint32:
		values := make([]int32, len(x))
		for i := range x {
			if x[i] > math.MaxInt32 {
				return nil, fmt.Errorf("%s: found %d, expected at most %d", label(key), x[i], math.MaxInt32)
			}
			values[i] = int32(x[i])
		}
		return values, nil
	}
	return nil, unexpected(key, value, "an array of 32-bit integers")
}

// alignment returns the alignment of the data.
func (m Metadata) alignment() (int64, error) {
	value, err := m.value(alignmentKey)
	if err != nil {
		return defaultAlignment, nil
	}
	n, ok := value.(uint32)
	if !ok || n == 0 || n&(n-1) != 0 || n > maxAlignment {
		return 0, unexpected(alignmentKey, value, fmt.Sprintf("a uint32 that is a power of two up to %d", maxAlignment))
	}
	return int64(n), nil
}

// describe is a value as a message shows it: its type, and numbers and short strings as they are.
func describe(value any) string {
	switch x := value.(type) {
	case string:
		return fmt.Sprintf("the string %.60q", x)
	case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64:
		return fmt.Sprintf("%v (%T)", x, x)
	}
	return "an array of " + strings.TrimPrefix(fmt.Sprintf("%T", value), "[]")
}

// label is text from a file as a message shows it: short, on one line, without control characters.
func label(text string) string {
	for _, r := range text {
		if r <= ' ' || r > '~' || r == '"' {
			return fmt.Sprintf("%.60q", text)
		}
	}
	if text == "" || len(text) > 60 {
		return fmt.Sprintf("%.60q", text)
	}
	return text
}
