package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// errInterrupted says that the user stopped the command; there is nothing to report.
var errInterrupted = errors.New("interrupted")

// errUnread says that whoever read standard output has gone, as head does when it has seen enough; there is nothing to report.
var errUnread = errors.New("nobody reads standard output any more")

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// flagError reports what cobra found wrong with the flags of cmd.
func flagError(cmd *cobra.Command, err error) error {
	return usage("%w (see %q)", err, cmd.CommandPath()+" --help")
}

// noArguments refuses arguments of a command that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("%q takes no arguments, found %q", cmd.CommandPath(), args[0])
}
