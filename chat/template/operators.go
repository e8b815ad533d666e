package template

import (
	"fmt"
	"math"
	"strings"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// Filters that rewrite puts in place of what templates write in other ways.
const (
	printFilter     = reserved + "print" // {{ x }}
	eachFilter      = reserved + "each"  // for ... in x
	notFilter       = reserved + "not"
	testFilter      = reserved + "test" // x is ...
	attributeFilter = reserved + "attribute"
	itemFilter      = reserved + "item"
	sliceFilter     = reserved + "slice"
	callFilter      = reserved + "call"
)

// operatorFilters are those of two operands.
var operatorFilters = map[string]string{
	"==": reserved + "eq", "!=": reserved + "ne", "<": reserved + "lt", ">": reserved + "gt", "<=": reserved + "le", ">=": reserved + "ge",
	"in": reserved + "in", "+": reserved + "add", "-": reserved + "sub", "~": reserved + "concat",
	"*": reserved + "mul", "/": reserved + "div", "//": reserved + "floor", "%": reserved + "mod",
}

// operators are the filters above.
func operators() map[string]filterFunc {
	set := map[string]filterFunc{
		printFilter: func(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) { return str(in), nil },
		eachFilter:  each,
		notFilter:   func(_ *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) { return !in.IsTrue(), nil },
		testFilter: func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
			return test(str(a.next("")), in, a)
		},
		attributeFilter: func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
			return attribute(in, str(a.next("")))
		},
		itemFilter:  func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) { return item(in, a.next("")) },
		sliceFilter: slice,
		callFilter:  call,
	}
	for operator, name := range operatorFilters {
		set[name] = func(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
			return operate(operator, in, a.next(""))
		}
	}
	return set
}

// each is what a loop goes through: the characters of a text, and other values as they are.
func each(e *exec.Evaluator, in *exec.Value, _ *arguments) (any, error) {
	budgetOf(e.Environment.Context).steps -= in.Len() // gonja goes through them before the first round
	switch {
	case in.IsString():
		return items(in), nil
	case in.IsIterable(), isUndefined(in):
		return in, nil
	}
	return nil, fmt.Errorf("a loop cannot go through %s", describe(in))
}

// attribute is x.name.
func attribute(in *exec.Value, name string) (*exec.Value, error) {
	if isUndefined(in) {
		return nil, fmt.Errorf("%s is asked of what is not there", name)
	}
	if of, ok := in.Interface().(exec.AttributeGetter); ok {
		value, _ := of.GetAttribute(name)
		return value, nil
	}
	if in.IsDict() {
		if value, ok := in.GetItem(name); ok {
			return value, nil
		}
	}
	return undefined(), nil
}

// item is x[key].
func item(in, key *exec.Value) (*exec.Value, error) {
	switch {
	case isUndefined(in):
		return nil, fmt.Errorf("%s is asked of what is not there", describe(key))
	case key.IsString():
		return attribute(in, key.String())
	case key.IsInteger() && (in.IsList() || in.IsString()):
		value, _ := items(in).GetItem(key.Integer())
		return value, nil
	}
	return undefined(), nil
}

// slice is x[start:stop:step], with none for what is left out.
func slice(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	if !in.IsList() && !in.IsString() {
		a.rest()
		if isUndefined(in) {
			return nil, fmt.Errorf("a slice is asked of what is not there")
		}
		return undefined(), nil
	}
	all := items(in)
	start, stop := a.next(""), a.next("")
	step := a.number("step", 1)
	if step == 0 {
		return nil, fmt.Errorf("a slice has no step of 0")
	}
	first, last := 0, len(all)
	if step < 0 {
		first, last = len(all)-1, -1
	}
	for _, bound := range []struct {
		value *exec.Value
		to    *int
	}{{start, &first}, {stop, &last}} {
		if bound.value.IsNil() {
			continue
		}
		if !bound.value.IsInteger() {
			return nil, fmt.Errorf("a slice is bounded by numbers")
		}
		i := bound.value.Integer()
		if i < 0 {
			i += len(all)
		}
		low, high := 0, len(all)
		if step < 0 {
			low, high = -1, len(all)-1
		}
		*bound.to = min(max(i, low), high)
	}
	part := list{}
	for i := first; step > 0 && i < last || step < 0 && i > last; i += step {
		part = append(part, all[i])
		if step > len(all) || step < -len(all) {
			break // i would overflow
		}
	}
	if in.IsString() {
		return joined(part, "", func(v *exec.Value) *exec.Value { return v })
	}
	return part, nil
}

// call is x.method(...).
func call(_ *exec.Evaluator, in *exec.Value, a *arguments) (any, error) {
	name := str(a.next(""))
	var methods map[string]methodFunc
	switch {
	case isUndefined(in):
		return nil, fmt.Errorf("%s is asked of what is not there", name)
	case in.IsString():
		methods = textMethods
	case in.IsDict():
		methods = dictMethods
	case in.IsList():
		methods = listMethods
	default:
		if of, ok := in.Interface().(exec.AttributeGetter); ok { // loop.cycle
			value, _ := of.GetAttribute(name)
			if f, ok := value.Interface().(func(*exec.VarArgs) *exec.Value); ok {
				return f(&exec.VarArgs{Args: a.rest()}), nil
			}
		}
	}
	method, ok := methods[name]
	if !ok {
		return nil, fmt.Errorf("the method %.40s of %s is not supported", name, describe(in))
	}
	return method(in, a)
}

// operate is an operation on two values, by Python's rules.
func operate(operator string, left, right *exec.Value) (any, error) {
	switch operator {
	case "==":
		return left.EqualValueTo(right), nil
	case "!=":
		return !left.EqualValueTo(right), nil
	case "in":
		return contains(right, left)
	case "~":
		return str(left) + str(right), nil
	}
	switch {
	case isNumber(left) && isNumber(right):
		return calculate(operator, left, right)
	case left.IsString() && right.IsString():
		return operateTexts(operator, left.String(), right.String())
	case operator == "+" && left.IsList() && right.IsList():
		return append(items(left), items(right)...), nil
	case operator == "*" && left.IsString() && isNumber(right):
		return repeat(left.String(), right.Integer())
	}
	return nil, fmt.Errorf("%s %s %s is not supported", describe(left), operator, describe(right))
}

// isNumber reports whether a value counts as a number: True and False do.
func isNumber(v *exec.Value) bool { return v.IsNumber() || v.IsBool() }

func operateTexts(operator, left, right string) (any, error) {
	switch operator {
	case "+":
		return left + right, nil
	case "<":
		return left < right, nil
	case ">":
		return left > right, nil
	case "<=":
		return left <= right, nil
	case ">=":
		return left >= right, nil
	}
	return nil, fmt.Errorf("a text %s a text is not supported", operator)
}

func repeat(text string, times int) (any, error) {
	if times > 0 && len(text) > mostText/times {
		return nil, errValue
	}
	return strings.Repeat(text, max(times, 0)), nil
}

func calculate(operator string, left, right *exec.Value) (any, error) {
	x, y := float(left), float(right)
	switch operator {
	case "<":
		return x < y, nil
	case ">":
		return x > y, nil
	case "<=":
		return x <= y, nil
	case ">=":
		return x >= y, nil
	}
	if y == 0 && strings.Contains("// %", operator) {
		return nil, fmt.Errorf("a division by 0")
	}
	var result float64
	switch operator {
	case "+":
		result = x + y
	case "-":
		result = x - y
	case "*":
		result = x * y
	case "/":
		return x / y, nil
	case "//":
		result = math.Floor(x / y)
	case "%":
		result = x - y*math.Floor(x/y)
	}
	if left.IsFloat() || right.IsFloat() {
		return result, nil
	}
	const exact = 1 << 53 // beyond it a float64 does not hold every whole number
	if math.Abs(result) >= exact {
		return nil, fmt.Errorf("a number is too large")
	}
	return int(result), nil
}

func float(v *exec.Value) float64 {
	if v.IsBool() {
		if v.IsTrue() {
			return 1
		}
		return 0
	}
	return v.Float()
}
