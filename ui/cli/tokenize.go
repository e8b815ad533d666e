package cli

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"inkling/config"
	"inkling/engine"
)

func tokenizeCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var asJSON, special bool
	cmd := &cobra.Command{
		Use:   "tokenize [text]",
		Short: "Show the tokens of a text",
		Long: "Show how a model's tokenizer splits a text: one line per token with its id and its piece of the text in " +
			"quotes.\n\n" +
			"The text is the arguments joined by spaces, or else standard input byte for byte, including a final line " +
			"feed; \"-\" among the arguments stands for standard input. With --json the result is one object, " +
			"{\"ids\": [...], \"pieces\": [...]}. Bytes of a piece that are not valid UTF-8 are shown as \\xNN, in " +
			"JSON as U+FFFD.",
		Example: `  inkling tokenize "Hello, world!"
  inkling tokenize --json < story.txt
  inkling tokenize --model ~/models/gpt2 "Hello, world!"`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			text, err := a.text(args, "text", asItIs)
			if err != nil {
				return err
			}
			tokenizer, err := engine.OpenTokenizer(c.Model)
			if err != nil {
				return err
			}
			ids := tokenizer.Encode(text)
			if special {
				ids = tokenizer.EncodeSpecial(text)
			}
			if asJSON {
				return tokensJSON(a.Out, tokenizer, ids)
			}
			return tokens(a.Out, tokenizer, ids)
		}),
	}
	flags = a.addSettings(cmd, "model")
	cmd.Flags().BoolVar(&special, "special", false, specialHelp)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// tokens prints a line for each token.
func tokens(w io.Writer, c *engine.Codec, ids []int) error {
	out := bufio.NewWriter(w)
	for _, id := range ids {
		// A failed write shows when the rest is flushed.
		fmt.Fprintf(out, "%d\t%s\n", id, strconv.Quote(string(c.Piece(id))))
	}
	return outputError(out.Flush())
}

// tokensJSON prints all tokens as one object.
func tokensJSON(w io.Writer, c *engine.Codec, ids []int) error {
	found := struct {
		IDs    []int    `json:"ids"`
		Pieces []string `json:"pieces"`
	}{[]int{}, []string{}}
	for _, id := range ids {
		found.IDs = append(found.IDs, id)
		found.Pieces = append(found.Pieces, c.Decode([]int{id}))
	}
	return writeJSON(w, found)
}
