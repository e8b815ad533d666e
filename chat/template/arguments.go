package template

import "fmt"

// arguments are those of a call, which are taken one by one, by position or by name.
type arguments struct {
	places []value
	names  map[string]value
	taken  int // positional ones
	named  int
	err    error
}

// next returns the next argument, undefined where it is not given.
func (a *arguments) next(name string) value {
	if a.taken < len(a.places) {
		a.taken++
		return a.places[a.taken-1]
	}
	if v, ok := a.names[name]; ok {
		a.named++
		return v
	}
	return undefined()
}

// text returns the next argument as a text.
func (a *arguments) text(name, otherwise string) string {
	v := a.next(name)
	switch {
	case v.isNil():
		return otherwise
	case !v.isString():
		a.fail("%s is no text", name)
	}
	return v.text()
}

func (a *arguments) number(name string, otherwise int) int {
	v := a.next(name)
	switch {
	case v.isNil():
		return otherwise
	case !v.isInteger():
		a.fail("%s is no whole number", name)
	}
	return v.integer()
}

func (a *arguments) truth(name string) bool { return a.next(name).isTrue() }

// rest returns the positional arguments that are left.
func (a *arguments) rest() []value {
	left := a.places[a.taken:]
	a.taken = len(a.places)
	return left
}

func (a *arguments) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

// end returns what is wrong with the arguments.
func (a *arguments) end() error {
	if a.err == nil && (a.taken < len(a.places) || a.named < len(a.names)) {
		a.fail("an argument is one too many, or is not supported")
	}
	return a.err
}
