package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"inkling/chat"
	"inkling/config"
	"inkling/ui/safe"
)

func searchCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "search words",
		Short: "Find what was said in chats",
		Long: "Find the messages and replies that have all of some words, the newest first, 50 at most. Words match as a whole, " +
			"without regard to case and accents; the last one may be the beginning of a word. In writing without spaces between " +
			"words, such as Chinese, characters are found that stand one after the other.\n\n" +
			"Each line begins with the id of the chat, which inkling export takes. " +
			"With --json each one is an object on a line of its own with the keys chat, title, turn, role, created and text.",
		Example: `  inkling search brave fox
  inkling search --json 北京`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("found no words, expected what to search for")
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			return search(cmd.Context(), a.Streams, c, strings.Join(args, " "), asJSON)
		}),
	}
	flags = a.addSettings(cmd, "data_dir")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object for each on a line of its own")
	return cmd
}

// search writes what is found in the chats on disk.
func search(ctx context.Context, s Streams, c *config.Config, query string, asJSON bool) error {
	chats, unsaved := openStore(ctx, c)
	defer chats.Close()
	if unsaved != "" {
		return errors.New(unsaved)
	}
	index, ok := chats.(chat.Index)
	if !ok {
		return errors.New("these chats cannot be searched")
	}
	hits, partial, err := index.Search(ctx, query)
	if err != nil {
		return err
	}
	if partial {
		fmt.Fprintln(s.Err, "old chats are still being read for the search: some may be missing")
	}
	if len(hits) == 0 {
		fmt.Fprintln(s.Err, "nothing found")
	}
	for _, h := range hits {
		if asJSON {
			err = writeJSON(s.Out, struct {
				Chat    string    `json:"chat"`
				Title   string    `json:"title"`
				Turn    int       `json:"turn"`
				Role    chat.Role `json:"role"`
				Created time.Time `json:"created"`
				Text    string    `json:"text"`
			}{h.Session, h.Title, h.Turn, h.Role, h.Created, h.Snippet})
		} else {
			_, err = fmt.Fprintf(s.Out, "%s  %s  %s  %s: %s\n", chat.Short(h.Session), h.Created.Format(time.DateTime), safe.Line(h.Title), h.Role, safe.Line(h.Snippet))
			err = outputError(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
