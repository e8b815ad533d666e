package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// terminal reports whether a stream is one.
func terminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(file.Fd())
}

// text is what a command works on: its arguments with spaces between them or, without any, all of standard input, byte
// for byte. what names it in errors.
func (a *app) text(args []string, what string) (string, error) {
	if len(args) > 0 {
		return strings.Join(args, " "), nil
	}
	if terminal(a.In) {
		return "", usage("no %s: give it as an argument, or pipe it in", what)
	}
	if closed(a.In) {
		return "", fmt.Errorf("no %s: standard input is closed; give it as an argument, or pipe it in", what)
	}
	data, err := io.ReadAll(a.In)
	if err != nil {
		return "", fmt.Errorf("cannot read the %s from standard input: %w", what, bare(err))
	}
	return string(data), nil
}

// closed reports whether a stream is the null device, which is also what Go opens in place of a closed standard input.
func closed(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	found, err := file.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(found, null)
}

// outputError says that standard output does not take what is written to it.
func outputError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write to standard output: %w", bare(err))
}

// bare leaves the operation and the file name ("write /dev/stdout") out of an error.
func bare(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
