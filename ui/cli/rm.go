package cli

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"inkling/engine"
	"inkling/engine/hub"
)

func rmCommand(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "rm name[@revision]",
		Short: "Delete a downloaded model",
		Long: "Delete a model that \"inkling pull\" or a Python program downloaded: all of it, or with a revision only " +
			"that revision. Asks first.",
		Example: `  inkling rm gpt2-xl
  inkling rm someone/gpt2-poems@v1
  inkling rm --yes distilgpt2`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				names = a.downloadedNames()
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == engine.Starter {
				return usage("the starter is built in and cannot be deleted")
			}
			ref, err := modelArgument(cmd, args)
			if err != nil {
				return err
			}
			return a.rm(ref, yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "delete without asking")
	return cmd
}

// rm deletes a model, after a question unless yes.
func (a *app) rm(ref hub.Ref, yes bool) error {
	cache, err := hub.Local(a.environment)
	if err != nil {
		return err
	}
	size, err := cache.Size(ref)
	if err != nil {
		return err
	}
	if !yes {
		if !terminal(a.In) {
			return usage("\"inkling rm\" asks first and needs a terminal as standard input; use --yes to delete without asking")
		}
		fmt.Fprintf(a.Err, "Delete %s, %s? [y/N] ", ref, hub.Bytes(size))
		answer, err := bufio.NewReader(a.In).ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("cannot read the answer from standard input: %w", bare(err))
		}
		if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
			_, err := fmt.Fprintln(a.Out, "nothing was deleted")
			return outputError(err)
		}
	}
	freed, err := cache.Remove(ref)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "deleted %s, %s\n", ref, hub.Bytes(freed))
	return outputError(err)
}

// downloadedNames are the names of the models in the cache.
func (e environment) downloadedNames() []string {
	snapshots, _ := e.downloaded() // there is nobody to tell
	var names []string
	for _, s := range snapshots {
		names = append(names, s.Name())
	}
	return names
}
