package template

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// tests are those of jinja2 that chat templates use.
var tests = func() map[string]func(r *run, in value, a *arguments) (bool, error) {
	set := map[string]func(r *run, in value, a *arguments) (bool, error){}
	for names, f := range map[string]func(r *run, in value, a *arguments) (bool, error){
		"defined":       func(r *run, in value, _ *arguments) (bool, error) { return !in.isUndefined(), nil },
		"undefined":     func(r *run, in value, _ *arguments) (bool, error) { return in.isUndefined(), nil },
		"none":          func(r *run, in value, _ *arguments) (bool, error) { return in.isNil() && !in.isUndefined(), nil },
		"string":        func(r *run, in value, _ *arguments) (bool, error) { return in.isString(), nil },
		"number":        func(r *run, in value, _ *arguments) (bool, error) { return in.isNumber() || in.isBool(), nil },
		"integer":       func(r *run, in value, _ *arguments) (bool, error) { return in.isInteger(), nil },
		"float":         func(r *run, in value, _ *arguments) (bool, error) { return in.isFloat(), nil },
		"boolean":       func(r *run, in value, _ *arguments) (bool, error) { return in.isBool(), nil },
		"true":          func(r *run, in value, _ *arguments) (bool, error) { return in.isBool() && in.isTrue(), nil },
		"false":         func(r *run, in value, _ *arguments) (bool, error) { return in.isBool() && !in.isTrue(), nil },
		"mapping":       func(r *run, in value, _ *arguments) (bool, error) { return in.isDict(), nil },
		"sequence":      func(_ *run, in value, _ *arguments) (bool, error) { return in.isIterable() || in.isUndefined(), nil },
		"iterable":      func(r *run, in value, _ *arguments) (bool, error) { return in.isIterable() || in.isUndefined(), nil },
		"even":          func(_ *run, in value, _ *arguments) (bool, error) { return math.Mod(in.float(), 2) == 0, nil },
		"odd":           func(_ *run, in value, _ *arguments) (bool, error) { return math.Abs(math.Mod(in.float(), 2)) == 1, nil },
		"divisibleby":   divisible,
		"eq equalto ==": func(r *run, in value, a *arguments) (bool, error) { return r.equal(in, a.next("other")) },
		"sameas": func(r *run, in value, a *arguments) (bool, error) {
			other := a.next("other")
			if reflect.TypeOf(in.data) != reflect.TypeOf(other.data) {
				return false, nil
			}
			return r.equal(in, other)
		},
		"ne !=": func(r *run, in value, a *arguments) (bool, error) {
			same, err := r.equal(in, a.next("other"))
			return !same, err
		},
		"in":             func(r *run, in value, a *arguments) (bool, error) { return r.contains(a.next("seq"), in) },
		"lower":          func(r *run, in value, _ *arguments) (bool, error) { return hasCase(str(in), strings.ToLower), nil },
		"upper":          func(r *run, in value, _ *arguments) (bool, error) { return hasCase(str(in), strings.ToUpper), nil },
		"gt greaterthan": compare(func(a, b float64) bool { return a > b }),
		"ge":             compare(func(a, b float64) bool { return a >= b }),
		"lt lessthan":    compare(func(a, b float64) bool { return a < b }),
		"le":             compare(func(a, b float64) bool { return a <= b }),
	} {
		for name := range strings.FieldsSeq(names) {
			set[name] = f
		}
	}
	return set
}()

// test is "x is name".
func (r *run) test(name string, in value, a *arguments) (bool, error) {
	f, ok := tests[name]
	if !ok {
		return false, fmt.Errorf("the test %.40s is not supported", name)
	}
	return f(r, in, a)
}

// hasCase reports whether a text has letters of two cases, and all of them in the one that change makes.
func hasCase(s string, change func(string) string) bool {
	return change(s) == s && strings.ToLower(s) != strings.ToUpper(s)
}

func divisible(_ *run, in value, a *arguments) (bool, error) {
	n := a.number("num", 0)
	if n == 0 {
		return false, fmt.Errorf("divisibleby takes a number that is not 0")
	}
	return in.integer()%n == 0, nil
}

// contains is Python's in.
func (r *run) contains(in, item value) (bool, error) {
	switch {
	case in.isUndefined():
		return false, nil
	case !in.isIterable():
		return false, fmt.Errorf("%s holds nothing", describe(in))
	case in.isString() && !item.isString():
		return false, fmt.Errorf("%s cannot be in a text", describe(item))
	case in.isString():
		return strings.Contains(in.text(), item.text()), nil
	}
	for _, other := range in.items() {
		if same, err := r.equal(other, item); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

func compare(holds func(a, b float64) bool) func(*run, value, *arguments) (bool, error) {
	return func(_ *run, in value, a *arguments) (bool, error) {
		other := a.next("other")
		if !in.isNumber() || !other.isNumber() {
			return false, fmt.Errorf("only numbers can be compared by a test")
		}
		return holds(in.float(), other.float()), nil
	}
}
