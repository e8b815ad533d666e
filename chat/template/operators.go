package template

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// attribute is x.name.
func attribute(in value, name string) (value, error) {
	if in.isUndefined() {
		return undefined(), fmt.Errorf("%s is asked of what is not there", name)
	}
	return in.attribute(name), nil
}

// item is x[key].
func (r *run) item(in, key value) (value, error) {
	switch {
	case in.isUndefined():
		return undefined(), fmt.Errorf("%s is asked of what is not there", describe(key))
	case key.isString():
		return attribute(in, key.text())
	case in.isDict():
		found, _, err := r.look(in.pairs(), key)
		return found, err
	case key.isInteger() && in.isList():
		return in.items().at(key.integer()), nil
	case key.isInteger() && in.isString():
		return r.character(in.text(), key.integer())
	}
	return undefined(), nil
}

// character is that of a text at a place, which counts from the end where it is negative.
func (r *run) character(text string, i int) (value, error) {
	if i < 0 {
		i += utf8.RuneCountInString(text)
	}
	if i >= 0 {
		for _, c := range text {
			if i--; i < 0 {
				return value{string(c)}, r.use(workOfByte * len(text))
			}
		}
	}
	return undefined(), r.use(workOfByte * len(text))
}

// slice is x[start:stop:step], with none for what is left out.
func (r *run) slice(in, start, stop, step value) (any, error) {
	if !in.isList() && !in.isString() {
		if in.isUndefined() {
			return nil, fmt.Errorf("a slice is asked of what is not there")
		}
		return undefined(), nil
	}
	if err := r.read(in); err != nil {
		return nil, err
	}
	by := 1
	switch {
	case step.isInteger():
		by = step.integer()
	case !step.isNil():
		return nil, fmt.Errorf("step is no whole number")
	}
	if by == 0 {
		return nil, fmt.Errorf("a slice has no step of 0")
	}
	var letters []rune
	var all list
	n := in.size()
	if in.isString() {
		letters = []rune(in.text())
	} else {
		all = in.items()
	}
	first, last := 0, n
	if by < 0 {
		first, last = n-1, -1
	}
	for _, bound := range []struct {
		value value
		to    *int
	}{{start, &first}, {stop, &last}} {
		if bound.value.isNil() {
			continue
		}
		if !bound.value.isInteger() {
			return nil, fmt.Errorf("a slice is bounded by numbers")
		}
		i := bound.value.integer()
		if i < 0 {
			i += n
		}
		low, high := 0, n
		if by < 0 {
			low, high = -1, n-1
		}
		*bound.to = min(max(i, low), high)
	}
	part, text := list{}, strings.Builder{}
	for i := first; by > 0 && i < last || by < 0 && i > last; i += by {
		if letters != nil {
			text.WriteRune(letters[i])
		} else {
			part = append(part, all[i])
		}
		if by > n || by < -n {
			break // i would overflow
		}
	}
	if in.isString() {
		return text.String(), nil
	}
	return part, nil
}

// operate is an operation on two values, by Python's rules.
func (r *run) operate(operator string, left, right value) (any, error) {
	switch operator {
	case "==":
		return r.equal(left, right)
	case "!=":
		same, err := r.equal(left, right)
		return !same, err
	case "in":
		return r.contains(right, left)
	case "~":
		return str(left) + str(right), nil
	}
	switch {
	case isNumber(left) && isNumber(right):
		return calculate(operator, left, right)
	case left.isString() && right.isString():
		return operateTexts(operator, left.text(), right.text())
	case operator == "+" && left.isList() && right.isList():
		all := make(list, 0, left.size()+right.size())
		return append(append(all, left.items()...), right.items()...), nil
	case operator == "*" && left.isString() && isNumber(right):
		return repeat(left.text(), right.integer())
	}
	return nil, fmt.Errorf("%s %s %s is not supported", describe(left), operator, describe(right))
}

// isNumber reports whether a value counts as a number: True and False do.
func isNumber(v value) bool { return v.isNumber() || v.isBool() }

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

func calculate(operator string, left, right value) (any, error) {
	x, y := left.float(), right.float()
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
	if left.isFloat() || right.isFloat() {
		return result, nil
	}
	const exact = 1 << 53 // beyond it a float64 does not hold every whole number
	if math.Abs(result) >= exact {
		return nil, fmt.Errorf("a number is too large")
	}
	return int(result), nil
}
