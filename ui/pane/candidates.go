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

// Candidates shows several replies to one message as they are written, in columns, stacked or as tabs by the room, and takes one.
type Candidates struct {
	session *session.Session
	chosen  int
	cells   []cell
}

// A cell is where a candidate was drawn last.
type cell struct{ n, x, y, width, height int }

// NewCandidates shows those of a session.
func NewCandidates(of *session.Session) *Candidates { return &Candidates{session: of} }

// Title implements Pane.
func (c *Candidates) Title() string { return "Candidates" }

// Text implements Pane.
func (c *Candidates) Text() string { return c.session.Reply.Candidates().Text() }

// Cursor implements Pane.
func (c *Candidates) Cursor() *tea.Cursor { return nil }

// Over implements Passing.
func (c *Candidates) Over() bool { return !c.session.Reply.Choosing() }

// Handle implements Pane.
func (c *Candidates) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.Work = c.move(Wheel(msg) / wheelLines)
	case tea.MouseClickMsg:
		for _, at := range c.cells {
			if msg.X >= at.x && msg.X < at.x+at.width && msg.Y >= at.y && msg.Y < at.y+at.height {
				o.Work = c.move(at.n - c.chosen)
			}
		}
	case tea.KeyPressMsg:
		return c.press(msg)
	}
	return o
}

// move chooses another candidate, which is then the one whose tokens can be chosen.
func (c *Candidates) move(step int) []session.Work {
	c.chosen = max(min(c.chosen+step, len(c.session.Reply.Candidates().All)-1), 0)
	return c.session.Reply.Front(c.chosen)
}

func (c *Candidates) press(key tea.KeyPressMsg) (o Action) {
	reply := c.session.Reply
	all := reply.Candidates().All
	c.chosen = min(c.chosen, len(all)-1)
	switch name := key.String(); name {
	case "left", "up":
		o.Work = c.move(-1)
	case "right", "down":
		o.Work = c.move(+1)
	case "space":
		if reply.Writing() {
			o.Work = reply.Pause()
		}
	case "s":
		if reply.Writing() {
			o.Work = reply.Step(1)
		}
	case "backspace":
		if reply.Paused() && all[c.chosen].Turn.State == chat.Writing {
			o.Work = append(reply.Front(c.chosen), reply.Back(1)...)
		}
	case "c":
		if reply.Paused() && all[c.chosen].Turn.State == chat.Writing {
			o.Work = reply.Front(c.chosen)
			o.Open = NewChoose(c.session, func() session.Place { return session.Place{} })
		}
	case "enter":
		o.Work, o.Leave = reply.Choose(c.chosen), true
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
		if err != nil || n < 1 || n > len(all) {
			o.Passed = true
			break
		}
		o.Work, o.Leave = reply.Choose(n-1), true
	}
	return o
}

// Columns of a candidate: fewer are hard to read, and between two there is a line.
const (
	leastColumn = 30
	between     = " │ "
)

// leastCell is how many lines a candidate has at least: what there is to say of it, and text.
const leastCell = 3

// Draw implements Pane.
func (c *Candidates) Draw(look *style.Look, width, height int, focused bool) []string {
	all := c.session.Reply.Candidates().All
	c.cells = c.cells[:0]
	if len(all) == 0 || height < 1 {
		return filled(nil, width, height)
	}
	c.chosen = min(c.chosen, len(all)-1)
	columns := max(min((width+len(between)-2)/(leastColumn+len(between)-2), len(all)), 1)
	rows := (len(all) + columns - 1) / columns
	columns = (len(all) + rows - 1) / rows
	column := (width - (columns-1)*3) / columns
	room := height - 1
	if room < leastCell*rows {
		lines := append([]string{c.tabs(look, all, width, focused)}, c.text(look, all[c.chosen], width, room-1)...)
		return c.foot(filled(lines, width, room), look, width, focused)
	}
	var lines []string
	for row := range rows {
		share := (room - len(lines)) / (rows - row)
		cells := make([][]string, 0, columns)
		for i := row * columns; i < min((row+1)*columns, len(all)); i++ {
			c.cells = append(c.cells, cell{i, len(cells) * (column + 3), len(lines), column, share})
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

// tabs are all candidates on a line, each with its score and its repetition where there is room for that, else that of the chosen one.
func (c *Candidates) tabs(look *style.Look, all []session.Candidate, width int, focused bool) string {
	names := make([]string, len(all))
	wide := 0
	for i, one := range all {
		names[i] = fmt.Sprintf(" %d %s ", i+1, one.Brief())
		wide += ansi.StringWidth(names[i])
	}
	rest := ""
	if wide > width {
		for i := range all {
			names[i] = fmt.Sprintf(" %d ", i+1)
		}
		rest = " " + all[c.chosen].Brief()
	}
	x := 0
	for i, name := range names {
		c.cells = append(c.cells, cell{i, x, 0, ansi.StringWidth(name), 1})
		x += ansi.StringWidth(name)
		paint := look.Dim
		if i == c.chosen {
			name = "›" + name[1:]
			if paint = look.Title; focused {
				paint = look.Selected
			}
		}
		names[i] = paint.Render(name)
	}
	return ansi.Truncate(strings.Join(names, "")+look.Dim.Render(rest), width, "…")
}

// foot adds what the keys do.
func (c *Candidates) foot(lines []string, look *style.Look, width int, focused bool) []string {
	hint := "Tab to choose"
	switch {
	case focused && c.session.Reply.Paused():
		hint = "1-8 take; Space on; s steps; c a token; Backspace back; k keeps"
	case focused && c.session.Reply.Writing():
		hint = "1-8 take one; Space pauses; Esc stops all"
	case focused:
		hint = "1-8, or Enter, take one; k, or Esc, keeps all"
	}
	if n := len(c.session.Reply.Candidates().All); n > 0 {
		hint = strings.Replace(hint, "1-8", fmt.Sprintf("1-%d", n), 1)
	}
	return append(lines, look.Dim.Render(style.Shorten(style.Margin+hint, width)))
}

// cell is a candidate: what there is to say of it, and the end of its text.
func (c *Candidates) cell(look *style.Look, one session.Candidate, n, width, height int, focused bool) []string {
	paint, mark := look.Dim, " "
	if n == c.chosen {
		mark = "›"
		if focused {
			paint = look.Selected
		}
	}
	head := style.Shorten(fmt.Sprintf("%d%s %s", n+1, mark, one.About()), width)
	return append([]string{paint.Render(head)}, c.text(look, one, width, height-1)...)
}

// text is that of a candidate: its end while it is written, its beginning afterwards.
func (c *Candidates) text(look *style.Look, one session.Candidate, width, height int) []string {
	lines := wrap.Text(strings.TrimSpace(safe.Text(one.Turn.Text)), max(width, 1))
	if one.Turn.State == chat.Writing && strings.TrimSpace(one.Turn.Text) == "" {
		lines = []string{look.Dim.Render("…")}
	}
	if room := max(height, 0); len(lines) > room {
		if one.Turn.State == chat.Writing {
			lines = lines[len(lines)-room:]
		} else {
			lines = lines[:room]
		}
	}
	return lines
}
