package pane

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/wrap"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// Candidates shows several replies to one message as they are written, in columns or stacked by width, and takes one.
type Candidates struct {
	session *session.Session
	chosen  int
}

// NewCandidates shows those of a session.
func NewCandidates(of *session.Session) *Candidates { return &Candidates{session: of} }

// Title implements Pane.
func (c *Candidates) Title() string { return "Candidates" }

// Text implements Pane.
func (c *Candidates) Text() string { return c.session.Reply.Replies().Text() }

// Cursor implements Pane.
func (c *Candidates) Cursor() *tea.Cursor { return nil }

// Over implements Passing.
func (c *Candidates) Over() bool { return !c.session.Reply.Choosing() }

// Handle implements Pane.
func (c *Candidates) Handle(msg tea.Msg) (o Action) {
	reply := c.session.Reply
	all := len(reply.Replies().All)
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		c.chosen = max(min(c.chosen+Wheel(msg)/wheelLines, all-1), 0)
	case tea.KeyPressMsg:
		switch name := msg.String(); name {
		case "left", "up":
			c.chosen = max(c.chosen-1, 0)
		case "right", "down":
			c.chosen = min(c.chosen+1, all-1)
		case "enter":
			reply.Choose(c.chosen)
			o.Leave = true
		case "k":
			reply.KeepAll()
			o.Leave = true
		case "esc":
			if !reply.Writing() {
				reply.KeepAll()
				o.Leave = true
				break
			}
			reply.Stop()
		default:
			n, err := strconv.Atoi(name)
			if err != nil || n < 1 || n > all {
				o.Passed = true
				break
			}
			reply.Choose(n - 1)
			o.Leave = true
		}
	}
	return o
}

// Columns of a candidate: fewer are hard to read, and between two there is a line.
const (
	leastColumn = 30
	between     = " │ "
)

// Draw implements Pane.
func (c *Candidates) Draw(look *style.Look, width, height int, focused bool) []string {
	all := c.session.Reply.Replies().All
	if len(all) == 0 || height < 1 {
		return filled(nil, width, height)
	}
	columns := max(min((width+len(between)-2)/(leastColumn+len(between)-2), len(all)), 1)
	rows := (len(all) + columns - 1) / columns
	columns = (len(all) + rows - 1) / rows
	column := (width - (columns-1)*3) / columns
	room := height - 1
	if room < 2*rows { // no room for all: the chosen one
		return c.foot(filled(c.cell(look, all[c.chosen], c.chosen, width, room, focused), width, room), look, width, focused)
	}
	var lines []string
	for row := range rows {
		share := (room - len(lines)) / (rows - row)
		cells := make([][]string, 0, columns)
		for i := row * columns; i < min((row+1)*columns, len(all)); i++ {
			cells = append(cells, filled(c.cell(look, all[i], i, column, share, focused), column, share))
		}
		for y := range share {
			var line strings.Builder
			for i, cell := range cells {
				if i > 0 {
					line.WriteString(look.Dim.Render(between))
				}
				if i < len(cells)-1 {
					line.WriteString(style.Pad(cell[y], column))
				} else {
					line.WriteString(cell[y])
				}
			}
			lines = append(lines, line.String())
		}
	}
	return c.foot(filled(lines, width, room), look, width, focused)
}

// foot adds what the keys do.
func (c *Candidates) foot(lines []string, look *style.Look, width int, focused bool) []string {
	hint := "Tab to choose"
	switch {
	case focused && c.session.Reply.Writing():
		hint = "a digit takes one; Esc stops all"
	case focused:
		hint = "a digit, or Enter, takes one; k, or Esc, keeps all"
	}
	return append(lines, look.Dim.Render(ansi.Truncate(style.Margin+hint, width, "…")))
}

// cell is a candidate: what there is to say of it, and the end of its text.
func (c *Candidates) cell(look *style.Look, one session.Candidate, n, width, height int, focused bool) []string {
	head := ansi.Truncate(fmt.Sprintf("%d  %s", n+1, one.About()), width, "…")
	paint := look.Dim
	if n == c.chosen && focused {
		paint = look.Selected
	}
	lines := wrap.Text(strings.TrimSpace(safe.Text(one.Turn.Text)), max(width, 1))
	if one.Turn.State == chat.Writing && strings.TrimSpace(one.Turn.Text) == "" {
		lines = []string{look.Dim.Render("…")}
	}
	if room := max(height-1, 0); len(lines) > room {
		if one.Turn.State == chat.Writing {
			lines = lines[len(lines)-room:]
		} else {
			lines = lines[:room]
		}
	}
	return append([]string{paint.Render(head)}, lines...)
}
