package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// filterFunc is a filter: what becomes of in. An error ends the run.
type filterFunc func(e *exec.Evaluator, in *exec.Value, a *arguments) (any, error)

// filters are those of jinja2 that chat templates use.
func filters() *exec.FilterSet {
	set := map[string]exec.FilterFunction{}
	for name, f := range operators() {
		set[name] = guard(f)
	}
	for names, f := range map[string]filterFunc{
		"trim": func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
			return strip(str(in), a, true, true)
		},
		"lower":        onText(strings.ToLower),
		"upper":        onText(strings.ToUpper),
		"capitalize":   onText(capitalize),
		"title":        onText(title),
		"string":       onText(func(s string) string { return s }),
		"safe":         onText(func(s string) string { return s }),
		"escape e":     onText(htmlEscaper.Replace),
		"length count": length,
		"default d":    orDefault,
		"first":        onItems(func(all list) any { return at(all, 0) }),
		"last":         onItems(func(all list) any { return at(all, -1) }),
		"list":         onItems(func(all list) any { return all }),
		"items":        func(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) { return pairs(in), nil },
		"join":         join,
		"replace": func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
			return replace(str(in), a.text("old", ""), a.text("new", ""), a.number("count", -1))
		},
		"reverse":    reverse,
		"int":        toInt,
		"float":      toFloat,
		"map":        mapped,
		"select":     selected(false, true),
		"reject":     selected(false, false),
		"selectattr": selected(true, true),
		"rejectattr": selected(true, false),
		"indent":     indent,
		"tojson":     toJSON,
	} {
		for name := range strings.FieldsSeq(names) {
			set[name] = guard(f)
		}
	}
	return exec.NewFilterSet(set)
}

// guard makes a filter of gonja: it takes a step, what it is given and gives is measured, and an error ends the run.
func guard(f filterFunc) exec.FilterFunction {
	return func(e *exec.Evaluator, in *exec.Value, params *exec.VarArgs) *exec.Value {
		if in.IsError() {
			return in
		}
		b := budgetOf(e.Environment.Context)
		err := b.step()
		if err == nil {
			err = b.hold(in)
		}
		if err != nil {
			return exec.AsValue(err)
		}
		a := &arguments{VarArgs: params}
		out, err := f(e, in, a)
		return exec.ToValue(b.result(out, a, err))
	}
}

func onText(f func(string) string) filterFunc {
	return func(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) { return f(str(in)), nil }
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

// strip is Python's str.strip.
func strip(s string, a *arguments, left, right bool) (any, error) {
	unwanted := isSpace
	if chars := a.next("chars"); !chars.IsNil() {
		unwanted = func(r rune) bool { return strings.ContainsRune(chars.String(), r) }
	}
	if left {
		s = strings.TrimLeftFunc(s, unwanted)
	}
	if right {
		s = strings.TrimRightFunc(s, unwanted)
	}
	return s, nil
}

func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return strings.ToUpper(string(r)) + strings.ToLower(s[size:])
}

// title capitalizes every word, as jinja2's filter divides them.
func title(s string) string {
	var out strings.Builder
	start := true
	for _, r := range s {
		switch {
		case isSpace(r) || strings.ContainsRune("-({[<", r):
			start = true
			out.WriteRune(r)
		case start:
			start = false
			out.WriteString(strings.ToUpper(string(r)))
		default:
			out.WriteString(strings.ToLower(string(r)))
		}
	}
	return out.String()
}

// replace is Python's str.replace.
func replace(s, old, replacement string, count int) (any, error) {
	n := strings.Count(s, old) // one more than there are characters, where old is empty
	if count >= 0 {
		n = min(n, count)
	}
	if len(s)+n*(len(replacement)-len(old)) > mostText {
		return nil, errValue
	}
	return strings.Replace(s, old, replacement, count), nil
}

func length(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) {
	switch {
	case isUndefined(in):
		return 0, nil
	case in.IsString(), in.IsList(), in.IsDict():
		return len(items(in)), nil
	}
	return nil, fmt.Errorf("%s has no length", describe(in))
}

func orDefault(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	value, boolean := a.next("default_value"), a.truth("boolean")
	if isUndefined(value) {
		value = exec.AsValue("")
	}
	if isUndefined(in) || boolean && !in.IsTrue() {
		return value, nil
	}
	return in, nil
}

// onItems makes a filter of a function of the items of a value.
func onItems(f func(list) any) filterFunc {
	return func(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) {
		if !in.IsIterable() && !isUndefined(in) {
			return nil, fmt.Errorf("%s has no items", describe(in))
		}
		return f(items(in)), nil
	}
}

func at(all list, i int) any {
	item, _ := all.GetItem(i)
	return item
}

func join(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	separator, attribute := str(a.next("d")), a.text("attribute", "")
	return joined(items(in), separator, func(v *exec.Value) *exec.Value {
		if attribute != "" {
			v = get(v, attribute)
		}
		return v
	})
}

func joined(all list, separator string, of func(*exec.Value) *exec.Value) (any, error) {
	var out strings.Builder
	for i, item := range all {
		if i > 0 {
			out.WriteString(separator)
		}
		out.WriteString(str(of(exec.ToValue(item))))
		if out.Len() > mostText {
			return nil, errValue
		}
	}
	return out.String(), nil
}

func reverse(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) {
	all := items(in)
	slices.Reverse(all)
	if in.IsString() {
		return joined(all, "", func(v *exec.Value) *exec.Value { return v })
	}
	return all, nil
}

func toInt(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	otherwise := a.number("default", 0)
	switch {
	case in.IsBool() && in.IsTrue():
		return 1, nil
	case in.IsNumber():
		return in.Integer(), nil
	case in.IsString():
		text := strings.TrimFunc(in.String(), isSpace)
		if i, err := strconv.Atoi(text); err == nil {
			return i, nil
		}
		if f, err := strconv.ParseFloat(text, 64); err == nil && f > -1e15 && f < 1e15 {
			return int(f), nil
		}
	}
	return otherwise, nil
}

func toFloat(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) {
	if in.IsString() {
		f, err := strconv.ParseFloat(strings.TrimFunc(in.String(), isSpace), 64)
		if err != nil {
			f = 0
		}
		return f, nil
	}
	return in.Float(), nil
}

// mapped applies a filter to every item, or takes an attribute of it.
func mapped(e *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	if attribute := a.next("attribute"); len(a.Args) == 0 && !isUndefined(attribute) {
		otherwise := a.next("default")
		var out list
		for _, item := range items(in) {
			value := get(exec.ToValue(item), str(attribute))
			if isUndefined(value) {
				value = otherwise
			}
			out = append(out, value)
		}
		return out, nil
	} else if len(a.Args) == 0 {
		return nil, fmt.Errorf("map lacks the name of a filter")
	}
	filter := str(a.Args[0])
	if strings.HasPrefix(filter, reserved) {
		return nil, fmt.Errorf("the filter %.40s is not supported", filter)
	}
	rest := a.rest() // its name was taken above
	var out list
	for _, item := range items(in) {
		value := e.ExecuteFilterByName(filter, exec.ToValue(item), &exec.VarArgs{Args: rest, KwArgs: map[string]*exec.Value{}})
		if value.IsError() {
			return nil, value
		}
		out = append(out, value)
	}
	return out, nil
}

// selected keeps the items that pass a test, or those that do not. The test is of an attribute where byAttribute is set, and
// is whether it is true where none is named.
func selected(byAttribute, keep bool) filterFunc {
	return func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
		attribute := ""
		if byAttribute {
			attribute = str(a.next("attribute"))
		}
		rest := a.rest()
		out := list{}
		for _, item := range items(in) {
			value := exec.ToValue(item)
			if byAttribute {
				value = get(value, attribute)
			}
			passes := value.IsTrue()
			if len(rest) > 0 {
				var err error
				if passes, err = test(str(rest[0]), value, &arguments{VarArgs: &exec.VarArgs{Args: rest[1:]}}); err != nil {
					return nil, err
				}
			}
			if passes == keep {
				out = append(out, item)
			}
		}
		return out, nil
	}
}

// indent puts white space before every line but the first, and but those that are empty.
func indent(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	width := a.next("width")
	prefix := "    "
	switch {
	case width.IsString():
		prefix = width.String()
	case width.IsInteger() && width.Integer() <= 100:
		prefix = strings.Repeat(" ", max(width.Integer(), 0))
	case !isUndefined(width):
		return nil, fmt.Errorf("indent takes a number up to 100, or a text")
	}
	first, blank := a.truth("first"), a.truth("blank")
	lines := strings.Split(str(in), "\n")
	if len(lines)*len(prefix) > mostText {
		return nil, errValue
	}
	for i, line := range lines {
		if (i > 0 || first) && (blank || line != "") {
			lines[i] = prefix + line
		}
	}
	return strings.Join(lines, "\n"), nil
}

// describe names a value's kind for an error.
func describe(v *exec.Value) string {
	switch {
	case isUndefined(v):
		return "what is not there"
	case v.IsNil():
		return "none"
	case v.IsString():
		return "a text"
	case v.IsBool():
		return "true or false"
	case v.IsNumber():
		return "a number"
	case v.IsList():
		return "a list"
	case v.IsDict():
		return "a dictionary"
	}
	return "a value"
}
