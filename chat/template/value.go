package template

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is one of a template's values. data is one of: nil for what is not there, none, bool, int, float64, string, list, tuple,
// *dict, *space, *loop.
type value struct{ data any }

// absent is the type of none: a value that is there and is nothing.
type absent struct{}

var none = &absent{}

// undefined is what is not there.
func undefined() value { return value{} }

// list is a list, or a tuple of the source.
type list []value

// tuple is a list that is written in round brackets: a key with its value.
type tuple []value

// dict is a dictionary that keeps its order.
type dict struct{ pairs []pair }

type pair struct{ key, value value }

// space is a namespace: the only value that changes.
type space struct{ values map[string]value }

// of makes a value of what a filter or a function returns.
func of(data any) value {
	if v, ok := data.(value); ok {
		return v
	}
	return value{data}
}

// record is a dictionary from keys and values by turns.
func record(keysAndValues ...any) value {
	d := &dict{}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		d.pairs = append(d.pairs, pair{of(keysAndValues[i]), of(keysAndValues[i+1])})
	}
	return value{d}
}

func (v value) isUndefined() bool { return v.data == nil }

// isNil reports whether a value is none, or not there.
func (v value) isNil() bool { return v.data == nil || v.data == none }

func (v value) isString() bool {
	_, ok := v.data.(string)
	return ok
}

func (v value) isBool() bool {
	_, ok := v.data.(bool)
	return ok
}

func (v value) isInteger() bool {
	_, ok := v.data.(int)
	return ok
}

func (v value) isFloat() bool {
	_, ok := v.data.(float64)
	return ok
}

func (v value) isNumber() bool { return v.isInteger() || v.isFloat() }

func (v value) isList() bool {
	switch v.data.(type) {
	case list, tuple:
		return true
	}
	return false
}

func (v value) isDict() bool {
	switch v.data.(type) {
	case *dict, *space:
		return true
	}
	return false
}

func (v value) isIterable() bool { return v.isString() || v.isList() || v.isDict() }

// text is a string, or "".
func (v value) text() string {
	s, _ := v.data.(string)
	return s
}

// isTrue is Python's bool.
func (v value) isTrue() bool {
	switch x := v.data.(type) {
	case nil, *absent:
		return false
	case bool:
		return x
	case int:
		return x != 0
	case float64:
		return x != 0
	case string:
		return x != ""
	case list:
		return len(x) > 0
	case tuple:
		return len(x) > 0
	case *dict:
		return len(x.pairs) > 0
	}
	return true
}

// integer is a value as a whole number, 0 where it is none.
func (v value) integer() int {
	if n, ok := v.data.(int); ok {
		return n
	}
	f := v.float()
	if math.Abs(f) < 1<<62 {
		return int(f)
	}
	return 0
}

// float is a value as a number, 0 where it is none. True counts as 1.
func (v value) float() float64 {
	switch x := v.data.(type) {
	case bool:
		if x {
			return 1
		}
	case int:
		return float64(x)
	case float64:
		return x
	case string:
		if f, err := strconv.ParseFloat(x, 64); err == nil {
			return f
		}
	}
	return 0
}

// size is how many characters a text has, or items a list or a dictionary.
func (v value) size() int {
	switch x := v.data.(type) {
	case string:
		return utf8.RuneCountInString(x)
	case list:
		return len(x)
	case tuple:
		return len(x)
	case *dict:
		return len(x.pairs)
	case *space:
		return len(x.values)
	}
	return 0
}

// items are the items of a list, the characters of a text, the keys of a dictionary; nothing of anything else.
func (v value) items() list {
	switch x := v.data.(type) {
	case list:
		return x
	case tuple:
		return list(x)
	case string:
		all := make(list, 0, len(x))
		for _, r := range x {
			all = append(all, value{string(r)})
		}
		return all
	}
	pairs := v.pairs()
	all := make(list, len(pairs))
	for i, p := range pairs {
		all[i] = p.key
	}
	return all
}

// pairs are the keys and values of a dictionary. Those of a namespace are in the order of the alphabet.
func (v value) pairs() []pair {
	switch x := v.data.(type) {
	case *dict:
		return x.pairs
	case *space:
		var all []pair
		for name, item := range x.values {
			all = append(all, pair{value{name}, item})
		}
		sort.Slice(all, func(i, j int) bool {
			a, b := all[i].key.text(), all[j].key.text()
			if x, y := strings.ToLower(a), strings.ToLower(b); x != y {
				return x < y
			}
			return a < b
		})
		return all
	}
	return nil
}

// at is the item of a list at a place, which counts from the end where it is negative.
func (l list) at(i int) value {
	if i < 0 {
		i += len(l)
	}
	if i < 0 || i >= len(l) {
		return undefined()
	}
	return l[i]
}

// attribute is v.name, without an error.
func (v value) attribute(name string) value {
	switch x := v.data.(type) {
	case *space:
		return x.values[name]
	case *dict:
		for _, p := range x.pairs {
			if s, ok := p.key.data.(string); ok && s == name {
				return p.value
			}
		}
	case *loop:
		return x.attribute(name)
	}
	return undefined()
}

// get is an attribute or an item of a value by a name, which may lead on by dots, or a number.
func (v value) get(path string) value {
	for key := range strings.SplitSeq(path, ".") {
		i, err := strconv.Atoi(key)
		switch {
		case err != nil || v.isDict() && !v.attribute(key).isUndefined():
			v = v.attribute(key)
		case v.isList() || v.isString():
			v = v.items().at(i)
		default:
			v = undefined()
		}
	}
	return v
}

// floatText writes a number as Python does.
func floatText(f float64) string {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f != 0 && (abs < 1e-4 || abs >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
