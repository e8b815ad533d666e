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
		return errors.New(`a chat needs a terminal as standard output; "inkling generate" writes to a pipe or a file`)
	}
	models, err := opener(c.Settings)
	if err != nil {
		return err
	}
	chats, unsaved := openStore(ctx, c)
	defer chats.Close() // every turn is on disk already
	options := session.Options{
		Settings: c,
		Sources:  session.Sources{Open: models, Models: a.choices, Pull: a.fetch},
		Store:    chats,
		Unsaved:  unsaved,
		Ask:      question,
	}
	if resume {
		options.Resume, err = last(ctx, c, chats, unsaved)
		if err != nil {
			return err
		}
	}
	if name, _ := a.lookup("TERM"); name == "dumb" {
		return plain.Run(ctx, options, a.In, a.Out)
	}
	return show(ctx, options, c)
}

// openStore returns the store of chats on disk. When chats are not to be kept, or cannot be, it is one in memory; unsaved
// says why they cannot.
func openStore(ctx context.Context, c *config.Config) (chats chat.Store, unsaved string) {
	if !c.Save {
		return chat.NewMemory(), ""
	}
	folder := c.DataFolder()
	if folder == "" {
		return chat.NewMemory(), "the system names no home directory; set HOME or data_dir"
	}
	db, err := store.Open(ctx, filepath.Join(folder, "chats.db"))
	if err != nil {
		return chat.NewMemory(), safe.Line(err.Error())
	}
	return db, ""
}

// last is the ID of the chat to go on with.
func last(ctx context.Context, c *config.Config, chats chat.Store, unsaved string) (string, error) {
	switch {
	case !c.Save:
		return "", errors.New("no chat to continue: the settings say not to keep any (save = false)")
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
