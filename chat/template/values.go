package template

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// absent is the type of none: a value that is there and is nothing. What is not there has no type at all.
type absent struct{}

var none = (*absent)(nil)

// undefined is what is not there.
func undefined() *exec.Value { return exec.AsValue(nil) }

func isUndefined(v *exec.Value) bool { return !v.Val.IsValid() }

// list is a list with Python's indices: gonja does not find the first item of a list from its end.
type list []any

// GetItem implements exec.ItemGetter.
func (l list) GetItem(key any) (*exec.Value, bool) {
	i, ok := key.(int)
	if ok && i < 0 {
		i += len(l)
	}
	if !ok || i < 0 || i >= len(l) {
		return undefined(), false
	}
	return exec.ToValue(l[i]), true
}

// GetAttribute implements exec.AttributeGetter: templates see no methods of Go.
func (l list) GetAttribute(string) (*exec.Value, bool) { return undefined(), false }

// tuple is a list that is written in round brackets.
type tuple []any

// record is a dictionary that keeps its order, from keys and values by turns.
func record(pairs ...any) *exec.Dict {
	d := exec.NewDict()
	for i := 0; i+1 < len(pairs); i += 2 {
		d.Pairs = append(d.Pairs, &exec.Pair{Key: exec.ToValue(pairs[i]), Value: exec.ToValue(pairs[i+1])})
	}
	return d
}

// items returns the items of a list, the characters of a text, the keys of a dictionary; nothing of anything else.
func items(v *exec.Value) list {
	var all list
	switch {
	case v.IsString():
		for _, r := range v.String() {
			all = append(all, string(r))
		}
	case v.IsList(), v.IsDict():
		v.Iterate(func(_, _ int, key, _ *exec.Value) bool {
			all = append(all, key)
			return true
		}, func() {})
	}
	return all
}

// pairs returns the keys and values of a dictionary.
func pairs(v *exec.Value) list {
	var all list
	if v.IsDict() {
		v.Iterate(func(_, _ int, key, value *exec.Value) bool {
			all = append(all, tuple{key, value})
			return true
		}, func() {})
	}
	return all
}

// get returns an attribute or an item of a value by a name, which may lead on by dots, or a number.
func get(v *exec.Value, path string) *exec.Value {
	for _, key := range strings.Split(path, ".") {
		var next *exec.Value
		ok := false
		if i, err := strconv.Atoi(key); err == nil {
			next, ok = v.GetItem(i)
		} else {
			next, ok = v.GetItem(key)
		}
		if !ok {
			return undefined()
		}
		v = next
	}
	return v
}

// str is Python's str.
func str(v *exec.Value) string {
	switch {
	case isUndefined(v):
		return ""
	case v.IsString():
		return v.String()
	}
	var out strings.Builder
	repr(&out, v)
	return out.String()
}

// repr writes a value as Python's repr does.
func repr(out *strings.Builder, v *exec.Value) {
	list := func(open, closing string) {
		out.WriteString(open)
		for i, item := range items(v) {
			if i > 0 {
				out.WriteString(", ")
			}
			repr(out, exec.ToValue(item))
		}
		out.WriteString(closing)
	}
	switch _, isTuple := v.Interface().(tuple); {
	case isUndefined(v):
		out.WriteString("Undefined")
	case v.IsNil():
		out.WriteString("None")
	case v.IsString():
		quote(out, v.String())
	case isTuple:
		list("(", ")")
	case v.IsList():
		list("[", "]")
	case v.IsDict():
		out.WriteByte('{')
		for i, pair := range pairs(v) {
			if i > 0 {
				out.WriteString(", ")
			}
			both := pair.(tuple)
			repr(out, exec.ToValue(both[0]))
			out.WriteString(": ")
			repr(out, exec.ToValue(both[1]))
		}
		out.WriteByte('}')
	default:
		out.WriteString(v.String())
	}
}

// quote writes a text as Python's repr does.
func quote(out *strings.Builder, s string) {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	out.WriteRune(mark)
	for _, r := range s {
		const special, letters = "\t\n\r\\", `tnr\`
		switch i := strings.IndexRune(special, r); {
		case i >= 0:
			out.WriteByte('\\')
			out.WriteByte(letters[i])
		case r == mark:
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == ' ' || unicode.IsPrint(r):
			out.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(out, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			fmt.Fprintf(out, `\U%08x`, r)
		}
	}
	out.WriteRune(mark)
}
