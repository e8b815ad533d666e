package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filterFunc is a filter: what becomes of in. An error ends the run.
type filterFunc func(r *run, in value, a *arguments) (any, error)

// filters are those of jinja2 that chat templates use.
var filters map[string]filterFunc

func init() { // as map applies them in turn
	filters = map[string]filterFunc{}
	for names, f := range map[string]filterFunc{
		"trim": func(_ *run, in value, a *arguments) (any, error) {
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
		"first":        onItems(func(all list) any { return all.at(0) }),
		"last":         onItems(func(all list) any { return all.at(-1) }),
		"list":         onItems(func(all list) any { return all }),
		"items":        func(_ *run, in value, _ *arguments) (any, error) { return tuples(in), nil },
		"join":         join,
		"replace": func(_ *run, in value, a *arguments) (any, error) {
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
			filters[name] = f
		}
	}
}

func onText(f func(string) string) filterFunc {
	return func(_ *run, in value, _ *arguments) (any, error) { return f(str(in)), nil }
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

// strip is Python's str.strip.
func strip(s string, a *arguments, left, right bool) (any, error) {
	unwanted := isSpace
	if chars := a.next("chars"); !chars.isNil() {
		unwanted = func(r rune) bool { return strings.ContainsRune(str(chars), r) }
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
			out.WriteRune(unicode.ToUpper(r))
		default:
			out.WriteRune(unicode.ToLower(r))
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

func length(_ *run, in value, _ *arguments) (any, error) {
	switch {
	case in.isUndefined():
		return 0, nil
	case in.isString(), in.isList(), in.isDict():
		return in.size(), nil
	}
	return nil, fmt.Errorf("%s has no length", describe(in))
}

func orDefault(_ *run, in value, a *arguments) (any, error) {
	otherwise, boolean := a.next("default_value"), a.truth("boolean")
	if otherwise.isUndefined() {
		otherwise = value{""}
	}
	if in.isUndefined() || boolean && !in.isTrue() {
		return otherwise, nil
	}
	return in, nil
}

// onItems makes a filter of a function of the items of a value.
func onItems(f func(list) any) filterFunc {
	return func(_ *run, in value, _ *arguments) (any, error) {
		if !in.isIterable() && !in.isUndefined() {
			return nil, fmt.Errorf("%s has no items", describe(in))
		}
		return f(in.items()), nil
	}
}

// tuples are the keys of a dictionary with their values.
func tuples(v value) list {
	var all list
	for _, p := range v.pairs() {
		all = append(all, value{tuple{p.key, p.value}})
	}
	return all
}

func join(r *run, in value, a *arguments) (any, error) {
	separator, attribute := str(a.next("d")), a.text("attribute", "")
	return r.joined(in.items(), separator, func(v value) value {
		if attribute != "" {
			v = v.get(attribute)
		}
		return v
	})
}

func (r *run) joined(all list, separator string, of func(value) value) (any, error) {
	var out strings.Builder
	for i, item := range all {
		if i > 0 {
			out.WriteString(separator)
		}
		out.WriteString(str(of(item)))
		if out.Len() > mostText {
			return nil, errValue
		}
	}
	return out.String(), nil
}

func reverse(r *run, in value, _ *arguments) (any, error) {
	all := slices.Clone(in.items())
	slices.Reverse(all)
	if in.isString() {
		return r.joined(all, "", func(v value) value { return v })
	}
	return all, nil
}

func toInt(_ *run, in value, a *arguments) (any, error) {
	otherwise := a.number("default", 0)
	switch {
	case in.isBool() && in.isTrue():
		return 1, nil
	case in.isNumber():
		return in.integer(), nil
	case in.isString():
		text := strings.TrimFunc(in.text(), isSpace)
		if i, err := strconv.Atoi(text); err == nil {
			return i, nil
		}
		if f, err := strconv.ParseFloat(text, 64); err == nil && f > -1e15 && f < 1e15 {
			return int(f), nil
		}
	}
	return otherwise, nil
}

func toFloat(_ *run, in value, _ *arguments) (any, error) {
	if in.isString() {
		f, err := strconv.ParseFloat(strings.TrimFunc(in.text(), isSpace), 64)
		if err != nil {
			f = 0
		}
		return f, nil
	}
	return in.float(), nil
}

// mapped applies a filter to every item, or takes an attribute of it.
func mapped(r *run, in value, a *arguments) (any, error) {
	if attribute := a.next("attribute"); len(a.places) == 0 && !attribute.isUndefined() {
		otherwise := a.next("default")
		var out list
		for _, item := range in.items() {
			found := item.get(str(attribute))
			if found.isUndefined() {
				found = otherwise
			}
			out = append(out, found)
		}
		return out, nil
	} else if len(a.places) == 0 {
		return nil, fmt.Errorf("map lacks the name of a filter")
	}
	filter := str(a.places[0])
	rest := a.rest() // its name was taken above
	var out list
	for _, item := range in.items() {
		if err := r.step(); err != nil {
			return nil, err
		}
		if err := r.read(item); err != nil {
			return nil, err
		}
		made, err := r.filtered(filter, item, &arguments{places: rest})
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// selected keeps the items that pass a test, or those that do not. The test is of an attribute where byAttribute is set, and
// is whether it is true where none is named.
func selected(byAttribute, keep bool) filterFunc {
	return func(r *run, in value, a *arguments) (any, error) {
		attribute := ""
		if byAttribute {
			attribute = str(a.next("attribute"))
		}
		rest := a.rest()
		out := list{}
		for _, item := range in.items() {
			tested := item
			if byAttribute {
				tested = item.get(attribute)
			}
			passes := tested.isTrue()
			if len(rest) > 0 {
				err := r.read(tested)
				if err == nil {
					passes, err = r.test(str(rest[0]), tested, &arguments{places: rest[1:]})
				}
				if err != nil {
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
func indent(_ *run, in value, a *arguments) (any, error) {
	width := a.next("width")
	prefix := "    "
	switch {
	case width.isString():
		prefix = width.text()
	case width.isInteger() && width.integer() <= 100:
		prefix = strings.Repeat(" ", max(width.integer(), 0))
	case !width.isUndefined():
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
