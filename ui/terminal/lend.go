package terminal

import (
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Lend has run use the terminal as it was before the program, and the program go on with what then makes of it. in and out are nil
// where they are no files.
func Lend(run func(in, out *os.File) error, then func(error) tea.Msg) tea.Cmd {
	return tea.Exec(&lent{run: run}, then)
}

// lent is what runs while the program is off the terminal.
type lent struct {
	run     func(in, out *os.File) error
	from    io.Reader
	in, out *os.File
}

func (l *lent) SetStdin(r io.Reader) {
	l.from = r
	l.in, _ = r.(*os.File)
}

func (l *lent) SetStdout(w io.Writer) { l.out, _ = w.(*os.File) }
func (l *lent) SetStderr(io.Writer)   {}
