package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/ui/safe"
)

// exportCommand is "inkling export".
func exportCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	o := chat.ExportOptions{Describe: session.Made}
	cmd := &cobra.Command{
		Use:   "export [id]",
		Short: "Write a chat as Markdown, text, JSON or HTML",
		Long: "Write a chat to standard output. Without an id it lists the chats, each with its id; \"last\" is the latest one.\n\n" +
			"Markdown, text and HTML have the versions that the chat shows; HTML colours each token by its rank and shows the " +
			"alternatives under the mouse. JSON has everything, and \"inkling import\" reads it again. With --bare nothing is told of " +
			"how the replies were made.",
		Example: `  inkling export
  inkling export last > chat.md
  inkling export 5f3a90c1 --format json > chat.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(chat.ExportKinds(), o.Kind) {
				return usage("--format: found %q, expected %s", o.Kind, strings.Join(chat.ExportKinds(), ", "))
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listChats(cmd.Context(), a.Out, c)
			}
			return export(cmd.Context(), a.Out, c, args[0], o)
		}),
	}
	flags = a.addSettings(cmd, "data_dir")
	cmd.Flags().StringVar(&o.Kind, "format", "md", "md, txt, json or html")
	cmd.Flags().BoolVar(&o.Bare, "bare", false, "leave out how the replies were made")
	return cmd
}

// chats opens the store on disk.
func chats(ctx context.Context, c *config.Config) (chat.Store, error) {
	store, unsaved := openStore(ctx, c)
	if unsaved != "" {
		return nil, errors.Join(errors.New(unsaved), store.Close())
	}
	return store, nil
}

func listChats(ctx context.Context, out io.Writer, c *config.Config) error {
	store, err := chats(ctx, c)
	if err != nil {
		return err
	}
	defer store.Close()
	all, err := store.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if _, err := fmt.Fprintf(out, "%s  %s  %s\n", chat.Short(m.ID), m.Updated.Format(time.DateTime), safe.Line(m.Title)); err != nil {
			return outputError(err)
		}
	}
	return nil
}

// export writes a chat.
func export(ctx context.Context, out io.Writer, c *config.Config, part string, o chat.ExportOptions) error {
	store, err := chats(ctx, c)
	if err != nil {
		return err
	}
	defer store.Close()
	id, err := chat.Find(ctx, store, part)
	if err != nil {
		return err
	}
	conv, err := store.Load(ctx, id)
	if err != nil {
		return err
	}
	record, err := chat.Whole(ctx, store, conv, o.Kind == "json" || o.Kind == "html")
	if err != nil {
		return err
	}
	o.Piece = chat.Pieces(ctx, store)
	return outputError(chat.Export(out, record, o))
}
