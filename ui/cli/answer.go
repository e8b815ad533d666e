package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/ui/safe"
)

func chatCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var resume, asJSON bool
	var given promptFlags
	cmd := &cobra.Command{
		Use:   "chat [question]",
		Short: "Open a chat, or answer one question in a pipe",
		Long: "Open a chat, as \"inkling\" does. Where standard input or standard output is no terminal, one question gets its " +
			"answer on standard output, in the chat format of the model. The question is the arguments, with spaces between them, " +
			"or else standard input; \"-\" among the arguments stands for it.\n\n" +
			"The question and its answer are a chat like any other: --continue asks the next one. With --json the answer is one " +
			"object with the keys text, chat, model, stop_reason, seed, parameters and timings.",
		Example: `  echo "What is your name?" | inkling chat
  inkling chat "Tell me a story" > story.txt
  inkling chat --continue "And then?" | less
  inkling chat --json - < question.txt`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if args, err = given.before(args); err != nil {
				return err
			}
			if terminal(a.In) && terminal(a.Out) && !asJSON {
				return a.chat(cmd.Context(), c, resume, strings.Join(args, " "))
			}
			return a.answer(cmd.Context(), c, resume, asJSON, args)
		}),
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVarP(&resume, "continue", "c", false, "go on with the last chat")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as one JSON object")
	given.add(cmd, "question")
	flags = a.addSettings(cmd)
	return cmd
}

// answer asks the question that args or standard input have, and writes the reply to standard output.
func (a *app) answer(ctx context.Context, c *config.Config, resume, asJSON bool, args []string) error {
	if err := openOutput(a.Out); err != nil {
		return err
	}
	question, err := a.text(args, "question", written)
	if err != nil {
		return err
	}
	if strings.TrimSpace(question) == "" {
		return usage("the question is empty, expected some words")
	}
	c.Params.Pace, c.Params.LoopGuard = 0, 0 // nobody reads along
	options, closing, err := a.session(ctx, c, resume, question)
	if err != nil {
		return err
	}
	defer closing()
	told, stop := session.Signals(ctx, os.Interrupt)
	defer stop()

	s, work := session.New(options)
	w := &answerWriter{app: a, s: s, silent: asJSON}
	err = session.Drive(told, s, work, w.event)
	if told.Err() != nil {
		err = nil // Ended says why
	}
	ended := w.ended()
	if saved := s.Close(); ended == nil {
		ended = saved
	}
	if err = session.Ended(told, cmp.Or(w.err, err, ended)); err != nil || !asJSON {
		return err
	}
	return w.json()
}

// answerWriter writes the answer as it comes.
type answerWriter struct {
	*app
	s       *session.Session
	silent  bool // nothing is written before the end
	asked   bool // the question is part of the chat
	printed int  // bytes of the answer that are out
	err     error
}

// event follows what the session does, and reports whether there is nothing more to follow.
func (w *answerWriter) event(session.Event) bool {
	for _, answer := range w.s.Answers() {
		switch answer := answer.(type) {
		case session.Notice:
			if answer.Problem {
				fmt.Fprintln(w.Err, safe.Line(answer.Words))
			}
		case session.Asked:
			w.asked = true
		case session.Quit:
			w.err = answer.Err
			return true
		}
	}
	if turn := w.turn(); turn != nil && !w.silent {
		w.err = w.write(strings.TrimRight(turn.Text, " \n")) // blanks at its end may be none of the answer
	}
	return w.err != nil
}

// turn is the answer, nil as long as there is none.
func (w *answerWriter) turn() *chat.Turn {
	leaf := w.s.Chat.Conversation().Leaf()
	if !w.asked || leaf == nil || leaf.Role != chat.Assistant {
		return nil
	}
	return leaf
}

// write writes what is new of the answer.
func (w *answerWriter) write(text string) error {
	if len(text) <= w.printed {
		return nil
	}
	fresh := text[w.printed:]
	w.printed = len(text)
	if terminal(w.Out) {
		fresh = safe.Text(fresh)
	}
	_, err := io.WriteString(w.Out, fresh)
	return outputError(err)
}

// ended writes the line feed behind the answer. The error says that there is none, or not all of it.
func (w *answerWriter) ended() error {
	turn := w.turn()
	if turn == nil {
		return errors.New("there is no answer")
	}
	if !w.silent {
		if _, err := io.WriteString(w.Out, "\n"); err != nil {
			return outputError(err)
		}
	}
	if turn.Reply.StopReason == string(engine.Failed) {
		return errors.New("the answer is not complete")
	}
	return nil
}

// json writes the answer as one object.
func (w *answerWriter) json() error {
	turn := w.turn()
	var timings struct {
		PromptTokens    int     `json:"prompt_tokens"`
		Tokens          int     `json:"tokens"`
		TokensPerSecond float64 `json:"tokens_per_second"`
	}
	timings.PromptTokens, timings.Tokens = turn.Reply.PromptTokens, turn.Reply.Tokens
	timings.TokensPerSecond = turn.Reply.TokensPerSecond
	return writeJSON(w.Out, struct {
		Text       string          `json:"text"`
		Chat       string          `json:"chat"` // its ID
		Model      string          `json:"model"`
		StopReason string          `json:"stop_reason"`
		Seed       uint64          `json:"seed"`
		Parameters json.RawMessage `json:"parameters"`
		Timings    any             `json:"timings"`
	}{turn.Text, w.s.Chat.Conversation().ID, turn.Reply.Model, turn.Reply.StopReason, turn.Reply.Seed, turn.Reply.Params, timings})
}
