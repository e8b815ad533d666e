package ui

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
)

// Options is what a chat is started with.
type Options struct {
	// Settings are the values in force, and where they come from. The model they name is opened with Open.
	Settings *config.Config
	// Open opens a model by its name. It may take seconds and runs beside the program.
	Open func(name string) (*engine.Model, error)
	// Models lists the models that there are to choose from; nil for none. It runs beside the program.
	Models func() ([]Model, error)
	// Pull fetches the model of that name, which Open has not found on this machine (hub.ErrNotLocal), and reports its progress
	// from one goroutine. When ctx ends it keeps what has arrived. It runs beside the program. nil fetches nothing.
	Pull func(ctx context.Context, name string, report func(hub.Progress)) error
	// Store keeps the conversations; a store in memory where they are not to be kept.
	Store chat.Store
	// Unsaved says in a few words why nothing is kept on disk; "" when it is.
	Unsaved string
	// Resume is the ID of the conversation to go on with; "" begins a new one.
	Resume string
	// Ask is sent as the first message; "" waits for the user.
	Ask string
}

// Run shows the chat until the user quits, ctx ends or the program is told to stop. It closes the models that it opened,
// and leaves the store to its owner. A partial reply is kept. The error is one line for a person.
func Run(ctx context.Context, o Options) error {
	return run(ctx, o)
}

// endSignals end a program by default, and here too, with the terminal restored and the reply saved.
func endSignals() []os.Signal { return []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} }

// run is Run with further options for the Bubble Tea program.
func run(ctx context.Context, o Options, more ...tea.ProgramOption) error {
	ctx, stop := signal.NotifyContext(ctx, endSignals()...)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	p := newProgram(ctx, o, chat.NewJournal(o.Store))
	_, err := tea.NewProgram(guard{p, cancel}, append([]tea.ProgramOption{tea.WithContext(ctx)}, more...)...).Run()
	cancel()
	return p.close(err)
}

// close keeps what is unfinished and releases what the program holds. err is how Bubble Tea ended.
func (p *program) close(err error) error {
	p.endPulls()
	p.keep()
	saved := p.journal.Close()
	if p.model != nil {
		p.model.Close()
	}
	if p.coming != nil {
		p.coming.model.Close()
	}
	switch {
	case p.err != nil:
		return p.err
	case err != nil && !errors.Is(err, tea.ErrInterrupted) && !errors.Is(err, tea.ErrProgramKilled):
		return err
	case saved != nil && p.Unsaved == "":
		return saved
	}
	return nil
}

// keep saves what is unfinished when the program ends: the reply as far as it is, and the draft.
func (p *program) keep() {
	if r := p.reply; r != nil {
		r.cancel()
		for t := range r.generation.Tokens() {
			r.params = t.Params
		}
		if !r.finished {
			r.state = p.record(r, r.generation.Result())
		}
		r.turn.State = r.state
		p.journal.SaveTurn(p.conv.ID, r.turn)
	}
	if p.failing {
		p.journal.SaveAll(p.conv)
	}
	p.saveDraft()
}
