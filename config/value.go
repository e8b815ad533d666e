package config

import (
	"encoding/json"
	"fmt"
	"maps"
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
	Pairs   Kind = "pairs"   // texts by names
)

// value is a field of a Settings seen as a value of its kind. parse and decode
// store nothing and report false when they are not given what is expected.
type value interface {
	kind() Kind
	expected() string       // for people: "a number from 0 to 1"
	parse(text string) bool // from the environment or the command line
	decode(v any) bool      // from TOML: string, int64, float64, bool, []any, map[string]any
	raw() any               // as decode takes it
	literal() string        // as TOML
	String() string         // as people write it where no TOML is asked for
}

// misfit is the error of a value that was given something else than it expects.
func misfit(found any, v value) error {
	return fmt.Errorf("found %s, expected %s", describe(found), v.expected())
}

// Words are the texts that a setting may be; all of them if it is zero.
type Words struct {
	Fit      func(string) bool
	Expected string // for people: "a text that is not empty"
}

func (w Words) fit(s string) bool { return w.Fit == nil || w.Fit(s) }

// filled are all texts but the empty one.
var filled = Words{func(s string) bool { return s != "" }, "a text that is not empty"}

type text struct {
	to      *string
	choices []string // nil for any text that is among the words
	words   Words
}

func (t *text) kind() Kind      { return Text }
func (t *text) raw() any        { return *t.to }
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
	case t.words.Expected != "":
		return t.words.Expected
	}
	return "a text"
}

func (t *text) parse(s string) bool {
	if !t.words.fit(s) || t.choices != nil && !slices.Contains(t.choices, s) {
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
func (n *number) raw() any         { return *n.to }
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
func (i *integer) raw() any         { return int64(*i.to) }
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
func (b *boolean) raw() any         { return *b.to }
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

type list struct {
	to    *[]string
	words Words // of each text
	one   bool  // a single text stands for the list of it

	choices []string // all texts that there are, of which each may be there once; nil for any
}

func (l *list) kind() Kind       { return List }
func (l *list) expected() string { return l.words.Expected }
func (l *list) raw() any         { return anys(*l.to) }

func (l *list) literal() string {
	if l.one && len(*l.to) == 1 {
		return quote((*l.to)[0])
	}
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

// parse takes a list as JSON has it; any other text is the only one of the list, and no text is none.
func (l *list) parse(s string) bool {
	if s == "" {
		return l.decode([]any{})
	}
	var items []any
	if strings.HasPrefix(s, "[") {
		return json.Unmarshal([]byte(s), &items) == nil && l.decode(items)
	}
	return l.decode([]any{unescape(s)})
}

func (l *list) decode(v any) bool {
	if s, ok := v.(string); ok && l.one {
		v = []any{s}
	}
	items, ok := v.([]any)
	if !ok {
		return false
	}
	texts := []string{} // not nil, as in Defaults
	for _, item := range items {
		s, ok := item.(string)
		if !ok || !l.words.fit(s) || l.choices != nil && slices.Contains(texts, s) {
			return false
		}
		texts = append(texts, s)
	}
	*l.to = texts
	return true
}

// pairs are texts by names.
type pairs struct{ to *map[string]string }

func (p *pairs) kind() Kind             { return Pairs }
func (p *pairs) expected() string       { return `texts by names, such as { "X-Team" = "ink" }` }
func (p *pairs) parse(text string) bool { return false } // neither variables nor flags have them
func (p *pairs) String() string         { return p.literal() }

func (p *pairs) raw() any {
	raw := map[string]any{}
	for name, s := range *p.to {
		raw[name] = s
	}
	return raw
}

func (p *pairs) literal() string {
	var quoted []string
	for _, name := range slices.Sorted(maps.Keys(*p.to)) {
		quoted = append(quoted, quote(name)+" = "+quote((*p.to)[name]))
	}
	return "{ " + strings.Join(quoted, ", ") + " }"
}

func (p *pairs) decode(v any) bool {
	table, ok := v.(map[string]any)
	if !ok {
		return false
	}
	texts := map[string]string{}
	for name, item := range table {
		s, ok := item.(string)
		if !ok {
			return false
		}
		texts[name] = s
	}
	*p.to = texts
	return true
}

// anys is a list of texts as TOML decodes it.
func anys(texts []string) []any {
	items := make([]any, len(texts))
	for i, s := range texts {
		items[i] = s
	}
	return items
}

const random = "random"

// seed is a uint64, or nil for "random". TOML's integers end at 2^63-1: above
// that the number stands in quotes.
type seed struct{ to **uint64 }

func (s *seed) kind() Kind { return Seed }

func (s *seed) raw() any { return s.String() }

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
