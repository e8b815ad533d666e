package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/ui"
	"inkling/ui/safe"
)

func (a *app) modelsCommand() *cobra.Command {
	var flags []*config.Flag
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the models",
		Long: "List the models: the starter, which is part of the program, and the folder or file that the settings " +
			"name, if they do.\n\n" +
			"A model folder has the Hugging Face layout of a GPT-2: config.json, model.safetensors (or an index " +
			"and its parts) or pytorch_model.bin, and tokenizer.json, vocab.json with merges.txt, or vocab.txt. A GGUF " +
			"file (*.gguf) of a GPT-2 has all of that in itself. Give its path as --model, INKLING_MODEL or model in the " +
			"config file.",
		Example: `  inkling models
  inkling models --model ~/models/gpt2`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			return a.models(cmd, c)
		}),
	}
	flags = addSettings(cmd, "model")
	return cmd
}

// models prints a table of the models. One that cannot be opened is left out of it and is the error.
func (a *app) models(cmd *cobra.Command, c *config.Config) error {
	names := []string{engine.Starter}
	if c.Model != engine.Starter {
		names = append(names, c.Model)
	}
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODEL\tPARAMETERS\tCONTEXT\tVOCABULARY\tLAYERS\tHEADS\tWIDTH\tFORMAT\tIN USE")
	var failure error
	for _, name := range names {
		model, err := open(name, c.Settings).wait(cmd.Context())
		if err != nil {
			failure = err
			continue
		}
		printModel(table, model, name == c.Model)
		model.Close()
	}
	// A failed write shows when the table is flushed.
	if err := table.Flush(); err != nil {
		return outputError(err)
	}
	if failure != nil {
		return failure
	}
	_, err := fmt.Fprintln(a.Out, "\nThe path of a folder or of a GGUF file is a model too: inkling --model PATH")
	return outputError(err)
}

func printModel(w io.Writer, model *engine.Model, used bool) {
	m := model.Info()
	mark := ""
	if used {
		mark = "yes"
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", safe.Line(m.Name), m.Size(), m.Context, m.Vocab,
		m.Layers, m.Heads, m.Width, format(model), mark)
}

// format is the prompt format that a chat with the model has unless the settings name another.
func format(m *engine.Model) string {
	info := m.Info()
	hint := chat.ModelHint{Template: ui.ChatTemplate(m), PromptFormat: info.PromptFormat, Conversational: info.Conversational}
	f, err := chat.ChooseFormat("", chat.Chat, hint)
	if err != nil {
		return "unknown"
	}
	return f.Name()
}
