package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/engine/hub"
	"inkling/ui/safe"
)

func pullCommand(a *app) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "pull name[@revision]",
		Short: "Download a model",
		Long: "Download a GPT-2 from the Hugging Face hub, or repair a download. Then open it with \"--model name\", without a network.\n\n" +
			"The name is owner/name as on the hub, or one of these: " + shortNames() + ". Interrupted downloads resume.\n\n" +
			"Models are stored where Python programs store them, and shared with those: in HF_HUB_CACHE, or hub in " +
			"HF_HOME (by default huggingface in ~/.cache). HF_ENDPOINT sets another hub, HF_TOKEN the access " +
			"token for gated and private models, and HF_HUB_OFFLINE forbids all requests.",
		Example: `  inkling pull gpt2
  inkling pull microsoft/DialoGPT-medium
  inkling pull someone/gpt2-poems@v2
  inkling pull someone/gpt2-gguf --file gpt2.Q8_0.gguf`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, k := range hub.Known() {
				names = append(names, cobra.CompletionWithDesc(k.Name, hub.Bytes(k.Size)+", "+k.Licence))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			ref, err := modelArgument(cmd, args)
			if err != nil {
				return err
			}
			return a.pull(cmd.Context(), ref, file)
		}),
	}
	cmd.Flags().StringVar(&file, "file", "", "GGUF file to download, if the repository has several")
	return cmd
}

// shortNames are the short names of models with their sizes, for a text.
func shortNames() string {
	text := ""
	for i, k := range hub.Known() {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s (%s)", k.Name, hub.Bytes(k.Size))
	}
	return text
}

// modelArgument is the one argument of a command, the name of a model on the hub.
func modelArgument(cmd *cobra.Command, args []string) (hub.Ref, error) {
	if len(args) != 1 {
		return hub.Ref{}, usage("%q takes the name of one model, found %d arguments; see %q", cmd.CommandPath(), len(args), cmd.CommandPath()+" --help")
	}
	ref, err := hub.Parse(args[0])
	if err != nil {
		return hub.Ref{}, usageError{err}
	}
	return ref, nil
}

// pull downloads a model and says where it is.
func (a *app) pull(ctx context.Context, ref hub.Ref, file string) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process, whatever it waits for
	m := newPullMeter(a.line(), a.Err, ref.String())
	snapshot, err := client.Pull(ctx, ref, hub.PullOptions{File: file, Progress: m.show})
	m.end()
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(a.Err, "stopped; run the same command to resume\n")
		return errInterrupted
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "%s is ready, %s in %s\nChat with it: inkling --model %s\n", ref, hub.Bytes(snapshot.Size), safe.Line(snapshot.Path), ref)
	return outputError(err)
}
