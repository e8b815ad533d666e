package template

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// str is Python's str. One that is too long is cut: a value of that size is refused wherever it is used.
func str(v value) string {
	switch x := v.data.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	var out strings.Builder
	repr(&out, v)
	return out.String()
}

// repr writes a value as Python's repr does.
func repr(out *strings.Builder, v value) {
	if out.Len() > mostText {
		return
	}
	items := func(open string, all []value, closing string) {
		out.WriteString(open)
		for i, item := range all {
			if i > 0 {
				out.WriteString(", ")
			}
			repr(out, item)
			if out.Len() > mostText {
				return
			}
		}
		out.WriteString(closing)
	}
	switch x := v.data.(type) {
	case nil:
		out.WriteString("Undefined")
	case *absent:
		out.WriteString("None")
	case bool:
		out.WriteString(map[bool]string{true: "True", false: "False"}[x])
	case int:
		out.WriteString(strconv.Itoa(x))
	case float64:
		out.WriteString(floatText(x))
	case string:
		quote(out, x)
	case tuple:
		items("(", x, ")")
	case list:
		items("[", x, "]")
	case *dict, *space:
		out.WriteByte('{')
		for i, p := range v.pairs() {
			if i > 0 {
				out.WriteString(", ")
			}
			repr(out, p.key)
			out.WriteString(": ")
			repr(out, p.value)
			if out.Len() > mostText {
				return
			}
		}
		out.WriteByte('}')
	case *loop:
		fmt.Fprintf(out, "<LoopContext %d/%d>", x.index+1, len(x.items))
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
			escape(out, 'x', 2, r)
		case r < 0x10000:
			escape(out, 'u', 4, r)
		default:
			escape(out, 'U', 8, r)
		}
	}
	out.WriteRune(mark)
}

// escape writes a backslash, a letter and so many hexadecimal digits.
func escape(out *strings.Builder, letter byte, digits int, r rune) {
	out.WriteByte('\\')
	out.WriteByte(letter)
	for i := 4 * (digits - 1); i >= 0; i -= 4 {
		out.WriteByte("0123456789abcdef"[r>>i&15])
	}
}

// describe names a value's kind for an error.
func describe(v value) string {
	switch {
	case v.isUndefined():
		return "what is not there"
	case v.isNil():
		return "none"
	case v.isString():
		return "a text"
	case v.isBool():
		return "true or false"
	case v.isNumber():
		return "a number"
	case v.isList():
		return "a list"
	case v.isDict():
		return "a dictionary"
	}
	return "a value"
}
