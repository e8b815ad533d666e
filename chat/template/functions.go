package template

import (
	"fmt"
	"strings"
	"time"
)

// functions are all that a template can call by name.
var functions = map[string]func(r *run, a *arguments) (any, error){
	"range": numbers,
	"namespace": func(_ *run, a *arguments) (any, error) {
		made := &space{map[string]value{}}
		for name := range a.names {
			made.values[name] = a.next(name)
		}
		return made, nil
	},
	"dict": func(_ *run, a *arguments) (any, error) {
		if len(a.names) > 1 {
			return nil, fmt.Errorf("dict of several names is not supported; write it in braces")
		}
		d := record()
		for name := range a.names {
			d = record(name, a.next(name))
		}
		return d, nil
	},
	"raise_exception": func(_ *run, a *arguments) (any, error) {
		return nil, &RaisedError{str(a.next("message"))}
	},
	"strftime_now": func(r *run, a *arguments) (any, error) {
		return strftime(r.now, a.text("format", ""))
	},
}

// numbers is Python's range, of a bounded length.
func numbers(_ *run, a *arguments) (any, error) {
	start, stop, step := 0, a.number("stop", 0), 1
	if len(a.places) > 1 {
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
		all = append(all, value{i})
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
