//go:build linux || darwin

package ptytest

import (
	"fmt"
	"strings"
	"time"
)

// A Screen is what a person sees.
type Screen struct {
	Lines       []string // without blanks at their ends
	X, Y        int      // where the cursor is, from 0
	CursorShown bool
	Alternate   bool // it is the one that programs take for themselves
}

// String is the text on the screen.
func (s Screen) String() string { return strings.Join(s.Lines, "\n") }

// Shows says whether a text is on one of the lines.
func (s Screen) Shows(text string) bool { return strings.Contains(s.String(), text) }

// Line is the number of the first line with a text, -1 for none.
func (s Screen) Line(text string) int {
	for i, l := range s.Lines {
		if strings.Contains(l, text) {
			return i
		}
	}
	return -1
}

// Screen is the screen as it is now.
func (p *Program) Screen() Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.look()
}

func (p *Program) look() Screen {
	var s Screen
	for y := range p.screen.Height() {
		var line strings.Builder
		for x := 0; x < p.screen.Width(); {
			width := 1
			if cell := p.screen.CellAt(x, y); cell == nil || cell.Content == "" {
				line.WriteByte(' ')
			} else {
				line.WriteString(cell.Content)
				width = max(cell.Width, 1)
			}
			x += width
		}
		s.Lines = append(s.Lines, strings.TrimRight(line.String(), " "))
	}
	at := p.screen.CursorPosition()
	s.X, s.Y, s.CursorShown, s.Alternate = at.X, at.Y, !p.screen.CursorHidden(), p.screen.IsAltScreen()
	return s
}

// Until waits until the screen is as wanted, and returns it.
func (p *Program) Until(what string, holds func(Screen) bool) Screen {
	p.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for over := false; ; {
		p.mu.Lock()
		now, changed := p.look(), p.changed
		p.mu.Unlock()
		switch {
		case holds(now):
			return now
		case over:
			p.t.Fatal(p.failure("the program ended before", what))
		}
		select {
		case <-changed:
		case <-p.ended: // and all that it wrote is on the screen
			over = true
		case <-deadline.C:
			p.t.Fatal(p.failure("never happened", what))
		}
	}
}

func (p *Program) failure(how, what string) string {
	s := p.Screen()
	return fmt.Sprintf("%s: %s\ncursor %d, %d, shown %t\n%s\n", how, what, s.X, s.Y, s.CursorShown, s)
}

// Shows waits until a text is on the screen.
func (p *Program) Shows(text string) Screen {
	p.t.Helper()
	return p.Until(fmt.Sprintf("the screen shows %q", text), func(s Screen) bool { return s.Shows(text) })
}

// Hides waits until a text is not on the screen.
func (p *Program) Hides(text string) Screen {
	p.t.Helper()
	return p.Until(fmt.Sprintf("the screen does not show %q", text), func(s Screen) bool { return !s.Shows(text) })
}
