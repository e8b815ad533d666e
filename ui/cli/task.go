package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/chat/task"
	"inkling/config"
	"inkling/ui/safe"
)

// tasks reads the tasks, and tells what is wrong in the user's own files.
func (a *app) tasks() *task.Library {
	l := task.Open(a.taskFolder())
	for _, err := range l.Problems {
		fmt.Fprintln(a.Err, "inkling: "+safe.Line(err.Error()))
	}
	return l
}

func tasksCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "tasks",
		Short: "List the tasks",
		Long: "List the tasks that \"inkling task\" and /task in the chat do, with an example each. Your own are files *.toml " +
			"in the folder tasks beside the config file; one with the name of a task of the program replaces it.",
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			var b strings.Builder
			for _, t := range a.tasks().Tasks {
				fmt.Fprintf(&b, "%-12s %s\n%-12s   %s\n", safe.Line(t.Name), safe.Line(t.Description), "", safe.Line(t.Example))
			}
			_, err := io.WriteString(a.Out, b.String())
			return outputError(err)
		}),
	}
}

// taskCommand has a command below it for each task, with the task's variables as flags. They are made only when args, the
// command line, may ask for one.
func (a *app) taskCommand(args []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "task name [words]",
		Short: "Do a task: a poem, a summary, a quiz ...",
		Long: "Do one of the tasks that people ask for most. What the task is about stands after its name, or on standard input; " +
			"\"inkling tasks\" lists the tasks, and \"inkling task NAME --help\" tells what each takes.\n\n" +
			"The reply is checked: a headline is one line, a summary has no names or numbers that the text lacks. One that " +
			"fails is written again with another seed, twice at most; if it still fails, a note says so.",
		Example: `  inkling task poem "autumn rain"
  inkling task summary --sentences 2 < report.txt
  inkling task quiz --answers "the moon"
  inkling task copy --kit "a lamp that wakes you gently"`,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // they are of a task that there is not
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(`which task? "inkling tasks" lists them`)
			}
			text := fmt.Sprintf("no task %q", args[0])
			if near := config.Nearest(args[0], a.tasks().Names()); near != "" {
				return usage("%s; did you mean %q?", text, near)
			}
			return usage(`%s; "inkling tasks" lists them`, text)
		}),
	}
	for _, word := range args {
		if word == "task" || word == "help" {
			for _, t := range a.tasks().Tasks {
				cmd.AddCommand(a.oneTask(t))
			}
			break
		}
	}
	return cmd
}

// taskFlags are the flags of a task beside its variables.
type taskFlags struct {
	values  map[string]*string
	follow  map[string]*bool
	json    bool
	extract bool
	kit     bool
}

func (a *app) oneTask(t *task.Task) *cobra.Command {
	var flags []*config.Flag
	o := taskFlags{values: map[string]*string{}, follow: map[string]*bool{}}
	cmd := &cobra.Command{
		Use:     t.Name + " [words]",
		Short:   t.Description,
		Long:    t.Description + ".",
		Example: "  " + t.Example,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			return a.doTask(cmd, c, t, o, args)
		}),
	}
	cmd.Flags().SortFlags = false
	for _, v := range t.Variables {
		if !v.Words {
			o.values[v.Name] = cmd.Flags().String(v.Name, v.Default, v.Help)
		}
	}
	for _, f := range t.Followups {
		o.follow[f.Name] = cmd.Flags().Bool(f.Name, false, f.Help)
	}
	if t.Extract {
		cmd.Flags().BoolVar(&o.extract, "extract", false, "pick sentences of the text in place of writing; no model is needed")
	}
	if len(t.Kit) > 0 {
		cmd.Flags().BoolVar(&o.kit, "kit", false, "a whole kit in one go: "+strings.Join(t.Kit, ", "))
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object: task, text, tries, wrong")
	flags = a.addSettings(cmd, config.Keys(func(s config.Scope) bool { return s.Bare })...)
	return cmd
}

// taskResult is the line that --json prints.
type taskResult struct {
	Task  string   `json:"task"`
	Text  string   `json:"text"`
	Tries int      `json:"tries"`
	Wrong []string `json:"wrong"` // what checks still find
}

// doTask does a task with what the command line and standard input have.
func (a *app) doTask(cmd *cobra.Command, c *config.Config, t *task.Task, o taskFlags, args []string) error {
	words, err := a.taskWords(t, args)
	if err != nil {
		return err
	}
	named := task.Values{}
	for name, value := range o.values {
		if cmd.Flags().Changed(name) {
			named[name] = *value
		}
	}
	values, err := t.Fill(words, named)
	if err != nil {
		return usageError{err}
	}
	if o.extract {
		result, err := (&task.Job{Task: t, Values: values}).Extract()
		if err != nil {
			return err
		}
		return printTask(a.Out, t, result, o.json, "")
	}

	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	c.Pace, c.LoopGuard = 0, 0 // nobody reads along
	models, err := a.opener(c)
	if err != nil {
		return err
	}
	model, err := session.NewAsker(ctx, c, session.Sources{Open: models})
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	defer model.Close()
	tasks, about := []*task.Task{t}, ""
	if o.kit {
		tasks = nil
		library := task.Open(a.taskFolder())
		for _, name := range t.Kit {
			part, ok := library.Find(name)
			if !ok {
				return fmt.Errorf("%s: no task %q for its kit", t.Name, name)
			}
			tasks = append(tasks, part)
		}
	}
	for _, part := range tasks {
		if o.kit {
			about = strings.ToUpper(part.Name[:1]) + part.Name[1:]
			main, _ := t.Main()
			if values, err = part.Fill([]string{values[main.Name]}, nil); err != nil {
				return err
			}
		}
		if err := a.runTask(ctx, model, part, values, o, about); err != nil {
			return err
		}
	}
	return nil
}

// runTask does one task and prints what has come of it. about is a heading, "" for none.
func (a *app) runTask(ctx context.Context, model *session.Asker, t *task.Task, values task.Values, o taskFlags, about string) error {
	c := model.Settings()
	job := &task.Job{Task: t, Model: model, Values: values, Params: c.Params}
	t.Adjust(&job.Params, func(key string) bool { return session.UserSet(c, key) })
	job.Progress = func(part, of int) { fmt.Fprintln(a.Err, a.dim(fmt.Sprintf("part %d of %d", part, of))) }
	result, err := job.Run(ctx)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	for _, f := range t.Followups {
		if !*o.follow[f.Name] {
			continue
		}
		more, err := job.Followup(ctx, f)
		if err != nil {
			return err
		}
		result.Text += "\n\n" + more
	}
	if len(result.Wrong) > 0 {
		fmt.Fprintf(a.Err, "inkling: %s: %s, after %s\n", safe.Line(t.Name), safe.Line(strings.Join(result.Wrong, "; ")), task.Tries(result.Tries))
	}
	return printTask(a.Out, t, result, o.json, about)
}

// printTask writes what has come of a task.
func printTask(out io.Writer, t *task.Task, r task.Result, asJSON bool, about string) error {
	if asJSON {
		wrong := r.Wrong
		if wrong == nil {
			wrong = []string{}
		}
		return writeJSON(out, taskResult{t.Name, r.Text, r.Tries, wrong})
	}
	text := r.Text
	if terminal(out) {
		text = safe.Text(text)
	}
	if about != "" {
		text = about + "\n" + text + "\n"
	}
	_, err := io.WriteString(out, text+"\n")
	return outputError(err)
}

// taskWords are the words for a task: arguments, or standard input where there are none, or none but the value of a choice.
func (a *app) taskWords(t *task.Task, args []string) ([]string, error) {
	for _, v := range t.Variables {
		if len(args) == 1 && len(v.Choices) > 0 {
			for _, choice := range v.Choices {
				if strings.EqualFold(args[0], choice) && !terminal(a.In) && !closed(a.In) {
					args = append(args, "-")
				}
			}
		}
	}
	text, err := a.text(args, wordsOf(t), written)
	if err != nil {
		return nil, err
	}
	return []string{text}, nil
}

func wordsOf(t *task.Task) string {
	if main, ok := t.Main(); ok {
		return main.Name
	}
	return strconv.Quote(t.Name)
}
