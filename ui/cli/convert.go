package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/engine"
	"inkling/engine/convert"
	"inkling/ui/safe"
)

func convertCommand(a *app) *cobra.Command {
	var precision string
	var options convert.Options
	cmd := &cobra.Command{
		Use:   "convert SOURCE DESTINATION",
		Short: "Convert a model to GGUF or to a folder",
		Long: "Convert a model to another container or weight format: a GGUF file, which llama.cpp opens too, if the " +
			"destination ends in .gguf; otherwise a folder with config.json, model.safetensors, vocab.json and " +
			"merges.txt, which transformers opens too.\n\n" +
			"The source is \"starter\", a downloaded model, a model folder or a GGUF file. --weights chooses how the " +
			"weights are stored: f32, f16, or, in GGUF, q8 (Q8_0) and q4 (Q4_0), which take a quarter and an eighth " +
			"of the space of f32; q4 costs some quality. Without it, weights keep their precision. Norms, biases and " +
			"positions are f32 in GGUF.\n\n" +
			"An existing destination is replaced with --force only, and only once everything is written.",
		Example: `  inkling convert ~/models/gpt2 gpt2.gguf --weights q8
  inkling convert gpt2-Q4_K_M.gguf ~/models/gpt2
  inkling convert starter starter.gguf`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("%q takes a source and a destination, found %d arguments", cmd.CommandPath(), len(args))
			}
			options.Precision = convert.Precision(precision)
			if precision != "" && !slices.Contains(convert.Precisions(), options.Precision) {
				return usage("--weights %q, expected %s", precision, choices())
			}
			return a.convert(cmd.Context(), args[0], args[1], options)
		}),
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&precision, "weights", "", "weight format: "+choices())
	cmd.Flags().BoolVar(&options.Force, "force", false, "replace an existing destination")
	// The flag was just added: there is no error.
	cmd.RegisterFlagCompletionFunc("weights", cobra.FixedCompletions(names(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// names are the choices of --weights.
func names() []string {
	var names []string
	for _, p := range convert.Precisions() {
		names = append(names, string(p))
	}
	return names
}

func choices() string {
	all := names()
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// convert converts a model and says what came of it.
func (a *app) convert(ctx context.Context, source, destination string, o convert.Options) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := a.line()
	o.Progress = func(share float64) { line.write(fmt.Sprintf("writing %s: %.0f %%", safe.Line(destination), 100*share)) }
	result, err := convert.Run(ctx, source, destination, o)
	line.write("")
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return errInterrupted
	case err != nil:
		return err
	}
	info := engine.Info{Parameters: result.Parameters}
	note := ""
	if result.AsF16 > 0 {
		note = fmt.Sprintf("; %d matrices are f16 because their rows are not multiples of 32", result.AsF16)
	}
	_, err = fmt.Fprintf(a.Out, "wrote %s: %s parameters, %s, %s%s\n", safe.Line(destination), info.Size(), result.Precision, fileSize(result.Bytes), note)
	return outputError(err)
}

// fileSize is a size as people write it: "512 bytes", "5.3 MB", "1.2 GB".
func fileSize(n int64) string {
	switch x := float64(n); {
	case x >= 1e9:
		return fmt.Sprintf("%.1f GB", x/1e9)
	case x >= 1e6:
		return fmt.Sprintf("%.1f MB", x/1e6)
	case x >= 1e3:
		return fmt.Sprintf("%.1f kB", x/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
