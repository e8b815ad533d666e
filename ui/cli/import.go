package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"inkling/chat"
	"inkling/chat/lore"
	"inkling/chat/session"
	"inkling/config"
	"inkling/ui/safe"
)

func importCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	cmd := &cobra.Command{
		Use:   "import file",
		Short: "Read a chat, a character card, or world info",
		Long: "Read a chat that \"inkling export\" or /save has written: JSON brings everything back, Markdown and text the messages that " +
			"they show; a text without speakers becomes a story. The id of the chat is printed.\n\n" +
			"Or read what other programs know of a character or a world: character cards (JSON, or PNG with a card in it) begin a chat, " +
			"world info of SillyTavern, KoboldAI and NovelAI (JSON) goes into the last chat. The content of a file tells what it is. " +
			"What it asks for and inkling does not do is listed; it is kept with the notes.",
		Example: `  inkling import chat.json
  inkling import card.png && inkling -c
  inkling import world.json`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("found %d files, expected one to import", len(args))
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			return importFile(cmd.Context(), a.Streams, c, args[0])
		}),
	}
	flags = a.addSettings(cmd, "data_dir")
	return cmd
}

// importFile puts what a file has into the chats on disk.
func importFile(ctx context.Context, s Streams, c *config.Config, name string) error {
	book, err := lore.Open(name)
	if kind, _ := chat.ExportKind(name); err != nil && (kind == "md" || kind == "txt" || errors.Is(err, lore.ErrUnknown)) {
		return importChat(ctx, s, c, name)
	}
	if err != nil {
		return err
	}
	chats, unsaved := openStore(ctx, c)
	defer chats.Close()
	if unsaved != "" {
		return errors.New(unsaved)
	}
	now := time.Now()
	conv := chat.New(now)
	conv.Model = c.Model
	if !book.Card() {
		last, err := chats.Last(ctx)
		if err != nil {
			return err
		}
		if last == "" {
			return errors.New("there is no chat yet for world info; begin one, then /import " + name)
		}
		if conv, err = chats.Load(ctx, last); err != nil {
			return err
		}
	} else if len(book.Openings) == 0 {
		return errors.New(name + ": this character has no greeting to begin a chat with; use /import in a chat")
	}
	book.Add(conv, now)
	journal := chat.NewJournal(chats)
	journal.SaveAll(conv)
	if err := journal.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s: %s; inkling -c opens it\n", safe.Line(conv.Title), safe.Line(book.Told()))
	return outputError(err)
}

// importChat puts a chat that was exported into the chats on disk.
func importChat(ctx context.Context, s Streams, c *config.Config, name string) error {
	store, err := chats(ctx, c)
	if err != nil {
		return err
	}
	defer store.Close()
	id, err := session.Import(ctx, store, name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, chat.Short(id))
	return outputError(err)
}
