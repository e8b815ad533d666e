package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/ui/safe"
)

// Exit statuses.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitSignal      = 128 // and the number of the signal that ended it, as shells have it
	exitInterrupted = 130 // of SIGINT
	exitUnread      = 141 // of SIGPIPE
)

// Streams are the three that every process has. Those that are files may be terminals.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// app is one run of the program.
type app struct {
	Streams
	environment
	dash int   // arguments before "--"; -1: there is none
	err  error // how the command ended
}

// Main runs the command that args (without the program's name) ask for and returns the exit status: 0, 1 for a failure,
// 2 for a mistake in the command line, 130 when the user interrupted it, 141 when nobody reads its output any more, 143 when
// SIGTERM ended the chat. lookup gives the environment variables. An error is one line on s.Err.
func Main(ctx context.Context, args []string, s Streams, lookup func(string) (string, bool)) int {
	signal.Ignore(syscall.SIGPIPE) // a reader that went away shows as an error of the write

	a := &app{Streams: s, environment: lookup}
	root := a.root(args)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := a.execute(ctx, root)
	if err != nil && a.err == nil { // that of a writer otherwise
		a.err = usageError{err} // commands return nil: this one is cobra's own
	}
	return a.status()
}

// execute runs the command. Only help on a terminal has colours, and asks the terminal for its background to choose them.
// Errors are not reported yet.
func (a *app) execute(ctx context.Context, root *cobra.Command) error {
	if a.plain(a.Out) {
		root.SetOut(helpWriter{a})
		root.Version = version()
		root.SilenceErrors, root.SilenceUsage = true, true
		return root.ExecuteContext(ctx)
	}
	return fang.Execute(ctx, root,
		fang.WithVersion(version()),
		fang.WithoutManpage(),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
}

// run makes f the body of a command. The error goes past fang, which would first ask the terminal for its colours.
func (a *app) run(f func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.dash = cmd.ArgsLenAtDash()
		if tells(cmd) {
			a.err = openOutput(a.Out)
		}
		if a.err == nil {
			a.err = f(cmd, args)
		}
		return nil
	}
}

// openOutput says what is wrong with standard output before anything is written to it.
func openOutput(stream any) error {
	if noOutput(stream) {
		return errors.New("standard output is closed, and what the command finds out would be lost")
	}
	return nil
}

// helpWriter takes the texts that cobra writes, which does not look at how that ends: help, and the scripts for completion.
type helpWriter struct{ *app }

func (w helpWriter) Write(text []byte) (n int, err error) {
	if err = openOutput(w.Out); err == nil {
		if n, err = w.Out.Write(text); err != nil {
			err = outputError(err)
		}
	}
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// tells reports whether a command is run for what it writes to standard output, and not for what it does. A chat needs a
// terminal, and says so.
func tells(cmd *cobra.Command) bool {
	return !slices.Contains([]string{"inkling", "chat", "pull", "rm", "run", "convert", "serve", "init"}, cmd.Name())
}

// status reports how the command ended and returns the exit status for it.
func (a *app) status() int {
	var usage usageError
	told, signalled := errors.AsType[session.Signal](a.err)
	switch {
	case a.err == nil:
		return exitOK
	case signalled && told.Err == nil:
		return exitSignal + int(told.Number)
	case errors.Is(a.err, errInterrupted):
		return exitInterrupted
	case errors.Is(a.err, errUnread):
		return exitUnread
	}
	fmt.Fprintln(a.Err, "inkling: "+safe.Line(a.err.Error()))
	switch {
	case signalled:
		return exitSignal + int(told.Number)
	case errors.As(a.err, &usage):
		return exitUsage
	}
	return exitFailure
}
