package cli

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/config"
)

// shorthands are the letters that settings have in llama-cli.
var shorthands = map[string]string{"model": "m", "max_tokens": "n", "seed": "s"}

// promptFlags give a prompt as llama-cli takes it, beside the arguments.
type promptFlags struct{ text, file string }

// add adds -f, and -p where that is not taken.
func (p *promptFlags) add(cmd *cobra.Command, what string) {
	if cmd.Flags().ShorthandLookup("p") == nil {
		cmd.Flags().StringVarP(&p.text, "prompt", "p", "", "the "+what+", beside the arguments")
	}
	cmd.Flags().StringVarP(&p.file, "file", "f", "", "file with the "+what)
}

// before puts what the flags give before the arguments.
func (p *promptFlags) before(args []string) ([]string, error) {
	var given []string
	if p.file != "" {
		data, err := os.ReadFile(session.Home(p.file))
		if err != nil {
			return nil, errors.New(p.file + ": the file cannot be read; is its name right?")
		}
		given = append(given, strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"))
	}
	if p.text != "" {
		given = append(given, p.text)
	}
	return append(given, args...), nil
}

// runCommand is ollama's word for a chat with a model.
func runCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var given promptFlags
	cmd := &cobra.Command{
		Use:   "run model [question]",
		Short: "Chat with a model, or ask it one question",
		Long: "Chat with a model: \"inkling run gpt2\" is \"inkling --model gpt2\". With a question, or where standard input is no " +
			"terminal, the answer goes to standard output, as with \"inkling -p\".",
		Example: `  inkling run gpt2
  inkling run gpt2 "What is your name?"`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeModel(cmd, args, word)
		},
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("model") {
				if len(args) == 0 {
					return usage("run needs a model; \"inkling models\" lists them")
				}
				for _, f := range flags {
					if f.Setting().Key == "model" {
						_ = f.Set(args[0]) // it never fails
					}
				}
				args = args[1:]
			}
			question, err := given.before(args)
			if err != nil {
				return err
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if len(question) > 0 || !terminal(a.In) {
				return a.answer(cmd.Context(), c, false, false, question)
			}
			return a.chat(cmd.Context(), c, false, "")
		}),
	}
	cmd.Flags().SortFlags = false
	given.add(cmd, "question")
	flags = a.addSettings(cmd)
	return cmd
}
