package ui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/ui/style"
	"inkling/ui/terminal"
)

// Custom is what somebody wants otherwise on the screen.
type Custom struct {
	Keys  map[string][]string           // by the names of actions; see Actions and KeyName
	Theme func(name string) style.Theme // the theme of that name; nil where there are none but those of package style
}

// Run shows the chat until the user quits, ctx ends or the program is told to stop. It closes the models that it opened,
// and leaves the store to its owner. A partial reply is kept. The error is one line for a person, and a session.Signal where a
// signal has ended the chat.
func Run(ctx context.Context, o session.Options, c Custom) error {
	t, err := terminal.Open(os.Stdin, os.Stdout)
	if err != nil {
		return fmt.Errorf("the terminal cannot be used: %w", err)
	}
	return run(ctx, o, c, t)
}

// run is Run on a terminal, nil for none, with further options for the Bubble Tea program.
func run(ctx context.Context, o session.Options, c Custom, t *terminal.Terminal, more ...tea.ProgramOption) error {
	told, stop := session.Signals(ctx, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithCancel(told)
	defer cancel()

	p := newProgram(ctx, o, c)
	more = append(append(more, tea.WithContext(ctx), tea.WithoutSignalHandler()), t.Options(p.idle)...)
	err := terminal.Run(guard{p, cancel}, more...)
	cancel()
	return session.Ended(told, p.close(errors.Join(err, t.Close())))
}

// close keeps what is unfinished and releases what the program holds. err is how Bubble Tea ended.
func (p *program) close(err error) error {
	saved := p.session.Close()
	switch {
	case p.ending.err != nil:
		return p.ending.err
	case err != nil && !errors.Is(err, tea.ErrInterrupted) && !errors.Is(err, tea.ErrProgramKilled):
		return err
	}
	return saved
}
