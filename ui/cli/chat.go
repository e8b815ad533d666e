package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/store"
	"inkling/config"
	"inkling/ui/plain"
	"inkling/ui/safe"
)

// chat opens the chat on the terminal, with a question to ask at once unless that is empty.
func (a *app) chat(ctx context.Context, c *config.Config, resume bool, question string) error {
	if !terminal(a.Out) {
		return errors.New(`a chat needs a terminal as standard output; use "inkling -p" to ask one question in a pipe`)
	}
	options, closing, err := a.session(ctx, c, resume, question)
	if err != nil {
		return err
	}
	defer closing()
	if a.dumb() {
		return plain.Run(ctx, options, a.In, a.Out)
	}
	return show(ctx, options, c)
}

// session is what a chat is made of, with a question to ask at once unless that is empty, and what has to be done after it.
func (a *app) session(ctx context.Context, c *config.Config, resume bool, question string) (o session.Options, closing func(), err error) {
	models := a.onDemand(c)
	if !resume || c.Origin("model").Source == config.CommandLine { // else the chat has a model of its own
		if models, err = a.opener(c); err != nil {
			return o, nil, err
		}
	}
	chats, unsaved := openStore(ctx, c)
	o = session.Options{
		Settings: c,
		Sources:  session.Sources{Open: models, Models: func() ([]session.Choice, error) { return a.choices(c) }, Pull: a.fetch},
		Store:    chats,
		Unsaved:  unsaved,
		Ask:      question,
		Tasks:    a.taskFolder(),
	}
	closing = func() { _ = chats.Close() } // every turn is on disk already
	if resume {
		if o.Resume, err = last(ctx, c, chats, unsaved); err != nil {
			closing()
		}
	}
	return o, closing, err
}

// openStore returns the store of chats on disk. When chats are not to be kept, or cannot be, it is one in memory; unsaved
// says why they cannot.
func openStore(ctx context.Context, c *config.Config) (chats chat.Store, unsaved string) {
	if !c.Save {
		return chat.NewVolatile(), ""
	}
	folder := c.DataFolder()
	if folder == "" {
		return chat.NewVolatile(), "no home directory; set HOME or data_dir"
	}
	db, err := store.Open(ctx, filepath.Join(folder, "chats.db"))
	if err != nil {
		return chat.NewVolatile(), safe.Line(err.Error())
	}
	return db, ""
}

// last is the ID of the chat to go on with.
func last(ctx context.Context, c *config.Config, chats chat.Store, unsaved string) (string, error) {
	switch {
	case !c.Save:
		return "", errors.New("no chat to continue: chats are not saved (save = false)")
	case unsaved != "":
		return "", fmt.Errorf("no chat to continue: %s", unsaved)
	}
	id, err := chats.Last(ctx)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", errors.New("no chat to continue yet")
	}
	return id, nil
}
