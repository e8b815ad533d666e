package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/ui/pane"
	"inkling/ui/style"
)

// mouse is what the program wants to hear of the mouse. Where it is while no button is held is heard of only where that shows something:
// otherwise a program that waits has nothing to do.
func mouse(p *program) tea.MouseMode {
	switch {
	case !p.session.Settings.Values().Mouse:
		return tea.MouseModeNone
	case p.transcript.coloured:
		return tea.MouseModeAllMotion
	}
	return tea.MouseModeCellMotion
}

// idle leaves out of the messages what would change nothing: that the mouse has moved, but not to another token.
func (p *program) idle(_ tea.Model, msg tea.Msg) tea.Msg {
	if at, ok := msg.(tea.MouseMotionMsg); ok && at.Button == tea.MouseNone &&
		(p.dock.Dialogs.Top() != nil || hovered(&p.transcript, at.X, at.Y) == p.transcript.under) {
		return nil
	}
	return msg
}

// moused does what the mouse asks for.
func moused(p *program, msg tea.MouseMsg) tea.Cmd {
	if click, ok := msg.(tea.MouseClickMsg); ok {
		p.notice, p.transcript.selection = notice{}, selection{}
		switch {
		case click.Mod.Contains(tea.ModShift):
			return nil // the terminal's own selection
		case click.Button != tea.MouseLeft || p.dock.Dialogs.Top() != nil:
		case click.Y >= p.screen.below:
			return clickedBelow(p, click)
		case p.inviting() && p.welcome.clicked(click.X, click.Y) > 0:
			return p.invite(p.welcome.clicked(click.X, click.Y))
		}
	}
	action, _ := p.dock.Mouse(msg)
	if p.transcript.under.Turn != nil && !p.notice.problem {
		p.notice = notice{} // which stands where the token is told of
	}
	return tea.Batch(p.follow(action), scrolled(p))
}

// clickedBelow takes a click below the panes: on a completion, or into the input.
func clickedBelow(p *program, at tea.MouseClickMsg) tea.Cmd {
	if _, ok := p.suggest.list.Pick(at.Y - p.screen.below); ok {
		return p.complete()
	}
	p.dock.Leave()
	if at.Y >= p.screen.input {
		p.composer.area.Point(at.X-len(style.Margin), at.Y-p.screen.input)
	}
	return nil
}

// dragMsg scrolls a window that the mouse has been dragged out of.
type dragMsg struct{}

// dragPause is how long a line waits for the next one then.
const dragPause = 50 * time.Millisecond

// scrolled has the window scroll on while the mouse is held beyond it.
func scrolled(p *program) tea.Cmd {
	s := &p.transcript.selection
	if s.waits || !s.held || s.y >= 0 && s.y < p.transcript.height {
		return nil
	}
	s.waits = true
	return later(p.ctx, dragPause, dragMsg{})
}

// moused is what the mouse does in the text: a click chooses a token, a drag selects text, which the release copies.
func (t *transcript) moused(msg tea.MouseMsg) (o pane.Action) {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		t.scroll(pane.Wheel(msg))
		if t.selection.held {
			t.selection.to = spotAt(t, at.X, at.Y)
		}
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			t.selection.begin(t, at.X, at.Y)
		}
	case tea.MouseMotionMsg:
		if at.Button == tea.MouseNone {
			t.under = hovered(t, at.X, at.Y)
		} else {
			t.selection.drag(t, at.X, at.Y)
		}
	case tea.MouseReleaseMsg:
		held := t.selection.held
		t.selection.held = false
		switch {
		case t.selection.some:
			o.Copy, o.Leave = t.selection.text(t.items), true
		case held:
			o.Work, _ = t.click(at.X, at.Y)
			o.Leave = len(t.items) == 0
		}
	}
	return o
}

// copied puts a text on the clipboard and says so.
func copied(p *program, text string) tea.Cmd {
	n := 0
	for rest := text; rest != ""; n++ {
		cluster, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		rest = rest[len(cluster):]
	}
	words := fmt.Sprintf("copied %d characters", n)
	if n == 1 {
		words = "copied 1 character"
	}
	p.notice = notice{text: words}
	return toClipboard(text)
}
