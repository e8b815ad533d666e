package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"inkling/config"
)

// root is the command "inkling" with all others below it; args is the command line.
func (a *app) root(args []string) *cobra.Command {
	var flags []*config.Flag
	var resume, answer bool
	var output outputFlags
	var given promptFlags
	cmd := &cobra.Command{
		Use:   "inkling [question]",
		Short: "Chat with a local GPT-2 in the terminal",
		Long: "Chat with a GPT-2 language model on your own computer.\n\n" +
			"Without a command, inkling opens a chat; /help there shows what you can do and /model lists models. Two " +
			"or more words are sent as the first message. When standard input is not a terminal, inkling works like " +
			"\"inkling generate\"; with -p, or as \"inkling chat\", it answers one question on standard output.",
		Example: `  # open a chat
  inkling

  # start with a question
  inkling "Tell me a story about a fox"

  # print one answer; what was said before counts with --continue
  inkling -p "What is your name?"

  # continue the last chat
  inkling --continue

  # download a larger model and use it; /model in the chat does both from a list
  inkling pull gpt2
  inkling --model gpt2

  # use your own model folder at a higher temperature
  inkling --model ~/models/gpt2 --temperature 1`,
		Args:                       cobra.ArbitraryArgs,
		SuggestionsMinimumDistance: 2,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := mistyped(cmd, args); err != nil && !answer {
				return err
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if args, err = given.before(args); err != nil {
				return err
			}
			if answer {
				if name := output.given(cmd); name != "" && name != "json" {
					return usage(`--%s belongs to "inkling generate"`, name)
				}
				return a.answer(cmd.Context(), c, resume, output.json, args)
			}
			if !terminal(a.In) {
				if resume {
					return usage("--continue opens a chat and needs a terminal as standard input; use -p to ask one question in a pipe")
				}
				return a.generate(cmd.Context(), c, output, args)
			}
			if name := output.given(cmd); name != "" {
				return usage(`--%s belongs to "inkling generate"`, name)
			}
			return a.chat(cmd.Context(), c, resume, strings.Join(args, " "))
		}),
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.err = flagError(cmd, err)
		return nil
	})
	cmd.SetVersionTemplate("inkling {{.Version}}\n")
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVarP(&resume, "continue", "c", false, "continue the last chat")
	cmd.Flags().BoolVarP(&answer, "print", "p", false, "print one answer and exit; with --json as an object")
	given.add(cmd, "question")
	flags = a.addSettings(cmd)
	output.add(cmd)
	output.hide(cmd)
	cmd.AddCommand(generateCommand(a), chatCommand(a), runCommand(a), searchCommand(a), exportCommand(a), importCommand(a), a.taskCommand(args), tasksCommand(a), evalCommand(a), benchCommand(a),
		tokenizeCommand(a), modelsCommand(a), infoCommand(a), pullCommand(a), rmCommand(a), convertCommand(a), serveCommand(a), configCommand(a),
		versionCommand(a))
	return cmd
}

// mistyped refuses a single word, which is more likely a command with a slip than a question, and several whose first is
// close to a command. What stands in quotes or after "--" is never a command.
func mistyped(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "" || args[0] == "-" || strings.ContainsAny(args[0], " \t\r\n") || cmd.ArgsLenAtDash() >= 0 {
		return nil
	}
	word := args[0]
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if len(args) > 1 {
		near := config.Close(word, names)
		if near == "" {
			return nil
		}
		return usage("unknown command %q; did you mean %q? To send it as a message, quote it or put \"--\" before it", word, near)
	}
	hint := `see "inkling --help".`
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
	}
	return usage("unknown command %q; %s To send it as a message: inkling -- %s", word, hint, word)
}
