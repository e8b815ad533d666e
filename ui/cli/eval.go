package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/evaluate"
	"inkling/engine/jsonfile"
)

func evalCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var e evaluation
	cmd := &cobra.Command{
		Use:   "eval file",
		Short: "Measure how well a model predicts a text (perplexity)",
		Long: "Measure how well a model predicts a text: its perplexity, lower is better. Use it to see what a weight " +
			"format costs, or which of two models knows a kind of text better.\n\n" +
			"The file (\"-\" for standard input) is read as bytes, in windows as long as the model's context that " +
			"advance by half of it. Every token but the first is scored once, with at least half a window before it " +
			"where the text has that much. Perplexity per token compares models with the same tokenizer; perplexity " +
			"per word (separated by white space) and bits per byte compare any.\n\n" +
			"--task selects a test set of the GPT-2 paper (Radford et al. 2019, table 3) and counts as the paper " +
			"does: wikitext2 and wikitext103 (wiki.test.tokens) and ptb (ptb.test.txt) are detokenized, and " +
			"perplexity per word counts the words and line ends of the file. lambada (lambada_test.jsonl) scores the " +
			"last word of every passage, without the paper's stop-word filter: perplexity per word and accuracy are " +
			"those of these words.\n\n" +
			"A service that scores texts (vLLM, inkling serve) reads the file in pieces that fit its context.\n\n" +
			"With --json the result is one object with the keys model, weights, file, task, tokens, scored, nll (nats " +
			"per token), perplexity (per token), bits_per_byte, word_perplexity, accuracy (lambada), window, stride, " +
			"seconds and tokens_per_second. On interrupt, the figures so far go to standard error.",
		Example: `  inkling eval story.txt
  inkling eval --weights q4 --json story.txt
  inkling eval --model ~/models/gpt2 --task wikitext103 wiki.test.tokens
  inkling eval --context 256 --stride 64 - < story.txt`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			e.given = cmd.Flags().Changed
			return a.evaluate(cmd.Context(), c, e, args)
		}),
	}
	cmd.Flags().SortFlags = false
	flags = a.addSettings(cmd, "model", "weights", "threads")
	e.add(cmd)
	return cmd
}

// evaluation is what the flags of eval that are not settings say.
type evaluation struct {
	given   func(flag string) bool
	stride  int
	context int
	json    bool
	task    string
}

func (e *evaluation) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&e.stride, "stride", 0, "tokens that the window advances by (default: half the window)")
	cmd.Flags().IntVar(&e.context, "context", 0, "tokens in a window (default: the model's context)")
	cmd.Flags().BoolVar(&e.json, "json", false, "print one JSON object")
	cmd.Flags().StringVar(&e.task, "task", "", "test set: "+strings.Join(evaluate.Tasks(), ", "))
	// The name is that of a flag just added: there is no error.
	cmd.RegisterFlagCompletionFunc("task", cobra.FixedCompletions(evaluate.Tasks(), cobra.ShellCompDirectiveNoFileComp))
}

// validate reports mistakes that show without the model.
func (e *evaluation) validate() error {
	for _, flag := range []struct {
		name  string
		value int
	}{{"stride", e.stride}, {"context", e.context}} {
		if e.given(flag.name) && flag.value < 1 {
			return usage("--%s: found %d, expected a whole number, 1 or more", flag.name, flag.value)
		}
	}
	task, err := evaluate.ParseTask(e.task)
	switch {
	case err != nil:
		return usage("--task: %w", err)
	case e.given("task") && task == evaluate.Plain:
		return usage("--task: found \"\", expected one of %s", strings.Join(evaluate.Tasks(), ", "))
	case task == evaluate.LAMBADA && e.given("stride"):
		return usage("--stride does not apply to --task lambada, which scores each passage separately")
	case e.context > 0 && e.stride > e.context:
		return usage("--stride: found %d, expected at most the window of %d tokens", e.stride, e.context)
	}
	return nil
}

// options are those for a model of that context.
func (e *evaluation) options(context int) (evaluate.Options, error) {
	o := evaluate.Options{Task: evaluate.Task(e.task), Window: e.context, Stride: e.stride}
	if o.Window > context {
		return o, usage("--context: found %d, expected at most the model's context of %d tokens", o.Window, context)
	}
	if o.Window == 0 {
		o.Window = context
	}
	if o.Stride > o.Window {
		return o, usage("--stride: found %d, expected at most the window of %d tokens", o.Stride, o.Window)
	}
	if o.Stride == 0 && o.Task != evaluate.LAMBADA {
		o.Stride = max(o.Window/2, 1)
	}
	return o, nil
}

// evaluate measures the text of the file that args name.
func (a *app) evaluate(ctx context.Context, c *config.Config, e evaluation, args []string) error {
	if err := e.validate(); err != nil {
		return err
	}
	if len(args) != 1 {
		return usage(`found %d files, expected one, or "-" for standard input`, len(args))
	}
	file, s := args[0], c.Settings
	if service, ok, err := a.elsewhere(c, s.Model); ok {
		if err != nil {
			return err
		}
		return e.elsewhere(ctx, a, service.(scorer), file)
	}
	text, err := readFile(a.In, file, longest)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process, whatever it waits for
	model, err := open(s.Model, s).wait(ctx)
	if err != nil {
		return err
	}
	defer model.Close()
	return a.measure(ctx, model, text, file, e)
}

// measure evaluates a text and writes the report.
func (a *app) measure(ctx context.Context, model *engine.Model, text, file string, e evaluation) error {
	options, err := e.options(model.Info().Context)
	if err != nil {
		return err
	}
	meter := newEvalMeter(a.line())
	options.Progress = func(r evaluate.Result) { meter.show(r.Scored, r.ToScore, r.Perplexity()) }
	result, err := evaluate.Run(ctx, model, text, options)
	meter.end()
	report := report{info: model.Info(), file: file, options: options, result: result}
	switch {
	case errors.Is(err, context.Canceled):
		if err := report.partial(a.Err); err != nil {
			return err
		}
		return errInterrupted
	case err != nil:
		return fmt.Errorf("%s: %w", named(file), err)
	case e.json:
		return report.json(a.Out)
	}
	return report.text(a.Out)
}

// longest is how many bytes of text are read at most. What WikiText and its like test with is a hundredth of it.
const longest = 256 << 20

// readFile reads at most so many bytes of the file of that name, or of standard input, in, for "-".
func readFile(in io.Reader, name string, longest int64) (string, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", fmt.Errorf("cannot read %s: %w", named(name), bare(err))
		}
		defer f.Close()
		in = f
	}
	var text strings.Builder
	n, err := io.Copy(&text, io.LimitReader(in, longest+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot read %s: %w", named(name), bare(err))
	case n > longest:
		return "", fmt.Errorf("%s is larger than %d MB; evaluate a part of it", named(name), longest>>20)
	}
	return text.String(), nil
}

// named is what errors call a file.
func named(file string) string {
	if file == "-" {
		return "standard input"
	}
	return jsonfile.Path(file)
}
