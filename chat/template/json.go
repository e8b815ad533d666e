package template

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// toJSON is the filter tojson of transformers: Python's json.dumps, with ensure_ascii off.
func toJSON(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	w := jsonWriter{ascii: a.truth("ensure_ascii"), item: ", ", key: ": "}
	if width := a.next("indent"); !width.IsNil() {
		if !width.IsInteger() || width.Integer() < 0 || width.Integer() > 100 {
			return nil, fmt.Errorf("tojson takes an indent from 0 to 100")
		}
		w.indent, w.lines, w.item = width.Integer(), true, ","
	}
	if separators := a.next("separators"); !separators.IsNil() {
		both := items(separators)
		if len(both) != 2 {
			return nil, fmt.Errorf("tojson takes two separators")
		}
		w.item, w.key = str(exec.ToValue(both[0])), str(exec.ToValue(both[1]))
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

func (w *jsonWriter) value(v *exec.Value, depth int) error {
	switch {
	case w.out.Len() > mostText:
		return errValue
	case isUndefined(v):
		return fmt.Errorf("what is not there cannot be written as JSON")
	case v.IsNil():
		w.out.WriteString("null")
	case v.IsString():
		w.text(v.String())
	case v.IsBool():
		w.out.WriteString(strconv.FormatBool(v.IsTrue()))
	case v.IsNumber():
		w.out.WriteString(v.String())
	case v.IsDict():
		return w.all("{}", pairs(v), depth, func(pair any) error {
			both := pair.(tuple)
			w.text(str(exec.ToValue(both[0])))
			w.out.WriteString(w.key)
			return w.value(exec.ToValue(both[1]), depth+1)
		})
	case v.IsList():
		return w.all("[]", items(v), depth, func(item any) error { return w.value(exec.ToValue(item), depth+1) })
	default:
		return fmt.Errorf("%s cannot be written as JSON", describe(v))
	}
	return nil
}

// all writes the items of a list or a dictionary.
func (w *jsonWriter) all(brackets string, all list, depth int, write func(any) error) error {
	w.out.WriteByte(brackets[0])
	for i, item := range all {
		if i > 0 {
			w.out.WriteString(w.item)
		}
		w.line(depth + 1)
		if err := write(item); err != nil {
			return err
		}
	}
	if len(all) > 0 {
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
			fmt.Fprintf(&w.out, `\u%04x`, r)
		case w.ascii && r > '~':
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.out, `\u%04x\u%04x`, high, low)
		default:
			w.out.WriteRune(r)
		}
	}
	w.out.WriteByte('"')
}
