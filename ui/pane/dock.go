package pane

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/ui/style"
)

// A Dock is what is on the screen above the input: a main pane, others beside it or under it, by width, and the dialogs that hide
// them all. It knows which of the panes has the keys.
type Dock struct {
	Dialogs Stack
	Main    Pane
	Find    *Find // in place of the input, nil where nothing is to be found

	panes []Pane
	focus int // 0: none has the keys, the input has; 1: the main pane; 2: the first of the others
	areas []area
	held  Pane // in which a button of the mouse is held
}

// An area is where a pane was drawn last.
type area struct {
	pane                Pane
	x, y, width, height int
}

const (
	wide = 100 // columns: from here on panes stand beside the text
	side = 40  // columns of a pane beside it
	low  = 4   // lines: below that there is room for one pane

	short, leastText = 14, 3 // lines: below short, the text leaves to a pane with the keys all but these
)

// Toggle opens a pane and gives it the keys. One of the same title that is open gets them, and is closed where it has them.
func (d *Dock) Toggle(p Pane) {
	i := slices.IndexFunc(d.panes, func(open Pane) bool { return open.Title() == p.Title() })
	switch {
	case i < 0:
		d.panes = append(d.panes, p)
		d.focus = 1 + len(d.panes)
	case d.focus == i+2:
		d.close(i)
	default:
		d.focus = i + 2
	}
}

// Show opens a pane and gives it the keys, in place of one of the same title.
func (d *Dock) Show(p Pane) {
	if i := slices.IndexFunc(d.panes, func(open Pane) bool { return open.Title() == p.Title() }); i >= 0 {
		d.panes[i], d.focus = p, i+2
		return
	}
	d.Toggle(p)
}

// close takes the n-th pane away.
func (d *Dock) close(n int) { d.panes, d.focus = slices.Delete(d.panes, n, n+1), 0 }

// Close takes away the dialog that has the keys, or the pane.
func (d *Dock) Close() {
	if d.Dialogs.Top() != nil {
		d.Dialogs.Close()
	} else if d.focus > 1 {
		d.close(d.focus - 2)
	}
}

// Move gives the keys to the next part of the screen, or to the one before: the input, the main pane, the others.
func (d *Dock) Move(step int) {
	parts := 2 + len(d.panes)
	d.focus = (d.focus + step + parts) % parts
}

// FocusMain gives the keys to the main pane.
func (d *Dock) FocusMain() { d.focus = 1 }

// Leave gives the keys to the input.
func (d *Dock) Leave() { d.focus = 0 }

// Focused is the pane that has the keys, nil where the input has them.
func (d *Dock) Focused() Pane {
	switch {
	case d.focus == 0:
		return nil
	case d.focus == 1:
		return d.Main
	}
	return d.panes[d.focus-2]
}

// Mouse hands what the mouse does to the pane under it, as places in that pane; while a button is held, to the pane in which it went down.
// A click gives the keys to a pane. ok is false where there is no pane.
func (d *Dock) Mouse(msg tea.MouseMsg) (o Action, ok bool) {
	if top := d.Dialogs.Top(); top != nil {
		return top.Handle(msg), true
	}
	at := msg.Mouse()
	i := slices.IndexFunc(d.areas, func(a area) bool {
		return at.X >= a.x && at.X < a.x+a.width && at.Y >= a.y && at.Y < a.y+a.height
	})
	switch msg.(type) {
	case tea.MouseClickMsg:
		d.held = nil
		if i >= 0 {
			d.held = d.areas[i].pane
			d.focus = slices.Index(d.panes, d.held) + 2 // 1 for the main pane, which is none of them
		}
	case tea.MouseReleaseMsg:
		i = d.drawn(d.held)
		d.held = nil
	case tea.MouseMotionMsg:
		if at.Button != tea.MouseNone {
			i = d.drawn(d.held)
		}
	case tea.MouseWheelMsg:
		if i < 0 {
			i = d.drawn(d.Main)
		}
	}
	if i < 0 {
		return o, false
	}
	a := d.areas[i]
	return a.pane.Handle(moved(msg, -a.x, -a.y)), true
}

// drawn is the number of a pane's area, -1 for none.
func (d *Dock) drawn(p Pane) int {
	return slices.IndexFunc(d.areas, func(a area) bool { return p != nil && a.pane == p })
}

// moved is what the mouse does, elsewhere.
func moved(msg tea.MouseMsg, x, y int) tea.MouseMsg {
	m := msg.Mouse()
	m.X, m.Y = m.X+x, m.Y+y
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(m)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(m)
	case tea.MouseMotionMsg:
		return tea.MouseMotionMsg(m)
	}
	return tea.MouseWheelMsg(m)
}

// Cursor is where the pane with the keys has it, nil for nowhere.
func (d *Dock) Cursor() *tea.Cursor {
	for _, a := range d.areas {
		if a.pane == d.Focused() {
			if c := a.pane.Cursor(); c != nil && c.X < a.width && c.Y < a.height {
				return tea.NewCursor(a.x+c.X, a.y+c.Y)
			}
		}
	}
	return nil
}

// Draw returns exactly height lines of at most width columns.
func (d *Dock) Draw(look *style.Look, width, height int) []string {
	d.areas = d.areas[:0]
	d.sweep()
	broad := d.broad()
	if broad < 0 {
		return d.draw(look, width, height, d.panes)
	}
	if height < low {
		return d.stack(look, 0, 0, width, height, d.panes[broad:broad+1])
	}
	above := height / 3
	others := slices.Delete(slices.Clone(d.panes), broad, broad+1)
	var lines []string
	if focused := d.Focused(); width < wide && slices.Contains(others, focused) { // no room for the text too
		above = height / 2
		lines = d.stack(look, 0, 0, width, above, []Pane{focused})
	} else {
		lines = d.draw(look, width, above, others)
	}
	return append(lines, d.stack(look, 0, above, width, height-above, d.panes[broad:broad+1])...)
}

// Alone returns exactly height lines with the main pane and nothing else.
func (d *Dock) Alone(look *style.Look, width, height int) []string {
	d.areas = d.areas[:0]
	if s, ok := d.Main.(*Story); ok {
		s.alone = true
		defer func() { s.alone = false }()
	}
	return d.place(look, d.Main, 0, 0, width, height)
}

// A Passing pane is there only while it has something to show.
type Passing interface{ Over() bool }

// sweep takes the panes away that are over.
func (d *Dock) sweep() {
	for i := len(d.panes) - 1; i >= 0; i-- {
		if p, ok := d.panes[i].(Passing); ok && p.Over() {
			switch {
			case d.focus == i+2:
				d.focus = 0
			case d.focus > i+2:
				d.focus--
			}
			d.panes = slices.Delete(d.panes, i, i+1)
		}
	}
}

// broad is the number of the pane that takes the whole width, under the others; -1 for none.
func (d *Dock) broad() int {
	return slices.IndexFunc(d.panes, func(p Pane) bool {
		_, ok := p.(*Candidates)
		return ok
	})
}

// draw draws the main pane and others.
func (d *Dock) draw(look *style.Look, width, height int, panes []Pane) []string {
	switch {
	case len(panes) == 0 || height < low && d.focus < 2:
		return d.place(look, d.Main, 0, 0, width, height)
	case height < low:
		return d.stack(look, 0, 0, width, height, panes)
	case width >= wide:
		text := width - side - 3 // a blank, the line, a blank
		lines := d.place(look, d.Main, 0, 0, text, height)
		for i, l := range d.stack(look, text+3, 0, side, height, panes) {
			lines[i] = style.Pad(lines[i], text) + look.Dim.Render(" │ ") + l
		}
		return lines
	}
	under := height / 2
	if d.focus > 1 && height < short {
		under = height - leastText // what has the keys is what is looked at
	}
	lines := d.place(look, d.Main, 0, 0, width, height-under)
	return append(lines, d.stack(look, 0, height-under, width, under, panes)...)
}

// stack draws the panes but for the main one below each other, each under its title. Where there is no room for all it draws the
// one with the keys, or the first.
func (d *Dock) stack(look *style.Look, x, y, width, height int, shown []Pane) (lines []string) {
	if height/len(shown) < low {
		n := max(slices.Index(shown, d.Focused()), 0)
		shown = shown[n : n+1]
	}
	for i, p := range shown {
		share := (height - len(lines)) / (len(shown) - i)
		title := look.Dim
		if p == d.Focused() {
			title = look.Title
		}
		lines = append(lines, title.Render(style.Rule(p.Title(), width)))
		lines = append(lines, d.place(look, p, x, y+len(lines), width, share-1)...)
	}
	return lines[:height]
}

// place draws a pane at a place.
func (d *Dock) place(look *style.Look, p Pane, x, y, width, height int) []string {
	d.areas = append(d.areas, area{p, x, y, width, height})
	return p.Draw(look, width, height, p == d.Focused())
}

// filled are lines made exactly so many, each at most width columns.
func filled(lines []string, width, height int) []string {
	lines = lines[:min(len(lines), max(height, 0))]
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, width, "…")
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}
