package template

import (
	"fmt"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// arguments are those of a call, which are taken one by one, by position or by name.
type arguments struct {
	*exec.VarArgs
	taken int // positional ones
	named int
	err   error
}

// next returns the next argument, undefined where it is not given.
func (a *arguments) next(name string) *exec.Value {
	if a.taken < len(a.Args) {
		a.taken++
		return a.Args[a.taken-1]
	}
	if v, ok := a.KwArgs[name]; ok {
		a.named++
		return v
	}
	return undefined()
}

// text returns the next argument as a text.
func (a *arguments) text(name, otherwise string) string {
	v := a.next(name)
	switch {
	case v.IsNil():
		return otherwise
	case !v.IsString():
		a.fail("%s is no text", name)
	}
	return v.String()
}

func (a *arguments) number(name string, otherwise int) int {
	v := a.next(name)
	switch {
	case v.IsNil():
		return otherwise
	case !v.IsInteger():
		a.fail("%s is no whole number", name)
	}
	return v.Integer()
}

func (a *arguments) truth(name string) bool { return a.next(name).IsTrue() }

// rest returns the positional arguments that are left.
func (a *arguments) rest() []*exec.Value {
	left := a.Args[a.taken:]
	a.taken = len(a.Args)
	return left
}

func (a *arguments) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

// end returns what is wrong with the arguments.
func (a *arguments) end() error {
	if a.err == nil && (a.taken < len(a.Args) || a.named < len(a.KwArgs)) {
		a.fail("an argument is one too many, or is not supported")
	}
	return a.err
}

// result is what a call gives gonja: out, or the error that ends the run.
func (b *budget) result(out any, a *arguments, err error) any {
	if err == nil {
		err = a.end()
	}
	if err != nil {
		return b.fail(err)
	}
	if err := b.hold(exec.ToValue(out)); err != nil {
		return err
	}
	return out
}
