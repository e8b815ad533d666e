package config

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"inkling/engine/sample"
)

// Kind is what a setting's values are.
type Kind string

// The kinds of settings. Their texts name the value in the help of a flag.
const (
	Text    Kind = "string"
	Number  Kind = "number"
	Integer Kind = "int"
	Boolean Kind = "bool"
	List    Kind = "strings" // of texts
	Seed    Kind = "seed"    // a number or "random"
)

// value is a field of a Settings seen as a value of its kind. parse and decode
// store nothing and report false when they are not given what is expected.
type value interface {
	kind() Kind
	expected() string       // for people: "a number from 0 to 1"
	parse(text string) bool // from the environment or the command line
	decode(v any) bool      // from TOML: string, int64, float64, bool, []any
	literal() string        // as TOML
	String() string         // as people write it where no TOML is asked for
}

// refused is the error of a value that was given something else than it expects.
func refused(place string, found any, v value) error {
	return fmt.Errorf("%s: found %s, expected %s", place, describe(found), v.expected())
}

type text struct {
	to      *string
	choices []string // nil for any text
	filled  bool     // the empty text is refused
}

func (t *text) kind() Kind      { return Text }
func (t *text) literal() string { return quote(*t.to) }
func (t *text) String() string  { return *t.to }

func (t *text) expected() string {
	switch {
	case t.choices != nil:
		quoted := make([]string, len(t.choices))
		for i, choice := range t.choices {
			quoted[i] = quote(choice)
		}
		return either(quoted)
	case t.filled:
		return "a text that is not empty"
	}
	return "a text"
}

func (t *text) parse(s string) bool {
	if t.filled && s == "" {
		return false
	}
	if t.choices != nil && !slices.Contains(t.choices, s) {
		return false
	}
	*t.to = s
	return true
}

func (t *text) decode(v any) bool {
	s, ok := v.(string)
	return ok && t.parse(s)
}

type number struct {
	to *float64
	in sample.Range
}

func (n *number) kind() Kind       { return Number }
func (n *number) expected() string { return n.in.Numbers() }
func (n *number) literal() string  { return formatFloat(*n.to) }
func (n *number) String() string   { return n.literal() }

func (n *number) parse(s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && n.decode(f)
}

func (n *number) decode(v any) bool {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case int64:
		f = float64(v)
	default:
		return false
	}
	if !n.in.Holds(f) {
		return false
	}
	*n.to = f
	return true
}

type integer struct {
	to *int
	in sample.Range
}

func (i *integer) kind() Kind       { return Integer }
func (i *integer) expected() string { return i.in.Wholes() }
func (i *integer) literal() string  { return strconv.Itoa(*i.to) }
func (i *integer) String() string   { return i.literal() }

func (i *integer) parse(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && i.decode(n)
}

func (i *integer) decode(v any) bool {
	n, ok := v.(int64)
	if !ok || !i.in.Holds(float64(n)) {
		return false
	}
	*i.to = int(n)
	return true
}

type boolean struct{ to *bool }

func (b *boolean) kind() Kind       { return Boolean }
func (b *boolean) expected() string { return "true or false" }
func (b *boolean) literal() string  { return strconv.FormatBool(*b.to) }
func (b *boolean) String() string   { return b.literal() }

func (b *boolean) parse(s string) bool {
	v, err := strconv.ParseBool(s)
	return err == nil && b.decode(v)
}

func (b *boolean) decode(v any) bool {
	is, ok := v.(bool)
	if ok {
		*b.to = is
	}
	return ok
}

type list struct{ to *[]string }

func (l *list) kind() Kind { return List }

func (l *list) expected() string {
	return `a list of texts that are not empty, such as ["User:", "\n\n"]`
}

func (l *list) literal() string {
	quoted := make([]string, len(*l.to))
	for i, s := range *l.to {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func (l *list) String() string {
	if len(*l.to) == 0 {
		return ""
	}
	return l.literal()
}

func (l *list) parse(s string) bool {
	var items []any
	err := json.Unmarshal([]byte(s), &items)
	return err == nil && items != nil && l.decode(items)
}

func (l *list) decode(v any) bool {
	items, ok := v.([]any)
	if !ok {
		return false
	}
	texts := []string{} // not nil, as in Defaults
	for _, item := range items {
		s, ok := item.(string)
		if !ok || s == "" {
			return false
		}
		texts = append(texts, s)
	}
	*l.to = texts
	return true
}

const random = "random"

// seed is a uint64, or nil for "random". TOML's integers end at 2^63-1: above
// that the number stands in quotes.
type seed struct{ to **uint64 }

func (s *seed) kind() Kind { return Seed }

func (s *seed) expected() string {
	return `a whole number from 0 to 18446744073709551615, or "random"`
}

func (s *seed) literal() string {
	if *s.to == nil || **s.to > math.MaxInt64 {
		return quote(s.String())
	}
	return s.String()
}

func (s *seed) String() string {
	if *s.to == nil {
		return random
	}
	return strconv.FormatUint(**s.to, 10)
}

func (s *seed) parse(text string) bool {
	if text == random {
		*s.to = nil
		return true
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return false
	}
	*s.to = &n
	return true
}

func (s *seed) decode(v any) bool {
	switch v := v.(type) {
	case string:
		return s.parse(v)
	case int64:
		return s.parse(strconv.FormatInt(v, 10)) // refuses negative ones
	}
	return false
}
