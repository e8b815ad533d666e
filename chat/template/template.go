// Package template runs the chat templates of models: Jinja, as Hugging Face's transformers runs it, through gonja.
//
// A template comes with a model, from anywhere. It sees the messages and a few names, cannot read a file or reach another
// template, and is held to bounds of time and memory: see rewrite for what its source may have, and budget for the rest.
// What it writes is what transformers' apply_chat_template writes, or it is an error: gonja differs from jinja2 in many
// things, and a prompt that is a little wrong is worse than none. So the source is read by this package, gonja is given a
// plain form of it, and operators, filters, tests, methods and functions are this package's own.
package template

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
)

// A Template writes conversations down. It does not change and may be used by several goroutines at once.
type Template struct {
	compiled  *exec.Template
	constants map[string]any
}

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
func Compile(source string) (t *Template, err error) {
	defer recovered(&err)
	if !utf8.ValidString(source) {
		return nil, errors.New("it is no UTF-8 text")
	}
	p, err := rewrite(source)
	if err != nil {
		return nil, err
	}
	const path = "/template"
	loader, err := loaders.NewMemoryLoader(map[string]string{path: p.source})
	if err != nil {
		return nil, err
	}
	settings := config.New()
	settings.KeepTrailingNewline = true // white space is dealt with
	compiled, err := exec.NewTemplate(path, settings, loader, environment)
	if err != nil {
		for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
			err = next // the outermost quotes the whole source
		}
		return nil, fmt.Errorf("it cannot be read: %s", oneLine(err.Error()))
	}
	t = &Template{compiled: compiled, constants: map[string]any{}}
	for i, value := range p.constants {
		t.constants[fmt.Sprint(reserved, i)] = value
	}
	return t, nil
}

// Render returns what the template writes of a conversation. The error is one line; it is a *RaisedError where the template
// itself refuses the conversation.
func (t *Template) Render(in Input) (text string, err error) {
	defer recovered(&err)
	b := newBudget(in.Now)
	messages := make(list, len(in.Messages))
	for i, m := range in.Messages {
		messages[i] = record("role", m.Role, "content", m.Content)
	}
	values := maps.Clone(t.constants)
	for name, token := range in.Tokens {
		values[name] = token
	}
	maps.Copy(values, map[string]any{
		budgetName: b, "messages": messages, "add_generation_prompt": in.Reply,
		"tools": none, "documents": none, "none": none,
	})
	err = t.compiled.Execute(b, exec.NewContext(values))
	if b.failed != nil {
		err = b.failed
	}
	switch _, raised := errors.AsType[*RaisedError](err); {
	case raised, errors.Is(err, errSteps), errors.Is(err, errTime), errors.Is(err, errOutput), errors.Is(err, errValue):
		return "", err
	case err != nil:
		return "", fmt.Errorf("it fails: %s", cause(err))
	}
	return b.out.String(), nil
}

// recovered turns a panic of gonja into an error.
func recovered(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("it cannot be run: %s", oneLine(fmt.Sprint(cause)))
	}
}

// cause is the innermost message of an error of gonja, which says of every expression around it that it could not be
// evaluated.
func cause(err error) string {
	message := err.Error()
	if i := strings.LastIndex(message, "): "); i >= 0 {
		message = message[i+len("): "):]
	}
	return oneLine(message)
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
