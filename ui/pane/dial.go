package pane

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/style"
)

// A Dial shows the sampling parameters and turns them, while a reply is written too.
type Dial struct {
	session *session.Session
	list    list.List[session.Dial]
	order   []string
	wide    int    // columns of the parameters, as they were drawn last
	above   int    // lines of the thermometer over them
	typed   string // a value that is being typed, "" for none
	at      *tea.Cursor
}

// NewDial shows the parameters of a session.
func NewDial(of *session.Session) *Dial {
	d := &Dial{session: of}
	d.list.Set(of.Dials().All)
	return d
}

// Title implements Pane.
func (d *Dial) Title() string { return "Dial" }

// Text implements Pane.
func (d *Dial) Text() string { return d.session.Dials().Text() }

// Cursor implements Pane.
func (d *Dial) Cursor() *tea.Cursor { return d.at }

// Handle implements Pane.
func (d *Dial) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		chosen, _ := d.list.Chosen()
		steps := Wheel(msg) / wheelLines
		switch _, on := d.list.Pick(d.line(msg.X, msg.Y)); {
		case !d.set(chosen):
			d.list.Choose(slices.IndexFunc(d.list.Shown(), func(x session.Dial) bool { return x.Key == chosen.Key }))
		case on:
			under, _ := d.list.Chosen()
			d.session.Turn(under.Key, -steps)
			o.Work = d.session.Reply.Peek()
		default:
			d.list.Move(steps)
		}
	case tea.MouseClickMsg:
		if chosen, _ := d.list.Chosen(); msg.Button == tea.MouseLeft && d.set(chosen) {
			if d.list.Pick(d.line(msg.X, msg.Y)); d.heated(msg.X, msg.Y) {
				o.Work = d.session.Reply.Peek()
			}
		}
	case tea.PasteMsg:
		for _, r := range msg.Content {
			d.digit(string(r))
		}
	case tea.KeyPressMsg:
		return d.press(msg)
	}
	return o
}

func (d *Dial) press(key tea.KeyPressMsg) (o Action) {
	chosen, _ := d.list.Chosen()
	switch name := key.String(); name {
	case "up", "down", "pgup", "pgdown":
		if d.set(chosen) {
			d.list.Press(name)
		}
	case "left", "right":
		if d.set(chosen) {
			d.session.Turn(chosen.Key, map[string]int{"left": -1, "right": +1}[name])
		}
		o.Work = d.session.Reply.Peek()
	case "<", ">":
		if d.set(chosen) {
			d.session.MoveStep(chosen.Key, map[string]int{"<": -1, ">": +1}[name])
		}
		o.Work = d.session.Reply.Peek()
	case "enter":
		o.Leave = d.typed == ""
		d.set(chosen)
		o.Work = d.session.Reply.Peek()
	case "backspace", "delete":
		if d.typed != "" {
			d.typed = d.typed[:len(d.typed)-1]
		} else {
			d.session.ResetDial(chosen.Key)
			o.Work = d.session.Reply.Peek()
		}
	case "esc":
		o.Leave = d.typed == ""
		d.typed = ""
	default:
		o.Passed = !d.digit(key.Text)
	}
	return o
}

// line is the line of the parameters at a place, -1 for a place beside them.
func (d *Dial) line(x, y int) int {
	if x >= d.wide {
		return -1
	}
	return y - d.above
}

// heated sets the temperature to what stands at a place of the thermometer. It reports false for a place beside it.
func (d *Dial) heated(x, y int) bool {
	column := x - len(style.Margin)
	if y < 0 || y >= d.above || column < 0 || column >= scale(d.wide) {
		return false
	}
	at := float64(column) / float64(scale(d.wide)-1) * style.Hottest
	return d.session.SetDial("temperature", strconv.FormatFloat(math.Round(at*10)/10, 'f', 1, 64))
}

// scale is how many columns the thermometer has in so many.
func scale(width int) int { return width - 2*len(style.Margin) }

// digit takes a character of a number. It reports false for any other.
func (d *Dial) digit(text string) bool {
	const longest = 9
	if len(text) != 1 || !strings.Contains("0123456789.-", text) {
		return false
	}
	if len(d.typed) < longest {
		d.typed += text
	}
	return true
}

// set gives the chosen dial the value that was typed. It reports false where that is none.
func (d *Dial) set(chosen session.Dial) bool {
	if d.typed != "" && !d.session.SetDial(chosen.Key, d.typed) {
		return false
	}
	d.typed = ""
	return true
}

// Draw implements Pane.
func (d *Dial) Draw(look *style.Look, width, height int, focused bool) []string {
	dials := d.session.Dials()
	d.order = dials.Order
	d.list.Set(dials.All)
	course := d.session.Reply.Course(width)
	beside, all := 38, len(d.list.Shown())+2
	switch odds := d.session.Reply.Odds(); {
	case len(odds.Tokens) == 0:
	case width >= 2*beside && height < all+leastBars:
		lines := d.rows(look, beside, height, focused)
		for i, l := range bars(look, odds, course, d.session.Settings.Values().Temperature, width-beside-2, height) {
			lines[i] = style.Pad(lines[i], beside) + "  " + l
		}
		return lines
	case height >= leastRows+leastBars:
		rows := max(min(all+1, height-mostBars), leastRows)
		return append(d.rows(look, width, rows, focused), bars(look, odds, course, d.session.Settings.Values().Temperature, width, height-rows)...)
	}
	return d.rows(look, width, height, focused)
}

// thermometer is the temperature on its scale, where there is room for it.
func (d *Dial) thermometer(look *style.Look, width, height int) (lines []string) {
	const narrowest, fewest = 24, 6 // columns, and rows of parameters
	if width < narrowest || height <= fewest {
		return nil
	}
	lines = append(lines, style.Margin+look.Scale(d.session.Settings.Values().Temperature, scale(width)))
	if height > 2*fewest {
		lines = append(lines, style.Margin+look.Marks(scale(width)))
	}
	return lines
}

// rows are the parameters, what the chosen one is, and the keys.
func (d *Dial) rows(look *style.Look, width, height int, focused bool) []string {
	d.at = nil
	const names, values = 18, 9
	rows := height
	if height > 3 {
		rows -= 2 // what the chosen one is, and the keys
	}
	d.wide = width
	lines := d.thermometer(look, width, rows)
	d.above = len(lines)
	lines = append(lines, d.list.Lines(rows-d.above, func(dial session.Dial, chosen bool) string {
		mark, name, value := style.Margin, style.Pad(dial.Key, names), style.PadLeft(dial.Value, values)
		paint := func(text ...string) string { return strings.Join(text, "") }
		switch {
		case chosen && focused:
			mark, paint = "› ", look.Selected.Render
		case dial.Off || dial.Missing:
			paint = look.Dim.Render
		}
		note := ""
		switch {
		case chosen && d.typed != "":
			value = style.PadLeft(d.typed, values)
			note = look.Dim.Render("  Enter")
		case dial.Missing:
			note = look.Dim.Render("  n/a")
		case dial.Changed:
			note = look.Dim.Render("  changed")
		case dial.Off:
			note = look.Dim.Render("  off")
		}
		return paint(mark+name+value) + note
	}, nil)...)
	if chosen, ok := d.list.Chosen(); ok && height > 3 {
		hint := "Tab, or Ctrl+T, to turn it"
		switch {
		case focused && chosen.Step > 0:
			hint = fmt.Sprintf("Left Right 0-9; < > moves step %d/%d", chosen.Step, len(d.order))
		case focused:
			hint = "Left, Right, 0-9; Backspace resets"
		}
		lines = append(lines, look.Dim.Render(style.Shorten(style.Margin+chosen.Help, width)), look.Dim.Render(style.Shorten(style.Margin+hint, width)))
	}
	return filled(lines, width, height)
}
