package template

import (
	"fmt"
	"strings"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// tests are those of jinja2 that chat templates use.
var tests = func() map[string]func(in *exec.Value, a *arguments) (bool, error) {
	set := map[string]func(in *exec.Value, a *arguments) (bool, error){}
	for names, f := range map[string]func(in *exec.Value, a *arguments) (bool, error){
		"defined":        func(in *exec.Value, _ *arguments) (bool, error) { return !isUndefined(in), nil },
		"undefined":      func(in *exec.Value, _ *arguments) (bool, error) { return isUndefined(in), nil },
		"none":           func(in *exec.Value, _ *arguments) (bool, error) { return in.IsNil() && !isUndefined(in), nil },
		"string":         func(in *exec.Value, _ *arguments) (bool, error) { return in.IsString(), nil },
		"number":         func(in *exec.Value, _ *arguments) (bool, error) { return in.IsNumber() || in.IsBool(), nil },
		"integer":        func(in *exec.Value, _ *arguments) (bool, error) { return in.IsInteger(), nil },
		"float":          func(in *exec.Value, _ *arguments) (bool, error) { return in.IsFloat(), nil },
		"boolean":        func(in *exec.Value, _ *arguments) (bool, error) { return in.IsBool(), nil },
		"true":           func(in *exec.Value, _ *arguments) (bool, error) { return in.IsBool() && in.IsTrue(), nil },
		"false":          func(in *exec.Value, _ *arguments) (bool, error) { return in.IsBool() && !in.IsTrue(), nil },
		"mapping":        func(in *exec.Value, _ *arguments) (bool, error) { return in.IsDict(), nil },
		"sequence":       func(in *exec.Value, _ *arguments) (bool, error) { return in.IsIterable(), nil },
		"iterable":       func(in *exec.Value, _ *arguments) (bool, error) { return in.IsIterable() || isUndefined(in), nil },
		"even":           func(in *exec.Value, _ *arguments) (bool, error) { return in.Integer()%2 == 0, nil },
		"odd":            func(in *exec.Value, _ *arguments) (bool, error) { return in.Integer()%2 != 0, nil },
		"divisibleby":    divisible,
		"eq equalto ==":  func(in *exec.Value, a *arguments) (bool, error) { return in.EqualValueTo(a.next("other")), nil },
		"sameas":         func(in *exec.Value, a *arguments) (bool, error) { return in.EqualValueTo(a.next("other")), nil },
		"ne !=":          func(in *exec.Value, a *arguments) (bool, error) { return !in.EqualValueTo(a.next("other")), nil },
		"in":             func(in *exec.Value, a *arguments) (bool, error) { return contains(a.next("seq"), in) },
		"lower":          func(in *exec.Value, _ *arguments) (bool, error) { return strings.ToLower(str(in)) == str(in), nil },
		"upper":          func(in *exec.Value, _ *arguments) (bool, error) { return strings.ToUpper(str(in)) == str(in), nil },
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
func test(name string, in *exec.Value, a *arguments) (bool, error) {
	f, ok := tests[name]
	if !ok {
		return false, fmt.Errorf("the test %.40s is not supported", name)
	}
	return f(in, a)
}

func divisible(in *exec.Value, a *arguments) (bool, error) {
	n := a.number("num", 0)
	if n == 0 {
		return false, fmt.Errorf("divisibleby takes a number that is not 0")
	}
	return in.Integer()%n == 0, nil
}

// contains is Python's in.
func contains(in, item *exec.Value) (bool, error) {
	if isUndefined(in) {
		return false, nil
	}
	if !in.IsIterable() {
		return false, fmt.Errorf("%s holds nothing", describe(in))
	}
	if in.IsString() && !item.IsString() {
		return false, fmt.Errorf("%s cannot be in a text", describe(item))
	}
	return in.Contains(item), nil
}

func compare(holds func(a, b float64) bool) func(*exec.Value, *arguments) (bool, error) {
	return func(in *exec.Value, a *arguments) (bool, error) {
		other := a.next("other")
		if !in.IsNumber() || !other.IsNumber() {
			return false, fmt.Errorf("only numbers can be compared by a test")
		}
		return holds(in.Float(), other.Float()), nil
	}
}
