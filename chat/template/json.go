package template

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// toJSON is the filter tojson of transformers: Python's json.dumps, with ensure_ascii off.
func toJSON(_ *run, in value, a *arguments) (any, error) {
	w := jsonWriter{ascii: a.truth("ensure_ascii"), item: ", ", key: ": "}
	if width := a.next("indent"); !width.isNil() {
		if !width.isInteger() || width.integer() < 0 || width.integer() > 100 {
			return nil, fmt.Errorf("tojson takes an indent from 0 to 100")
		}
		w.indent, w.lines, w.item = width.integer(), true, ","
	}
	if separators := a.next("separators"); !separators.isNil() {
		both := separators.items()
		if len(both) != 2 {
			return nil, fmt.Errorf("tojson takes two separators")
		}
		w.item, w.key = str(both[0]), str(both[1])
	}
	if a.truth("sort_keys") {
		return nil, fmt.Errorf("tojson with sort_keys is not supported")
	}
	if err := w.value(in, 0); err != nil {
		return nil, err
	}
	return w.out.String(), nil
}

type jsonWriter struct {
	out       strings.Builder
	ascii     bool
	lines     bool // each item on a line of its own
	indent    int
	item, key string // separators
}

func (w *jsonWriter) value(v value, depth int) error {
	switch {
	case w.out.Len() > mostText:
		return errValue
	case v.isUndefined():
		return fmt.Errorf("what is not there cannot be written as JSON")
	case v.isNil():
		w.out.WriteString("null")
	case v.isString():
		w.text(v.text())
	case v.isBool():
		w.out.WriteString(strconv.FormatBool(v.isTrue()))
	case v.isNumber():
		w.out.WriteString(str(v))
	case v.isDict():
		pairs := v.pairs()
		return w.all("{}", len(pairs), depth, func(i int) error {
			w.text(str(pairs[i].key))
			w.out.WriteString(w.key)
			return w.value(pairs[i].value, depth+1)
		})
	case v.isList():
		items := v.items()
		return w.all("[]", len(items), depth, func(i int) error { return w.value(items[i], depth+1) })
	default:
		return fmt.Errorf("%s cannot be written as JSON", describe(v))
	}
	return nil
}

// all writes the items of a list or a dictionary.
func (w *jsonWriter) all(brackets string, n, depth int, write func(i int) error) error {
	w.out.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			w.out.WriteString(w.item)
		}
		w.line(depth + 1)
		if err := write(i); err != nil {
			return err
		}
	}
	if n > 0 {
		w.line(depth)
	}
	w.out.WriteByte(brackets[1])
	return nil
}

func (w *jsonWriter) line(depth int) {
	if w.lines {
		w.out.WriteByte('\n')
		w.out.WriteString(strings.Repeat(" ", w.indent*depth))
	}
}

func (w *jsonWriter) text(s string) {
	w.out.WriteByte('"')
	for _, r := range s {
		const special, letters = "\"\\\b\f\n\r\t", `"\bfnrt`
		switch i := strings.IndexRune(special, r); {
		case i >= 0:
			w.out.WriteByte('\\')
			w.out.WriteByte(letters[i])
		case r < ' ' || w.ascii && r > '~' && r < 0x10000:
			escape(&w.out, 'u', 4, r)
		case w.ascii && r > '~':
			high, low := utf16.EncodeRune(r)
			escape(&w.out, 'u', 4, high)
			escape(&w.out, 'u', 4, low)
		default:
			w.out.WriteRune(r)
		}
	}
	w.out.WriteByte('"')
}
