package template

import (
	"fmt"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// environment is all that a template has: nothing in it changes.
var environment = &exec.Environment{
	Filters:           filters(),
	Tests:             exec.NewTestSet(nil), // rewrite makes filters of them, and of methods
	ControlStructures: statements(),
	Context: exec.NewContext(map[string]any{
		"range": function(numbers),
		"namespace": function(func(_ *budget, a *arguments) (any, error) {
			space := map[string]any{}
			for name := range a.KwArgs {
				space[name] = a.next(name)
			}
			return space, nil
		}),
		"dict": function(func(_ *budget, a *arguments) (any, error) {
			if len(a.KwArgs) > 1 {
				return nil, fmt.Errorf("dict of several names is not supported; write it in braces") // their order is lost
			}
			d := record()
			for name := range a.KwArgs {
				d = record(name, a.next(name))
			}
			return d, nil
		}),
		"raise_exception": function(func(_ *budget, a *arguments) (any, error) {
			return nil, &RaisedError{str(a.next("message"))}
		}),
		"strftime_now": function(func(b *budget, a *arguments) (any, error) {
			return strftime(b.now, a.text("format", ""))
		}),
	}),
}

// function makes a function of gonja: it takes a step, its result is measured, and an error ends the run.
func function(f func(b *budget, a *arguments) (any, error)) func(*exec.Evaluator, *exec.VarArgs) any {
	return func(e *exec.Evaluator, params *exec.VarArgs) any {
		b := budgetOf(e.Environment.Context)
		if err := b.step(); err != nil {
			return err
		}
		a := &arguments{VarArgs: params}
		out, err := f(b, a)
		return b.result(out, a, err)
	}
}

// numbers is Python's range, of a bounded length.
func numbers(_ *budget, a *arguments) (any, error) {
	start, stop, step := 0, a.number("stop", 0), 1
	if len(a.Args) > 1 {
		start, stop, step = stop, a.number("stop", 0), a.number("step", 1)
	}
	if step == 0 {
		return nil, fmt.Errorf("a range has no step of 0")
	}
	all := list{}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(all) == mostRange {
			return nil, fmt.Errorf("a range has more than %d numbers", mostRange)
		}
		all = append(all, i)
	}
	return all, nil
}

// strftime writes a time as C's strftime does, in English.
func strftime(now time.Time, format string) (string, error) {
	layouts := map[rune]string{
		'Y': "2006", 'y': "06", 'm': "01", 'B': "January", 'b': "Jan", 'd': "02", 'e': "_2", 'j': "002", 'A': "Monday", 'a': "Mon",
		'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM", 'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'R': "15:04",
		'Z': "", 'z': "",
	}
	var out strings.Builder
	directive := false
	for _, r := range format {
		switch layout, ok := layouts[r]; {
		case !directive && r == '%':
			directive = true
			continue
		case !directive, r == '%':
			out.WriteRune(r)
		case !ok:
			return "", fmt.Errorf("strftime_now: %%%c is not supported", r)
		default:
			out.WriteString(now.Format(layout))
		}
		directive = false
	}
	return out.String(), nil
}
