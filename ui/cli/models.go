package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/safe"
)

func modelsCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	cmd := &cobra.Command{
		Use:     "models",
		Aliases: []string{"list"},
		Short:   "List the models",
		Long: "List the models: the built-in starter, the model of your settings, and downloaded models (\"inkling " +
			"pull\" downloads one, \"inkling rm\" deletes one).\n\n" +
			"A model folder has the Hugging Face layout of a GPT-2: config.json; model.safetensors (or an index and " +
			"its shards) or pytorch_model.bin; and tokenizer.json, vocab.json with merges.txt, or vocab.txt. A GGUF " +
			"file (*.gguf) has everything in one. Pass its path, or the name of a downloaded model, as --model, " +
			"INKLING_MODEL or model in the config file.",
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
			return a.models(c)
		}),
	}
	flags = a.addSettings(cmd, "model")
	return cmd
}

// models prints a table of the models. One that cannot be opened is left out of it and is the error.
func (a *app) models(c *config.Config) error {
	names := []string{engine.Starter}
	if c.Model != engine.Starter {
		names = append(names, c.Model)
	}
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODEL\tPARAMETERS\tCONTEXT\tVOCABULARY\tLAYERS\tHEADS\tWIDTH\tFORMAT\tIN USE")
	var failure error
	for _, name := range names {
		d, err := engine.Describe(name)
		if err != nil {
			failure = err
			continue
		}
		printModel(table, d, name == c.Model)
	}
	// A failed write shows when the table is flushed.
	if err := table.Flush(); err != nil {
		return outputError(err)
	}
	snapshots, err := a.downloaded()
	if err == nil {
		err = printDownloaded(a.Out, snapshots)
	}
	switch {
	case errors.Is(err, hub.ErrSettings): // there is no place for downloaded models, so there are none
		fmt.Fprintln(a.Err, safe.Line(err.Error()))
	case err != nil && failure == nil:
		failure = err
	}
	if failure != nil {
		return failure
	}
	_, err = fmt.Fprintln(a.Out, "\nA model folder or GGUF file works too: inkling --model PATH")
	return outputError(err)
}

// printDownloaded prints a table of the models from the hub, where there are any.
func printDownloaded(out io.Writer, snapshots []hub.Snapshot) error {
	if len(snapshots) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nDOWNLOADED\tPARAMETERS\tCONTEXT\tSIZE\tWEIGHTS\tREVISION\tLAST USE")
	for _, s := range snapshots {
		parameters, context, used := "-", "-", "-"
		if s.Config.Parameters > 0 {
			parameters = engine.Info{Parameters: int(s.Config.Parameters)}.Size()
			context = strconv.Itoa(s.Config.Context)
		}
		weights := strings.Join(s.Formats(), ", ")
		if _, err := s.Weights(); err != nil {
			weights = "incomplete"
		}
		if !s.Used.IsZero() {
			used = s.Used.Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name(), parameters, context, hub.Bytes(s.Size), weights,
			strings.Join(append(s.Refs, s.Commit[:7]), " "), used)
	}
	return outputError(table.Flush())
}

// downloaded are the GPT-2 models in the cache of the hub. A GGUF file is taken for one.
func (e environment) downloaded() ([]hub.Snapshot, error) {
	cache, err := hub.Local(e)
	if err != nil {
		return nil, err
	}
	repos, err := cache.List()
	if err != nil {
		return nil, err
	}
	var snapshots []hub.Snapshot
	for _, r := range repos {
		for _, s := range r.Snapshots {
			if s.Config.Type == "gpt2" || s.Config.Type == "" && slices.Contains(s.Formats(), "gguf") {
				if _, err := s.Weights(); err != nil {
					s.Size += r.Partial // what has arrived so far
				}
				snapshots = append(snapshots, s)
			}
		}
	}
	return snapshots, nil
}

func printModel(w io.Writer, d *engine.Description, used bool) {
	m := d.Info()
	mark := ""
	if used {
		mark = "yes"
	}
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", safe.Line(m.Name), m.Size(), m.Context, m.Vocab,
		m.Layers, m.Heads, m.Width, session.PromptFormat(d.Codec), mark)
}
