// Package template runs the chat templates of models: Jinja, as Hugging Face's transformers runs it.
//
// A template comes with a model, from anywhere. It sees the messages and a few names, cannot read a file or reach another
// template, and is held to bounds of work and memory: see parse for what its source may have, and budget.go for the rest. What it
// writes is what transformers' apply_chat_template writes, or it is an error: a prompt that is a little wrong is worse than
// none.
package template

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// A Program is a chat template, compiled. It writes conversations down. It does not change and may be used by several goroutines at once.
type Program struct{ commands []command }

// A Message is one of a conversation.
type Message struct {
	Role    string // "system", "user" or "assistant"
	Content string
}

// Input is what a template sees.
type Input struct {
	Messages []Message         // messages
	Reply    bool              // add_generation_prompt: ask for the assistant's next message
	Tokens   map[string]string // bos_token, eos_token and so on
	Now      time.Time         // for strftime_now
}

// A RaisedError is what a template says by raise_exception: it does not take this conversation.
type RaisedError struct{ Message string }

func (e *RaisedError) Error() string { return "it says: " + oneLine(e.Message) }

// Compile reads a template. The error is one line that says what in it cannot be run.
func Compile(source string) (*Program, error) {
	if !utf8.ValidString(source) {
		return nil, errors.New("it is no UTF-8 text")
	}
	commands, err := parse(source)
	if err != nil {
		return nil, errors.New(oneLine(err.Error()))
	}
	return &Program{commands}, nil
}

// Render returns what the template writes of a conversation. The error is one line; it is a *RaisedError where the template
// itself refuses the conversation.
func (p *Program) Render(in Input) (string, error) {
	messages := make(list, len(in.Messages))
	for i, m := range in.Messages {
		messages[i] = record("role", m.Role, "content", m.Content)
	}
	names := map[string]value{
		"messages": {messages}, "add_generation_prompt": {in.Reply}, "tools": {none}, "documents": {none},
	}
	for name, token := range in.Tokens {
		names[name] = value{token}
	}
	r := newRun(in.Now)
	err := r.commands(p.commands, &scope{names: names})
	switch _, raised := errors.AsType[*RaisedError](err); {
	case err == nil:
		return r.out.String(), nil
	case raised, errors.Is(err, errSteps), errors.Is(err, errOutput), errors.Is(err, errValue):
		return "", err
	}
	return "", fmt.Errorf("it fails: %s", oneLine(err.Error()))
}

// oneLine is text on one line, cut where it is long.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 }), " ")
	const longest = 120
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + "…"
}
