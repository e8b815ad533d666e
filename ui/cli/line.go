package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// A line stands at the end of a terminal and is written over. It is for one goroutine.
type line struct {
	out     io.Writer  // nil where there is no terminal that could
	columns func() int // of the terminal
	written int        // cells of what stands there
}

// line is one on standard error.
func (a *app) line() line {
	file, ok := a.Err.(interface{ Fd() uintptr })
	if !ok || a.dumb() || !terminal(a.Err) {
		return line{}
	}
	return line{out: a.Err, columns: func() int {
		columns, _, err := term.GetSize(file.Fd())
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}}
}

// width is how many cells a text may have: in the last one some terminals begin a new line.
func (l *line) width() int { return l.columns() - 1 }

// write puts a text in place of the one before, cut to the terminal's width; "" takes it away. It does nothing where there is
// no terminal.
func (l *line) write(text string) {
	if l.out == nil || text == "" && l.written == 0 {
		return
	}
	if l.columns != nil {
		text = ansi.Truncate(text, l.width(), "…")
	}
	width := ansi.StringWidth(text)
	fmt.Fprint(l.out, "\r", text, strings.Repeat(" ", max(l.written-width, 0)))
	if l.written = width; text == "" {
		fmt.Fprint(l.out, "\r")
	}
}
