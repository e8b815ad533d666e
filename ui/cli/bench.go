package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/bench"
	"inkling/ui/safe"
)

// benchFlags are those of bench that are no settings.
type benchFlags struct {
	random      string
	weights     string
	repetitions int
	sequences   int
	json        bool
	serve       bool   // measure a server
	child       string // format to measure the memory with
}

// benchWeights are the formats that bench measures, in this order.
var benchWeights = []string{"q8", "q4", "f16", "f32"}

func benchCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var own benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast a model runs here, and how fast it could",
		Long: "Measure how fast a model runs on this machine in every weight format: reading a prompt (prefill), " +
			"writing token by token at several positions (decode), several sequences at once, loading, and peak " +
			"memory. In the same run it measures the machine's limits: memory bandwidth and arithmetic. Each figure " +
			"is the median of several rounds, with the lowest and the highest, and a percentage of its limit.\n\n" +
			"Close other programs first. The formats take turns in every round, so that a slowdown hits all of them; " +
			"formats that do not fit in memory together are loaded one at a time. Loading from the cache writes the " +
			"cache first, as opening the model would.\n\n" +
			"With --serve it measures a server instead: eight clients at once against one, with different prompts of 64 " +
			"tokens that have been read before, 128 tokens each, without speculative decoding, in the first of the formats " +
			"(q8).\n\n" +
			"With --json the result is one object:\n" +
			"  {\"machine\": {\"cpu\", \"os\", \"arch\", \"kernel\", \"threads\", \"go\", \"version\", \"commit\", \"date\"},\n" +
			"   \"walls\": {\"memory\": {\"unit\", \"median\", \"min\", \"max\", \"runs\": [...]}, \"fma\": {...}, \"integer\": {...}},\n" +
			"   \"results\": [{\"model\", \"parameters\", \"bytes\", \"weights\", \"threads\", \"test\", \"unit\",\n" +
			"                \"median\", \"min\", \"max\", \"runs\": [...], \"wall\", \"cost\", \"percent\"}, ...],\n" +
			"   \"notes\": [...]}\n" +
			"The unit of a test is \"tokens/s\", \"ms\", \"bytes\", or \"x\" for a ratio. \"wall\" names the limit, " +
			"\"cost\" is what a token takes of it in bytes or operations, and \"percent\" is 100 · median · cost / " +
			"median of the limit; all three are null where no limit applies.",
		Example: `  # a GPT-2 made up in memory: nothing needs to be there
  inkling bench --random gpt2

  # a model of your own, in two formats
  inkling bench --model ~/models/gpt2 --weights q8,q4

  # eight clients of a server at once against one
  inkling bench --serve --model gpt2

  # for a program to read
  inkling bench --random gpt2-medium --repetitions 3 --json`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if own.random != "" && cmd.Flags().Changed("model") {
				return usage("use --model or --random, not both")
			}
			return a.bench(cmd.Context(), c.Settings, own)
		}),
	}
	flags = a.addSettings(cmd, "model", "threads")
	f := cmd.Flags()
	f.StringVar(&own.random, "random", "", "random weights in the size of a model: "+strings.Join(engine.RandomSizes(), ", "))
	f.StringVar(&own.weights, "weights", "all", "weight formats: all, or a list of "+strings.Join(benchWeights, ", "))
	f.IntVar(&own.repetitions, "repetitions", 5, "rounds to measure, after one to warm up")
	f.IntVar(&own.sequences, "sequences", 4, "sequences to compute at once")
	f.BoolVar(&own.serve, "serve", false, "measure \"inkling serve\": eight clients at once against one")
	f.BoolVar(&own.json, "json", false, "print one JSON object instead of tables")
	f.StringVar(&own.child, "child", "", "measure the memory of this process with one weight format")
	f.Lookup("child").Hidden = true
	// The names are those of flags just added: there is no error.
	cmd.RegisterFlagCompletionFunc("random", cobra.FixedCompletions(engine.RandomSizes(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("weights", cobra.FixedCompletions(append([]string{"all"}, benchWeights...), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// formats are those that --weights asks for.
func (f benchFlags) formats() ([]string, error) {
	var list []string
	for name := range strings.SplitSeq(f.weights, ",") {
		switch name = strings.TrimSpace(name); {
		case name == "all":
			list = append(list, benchWeights...)
		case slices.Contains(benchWeights, name):
			list = append(list, name)
		default:
			return nil, usage("--weights: found %q, expected a list of %s, or all", name, strings.Join(benchWeights, ", "))
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	}), nil
}

func (f benchFlags) validate() error {
	switch {
	case f.random != "" && !slices.Contains(engine.RandomSizes(), f.random):
		return usage("--random: found %q, expected %s", f.random, strings.Join(engine.RandomSizes(), ", "))
	case f.repetitions < 1:
		return usage("--repetitions: found %d, expected a whole number, 1 or more", f.repetitions)
	case f.sequences < 1 || f.sequences > engine.Block:
		return usage("--sequences: found %d, expected a whole number from 1 to %d", f.sequences, engine.Block)
	}
	return nil
}

func (a *app) bench(ctx context.Context, s config.Settings, own benchFlags) error {
	if err := own.validate(); err != nil {
		return err
	}
	formats, err := own.formats()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process, whatever it waits for
	if own.serve {
		return own.benchServe(ctx, a, s, formats[0])
	}
	options := bench.Options{
		Model:       s.Model,
		Random:      own.random,
		Weights:     formats,
		Threads:     s.Threads,
		Repetitions: own.repetitions,
		Sequences:   own.sequences,
		Peak: func(ctx context.Context, weights string) (int64, error) {
			return peak(ctx, s, own.random, weights)
		},
		Version: version(),
		Commit:  commit(),
	}
	if own.child != "" {
		bytes, err := bench.Once(ctx, options, own.child)
		if err != nil {
			return interrupted(err)
		}
		_, err = fmt.Fprintln(a.Out, bytes)
		return outputError(err)
	}
	line := a.line()
	options.Progress = line.write
	report, err := bench.Run(ctx, options)
	line.write("")
	if err != nil {
		return interrupted(err)
	}
	if own.json {
		return writeJSON(a.Out, report)
	}
	var text strings.Builder
	if err := report.Table(&text); err != nil {
		return err
	}
	_, err = fmt.Fprint(a.Out, safe.Text(text.String()))
	return outputError(err)
}

func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// peak has another process of this program measure its memory.
func peak(ctx context.Context, s config.Settings, random, weights string) (int64, error) {
	path, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("cannot start a process to measure its memory: %w", err)
	}
	args := []string{"bench", "--child", weights, "--threads", strconv.Itoa(s.Threads)}
	if random != "" {
		args = append(args, "--random", random)
	} else {
		args = append(args, "--model", s.Model)
	}
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, fmt.Errorf("the process that measures its memory with %s failed: %w: %s", weights, err, safe.Line(strings.TrimSpace(stderr.String())))
	}
	bytes, err := strconv.ParseInt(strings.TrimSpace(stdout.String()), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the process that measures its memory with %s printed %q, expected a number", weights, stdout.String())
	}
	return bytes, nil
}

// commit is the beginning of the revision that the program was built from, "" where that is unknown.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(len(s.Value), 12)]
		}
	}
	return ""
}
