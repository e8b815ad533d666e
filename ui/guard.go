package ui

import (
	"context"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// guard is a program whose panics end it in order: the terminal is restored, what was written is saved, and the person
// reads one line. Bubble Tea's own recovery prints a stack.
type guard struct {
	program *program
	ended   context.CancelFunc // ends the Bubble Tea program, for View has no other way
}

// panicked is a panic in a command.
type panicked struct {
	cause any
	stack []byte
}

func (g guard) Init() tea.Cmd { return guarded(g.program.Init()) }

func (g guard) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	defer func() {
		if cause := recover(); cause != nil {
			model, cmd = g, g.fall(panicked{cause, debug.Stack()})
		}
	}()
	if p, ok := msg.(panicked); ok {
		return g, g.fall(p)
	}
	_, cmd = g.program.Update(msg)
	return g, guarded(cmd)
}

func (g guard) View() (view tea.View) {
	defer func() {
		if cause := recover(); cause != nil {
			g.fall(panicked{cause, debug.Stack()})
			g.ended()
			view = tea.NewView("")
		}
	}()
	return g.program.View()
}

// fall ends the program with an error about the panic.
func (g guard) fall(p panicked) tea.Cmd {
	if g.program.ending.err == nil {
		g.program.ending.err = g.program.session.Mistake(p.cause, p.stack)
	}
	return tea.Quit
}

// guarded is cmd with its panic turned into a message.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if cause := recover(); cause != nil {
				msg = panicked{cause, debug.Stack()}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, c := range batch {
				batch[i] = guarded(c)
			}
		}
		return msg
	}
}
