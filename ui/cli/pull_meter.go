package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"inkling/engine/hub"
)

// between is the time between two lines of progress where no line can be rewritten.
const between = 5 * time.Second

// A pullMeter shows on standard error how far a pull is: as one line that is rewritten, on a terminal, and otherwise as a
// line every few seconds.
type pullMeter struct {
	line line
	out  io.Writer // where no line can be rewritten
	name string
	last time.Time // when the last line was written
}

func newPullMeter(l line, out io.Writer, name string) *pullMeter {
	return &pullMeter{line: l, out: out, name: name, last: time.Now()}
}

// show takes note of progress.
func (m *pullMeter) show(p hub.Progress) {
	switch {
	case m.line.out != nil:
		m.line.write(m.bar(p, m.line.width()))
	case time.Since(m.last) >= between:
		m.last = time.Now()
		fmt.Fprintln(m.out, m.text(p))
	}
}

// end takes the line away again.
func (m *pullMeter) end() { m.line.write("") }

// text is progress in words.
func (m *pullMeter) text(p hub.Progress) string { return m.name + ": " + p.String() }

// bar is progress as a picture of at most that many columns.
func (m *pullMeter) bar(p hub.Progress, width int) string {
	left, right := m.name+"  ", ""
	if p.Phase != hub.Fetching {
		right = "  " + p.Doing()
	}
	if p.Total == 0 {
		return cut(left+strings.TrimSpace(right), width)
	}
	right = "  " + strings.Join(p.Figures(), "  ") + right
	const longest, shortest = 40, 5
	room := min(width-len(left)-len(right)-2, longest)
	if room < shortest {
		return cut(strings.TrimSpace(left+strings.TrimSpace(right)), width)
	}
	full := int(int64(room) * p.Done / p.Total)
	return left + "[" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "]" + right
}

// cut takes the end off a line that is too wide.
func cut(line string, width int) string { return line[:min(len(line), max(width, 0))] }
