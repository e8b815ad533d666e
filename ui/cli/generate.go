package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/ui/safe"
)

func generateCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var output outputFlags
	var given promptFlags
	cmd := &cobra.Command{
		Use:   "generate [prompt]",
		Short: "Continue a text on standard output",
		Long: "Continue a text without a chat format: the prompt is passed unchanged, and the continuation is written " +
			"to standard output token by token. The prompt is not repeated, the output ends with a line feed, and the " +
			"seed goes to standard error.\n\n" +
			"The prompt is the arguments joined by spaces, or else standard input without a final line break; \"-\" " +
			"among the arguments stands for standard input. An empty prompt starts a new text. Put \"--\" before a " +
			"prompt that begins with a dash. The text ends at any of the --stop strings.\n\n" +
			"With --json each continuation is one line: an object with the keys text, prompt_tokens, tokens, " +
			"stop_reason, seed, attempt, random, parameters and timings. Log-probabilities are the model's own, " +
			"before any sampling setting.",
		Example: `  inkling generate "Once upon a time"
  inkling generate --seed 7 --temperature 0.5 "Once upon a time"
  inkling generate --num-sequences 3 --max-tokens 40 "The fox said"
  inkling generate --seed 7 --attempt 2 --max-tokens 40 "The fox said"
  inkling generate --json --logprobs 5 "Once upon a time"
  inkling generate --stop . < story.txt`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if args, err = given.before(args); err != nil {
				return err
			}
			return a.generate(cmd.Context(), c, output, args)
		}),
	}
	cmd.Flags().SortFlags = false
	flags = a.addSettings(cmd, config.Keys(func(s config.Scope) bool { return s.Bare })...)
	given.add(cmd, "prompt")
	output.add(cmd)
	return cmd
}

// outputFlags are the flags of generate that are not settings.
type outputFlags struct {
	sequences int
	attempt   uint32
	endless   bool
	json      bool
	logprobs  int // likeliest tokens to report with each token
	keepEnd   bool
	special   bool
}

func (o *outputFlags) names() []string {
	return []string{"num-sequences", "attempt", "ignore-eos", "json", "logprobs", "keep-end", "special"}
}

func (o *outputFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&o.sequences, "num-sequences", 1, "number of continuations: consecutive attempts with one seed")
	cmd.Flags().Uint32Var(&o.attempt, "attempt", 0, "number of the first attempt")
	cmd.Flags().BoolVar(&o.endless, "ignore-eos", false, "go on where the model would end the text")
	cmd.Flags().BoolVar(&o.json, "json", false, "print each continuation as one JSON object per line")
	cmd.Flags().IntVar(&o.logprobs, "logprobs", 0, "with --json: number of likeliest tokens to report at each position")
	cmd.Flags().BoolVar(&o.special, "special", false, specialHelp)
	cmd.Flags().BoolVar(&o.keepEnd, "keep-end", false, "keep the end of a prompt that is too long")
}

// specialHelp tells of a flag.
const specialHelp = "read special tokens such as <|endoftext|> in the text"

// hide keeps the flags out of the help.
func (o *outputFlags) hide(cmd *cobra.Command) {
	for _, name := range o.names() {
		cmd.Flags().Lookup(name).Hidden = true
	}
}

// given is the name of one of the flags that the command line has, "" for none.
func (o *outputFlags) given(cmd *cobra.Command) string {
	for _, name := range o.names() {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

func (o *outputFlags) validate() error {
	switch {
	case o.sequences < 1:
		return usage("--num-sequences: found %d, expected a whole number, 1 or more", o.sequences)
	case o.logprobs < 0:
		return usage("--logprobs: found %d, expected a whole number, 0 or more", o.logprobs)
	case o.logprobs > 0 && !o.json:
		return usage("--logprobs needs --json")
	}
	return nil
}

// generate continues the prompt that args or standard input have.
func (a *app) generate(ctx context.Context, c *config.Config, output outputFlags, args []string) error {
	if err := cmp.Or(openOutput(a.Out), output.validate()); err != nil {
		return err
	}
	prompt, err := a.text(args, "prompt", written)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process, whatever it waits for
	if service, ok, err := a.elsewhere(c, c.Model); ok {
		if err != nil {
			return err
		}
		return a.generateElsewhere(ctx, service, c, output, prompt)
	}
	model, err := open(c.Model, c.Settings).wait(ctx)
	if err != nil {
		return err
	}
	defer model.Close()
	adopt(a.Err, c, model.Info())
	params := c.Params
	params.Pace, params.LoopGuard = 0, 0 // nobody reads along, and what is written is not taken back

	ids, err := promptIDs(model, prompt, output.special)
	if err != nil {
		return err
	}
	if output.keepEnd {
		ids = tail(a.Err, model, ids, params.MaxTokens)
	}
	job := continuations{
		model:     model,
		prompt:    ids,
		params:    params,
		seed:      engine.RandomSeed(),
		attempt:   output.attempt,
		endless:   output.endless,
		sequences: output.sequences,
		top:       output.logprobs,
		noDrafts:  !c.Speculation,
	}
	if c.Seed != nil {
		job.seed = *c.Seed
	}
	if output.json {
		return job.write(ctx, &jsonWriter{out: a.Out, prompt: ids, params: params})
	}
	err = job.write(ctx, &textWriter{out: a.Out, clean: terminal(a.Out)})
	if err == nil || errors.Is(err, errInterrupted) {
		fmt.Fprintln(a.Err, a.dim("seed "+strconv.FormatUint(job.seed, 10)))
	}
	return err
}

// adopt puts in force what a model suggests for settings that the user has not set, and tells w what of that cannot be.
func adopt(w io.Writer, c *config.Config, info engine.Info) {
	_, notes := session.Adopt(c, info)
	for _, note := range notes {
		fmt.Fprintln(w, safe.Line(note))
	}
}

// promptIDs are the tokens of a prompt, behind what the model has every text begin with, or a new one. special recognises
// special tokens in it.
func promptIDs(m *engine.Model, prompt string, special bool) ([]int, error) {
	ids := m.Prompt(prompt, special)
	if len(ids) == 0 {
		return nil, errors.New("the prompt is empty, and the model has no start token; write something")
	}
	return ids, nil
}

// tail is the end of a prompt that the model's context has no room for, behind the token that every text begins with. It
// leaves as much room for an answer as the chat does: what it may have, but no more than a quarter of the context.
func tail(notes io.Writer, m *engine.Model, ids []int, maxTokens int) []int {
	context := m.Info().Context
	if len(ids) < context {
		return ids
	}
	room := max(context/4, 1)
	if maxTokens > 0 {
		room = min(room, maxTokens)
	}
	var kept []int
	if begin, ok := m.BeginOfText(); ok {
		kept, ids = append(kept, begin), ids[1:]
	}
	left := len(ids) - (context - room - len(kept))
	fmt.Fprintf(notes, "prompt too long for a context of %d tokens; dropped the first %d\n", context, left)
	return append(kept, ids[left:]...)
}

// dim makes a line for standard error faint, where that is a terminal with styles.
func (a *app) dim(line string) string {
	if a.plain(a.Err) {
		return line
	}
	return "\x1b[2m" + line + "\x1b[m"
}
