package remote

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"inkling/engine"
)

// A sink takes what comes of a request.
type sink interface {
	take(data []byte) error // an event, or the whole answer
	complete() bool         // all has come that has to
}

// stream sends a request and tells what comes of it.
func (g *generation) stream(ctx context.Context, key string, body map[string]any) (engine.StopReason, error) {
	r := g.reader(ctx)
	done, err := g.exchange(ctx, g.path(), key, body, g.hidden, r)
	return r.end(done, err)
}

// path is where requests go.
func (g *generation) path() string {
	switch text := g.request.Text != ""; {
	case g.kind == Ollama && text:
		return "/api/generate"
	case g.kind == Ollama:
		return "/api/chat"
	case text:
		return "/completions"
	}
	return "/chat/completions"
}

// exchange sends a request and gives what comes to a sink. done says that the server has said that all has come.
func (e *Engine) exchange(ctx context.Context, path, key string, body map[string]any, hidden secrets, to sink) (done bool, err error) {
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(e.server.patience(), func() { cancel(errSilent) })
	defer quiet.Stop()
	if e.kind == Ollama {
		body = ofOllama(body)
	}
	data, err := json.Marshal(body)
	if err != nil {
		return false, fmt.Errorf("%s: the request cannot be written: %w", e.info.Name, err)
	}
	response, err := e.server.ask(ctx, http.MethodPost, path, key, bytes.NewReader(data))
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	heard := reading{response.Body, func() { quiet.Reset(e.server.patience()) }}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch kind {
	case "text/html":
		return false, e.server.fault("%s sent a web page in place of a reply; check url", e.server.host())
	case "application/json": // all at once
		data, err := io.ReadAll(io.LimitReader(heard, longest))
		if err != nil {
			return false, e.server.unreached(ctx, err)
		}
		return false, to.take(data)
	}
	in := &events{in: bufio.NewReader(heard), lines: kind == "application/x-ndjson"}
	for {
		name, data, err := in.next()
		switch {
		case err == io.EOF:
			return false, nil
		case errors.Is(err, errLong):
			return false, e.server.fault("the server sent %v; it is not read", err)
		case err != nil && to.complete() && outer.Err() == nil:
			return true, nil
		case err != nil:
			if outer.Err() == nil && ctx.Err() == nil {
				return false, e.server.cutOff()
			}
			return false, e.server.unreached(ctx, err)
		case string(bytes.TrimSpace(data)) == "[DONE]":
			return true, nil
		case name == "error":
			return false, e.failed(hidden, data)
		}
		if err := to.take(data); err != nil {
			if !json.Valid(data) {
				if _, last := in.in.Peek(1); last != nil {
					return false, e.server.cutOff() // half an event
				}
			}
			return false, err
		}
	}
}

// fault is one that no repetition helps.
func (s *Server) fault(format string, values ...any) *fault {
	return &fault{line: s.Name + ": " + fmt.Sprintf(format, values...)}
}

// cutOff is the fault of a stream that ends before the reply does.
func (s *Server) cutOff() *fault {
	return &fault{again: true, line: s.Name + ": the connection ended before the reply did; what came is kept, Ctrl+R or /retry asks again"}
}

// reading tells of every byte that comes.
type reading struct {
	io.Reader
	heard func()
}

func (r reading) Read(p []byte) (n int, err error) {
	n, err = r.Reader.Read(p)
	if n > 0 {
		r.heard()
	}
	return n, err
}

// reader makes tokens of the chunks of one answer.
type reader struct {
	g       *generation
	ctx     context.Context
	before  int // tokens of the generation, before this answer
	finish  string
	counted *usage
	held    []engine.Token // whose text has not come
}

func (g *generation) reader(ctx context.Context) *reader {
	return &reader{g: g, ctx: ctx, before: g.result.Timings.Tokens}
}

func (r *reader) complete() bool { return r.finish != "" }

func (r *reader) take(data []byte) error {
	c, err := r.g.chunk(r.g.hidden, data)
	if err != nil {
		return err
	}
	return r.chunk(c)
}

// chunk reads an event. The error is a *fault, that which the event tells of where it does.
func (e *Engine) chunk(hidden secrets, data []byte) (c chunk, err error) {
	if e.kind == Ollama {
		var p piece
		err = json.Unmarshal(data, &p)
		c = p.chunk()
	} else {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		what := "no JSON"
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			what = "a " + wrong.Value + " as " + wrong.Field
		} else if json.Valid(data) {
			what = printable(hidden.hide(err.Error()))
		}
		return c, e.server.fault("the server does not keep to the protocol (%s); check url and kind", what)
	}
	if len(c.Error) > 0 && string(c.Error) != "null" {
		return c, e.failed(hidden, data)
	}
	return c, nil
}

// chunk tells what a chunk says of the first text.
func (r *reader) chunk(c chunk) error {
	if c.Usage != nil {
		r.counted = c.Usage
	}
	for _, one := range c.Choices {
		if one.Index != 0 {
			continue
		}
		if err := r.choice(one); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) choice(c choice) error {
	if c.Message != nil {
		c.Delta = *c.Message
	}
	thought := string(cmp.Or(c.Delta.ReasoningContent, c.Delta.Reasoning, c.Delta.Thinking))
	if thought != "" {
		if err := r.g.send(r.ctx, engine.Event{Kind: engine.Thought, Token: engine.Token{ID: -1, Text: thought}}); err != nil {
			return err
		}
	}
	if c.Finish != "" {
		r.finish = c.Finish
	}
	text := string(c.Delta.Content + c.Delta.Refusal + c.Text)
	if thought == "" || text != "" { // what a thought is made of is no part of the reply
		r.held = append(r.held, c.Logprobs.tokens()...)
	}
	if text == "" {
		return nil // the text of these tokens is yet to come, as that of parts of runes
	}
	return r.tell(text)
}

// tell tells of a text and of the tokens it is made of: one, where the server does not say which.
func (r *reader) tell(text string) error {
	all := r.held
	r.held = nil
	if len(all) == 0 {
		all = []engine.Token{{}}
	}
	whole := ""
	for _, t := range all {
		whole += t.Text
	}
	for i, t := range all {
		if whole != text { // special tokens, parts of runes
			if t.Text = ""; i == len(all)-1 {
				t.Text = text
			}
		}
		if err := r.g.tell(r.ctx, t); err != nil {
			if err == errTurned && r.finish != "" {
				continue // it has ended anyway
			}
			return err
		}
	}
	return nil
}

// tokens are those that a server tells of.
func (l *logprobs) tokens() (all []engine.Token) {
	if l == nil {
		return nil
	}
	for _, s := range l.Content {
		all = append(all, engine.Token{Text: s.Token, Logprob: s.Logprob, Top: alternatives(s.Top)})
	}
	for i, piece := range l.Tokens {
		t := engine.Token{Text: piece}
		if i < len(l.Scores) && l.Scores[i] != nil {
			t.Logprob = *l.Scores[i]
		}
		if i < len(l.Likely) {
			var top []scored
			for token, logprob := range l.Likely[i] {
				top = append(top, scored{Token: token, Logprob: logprob})
			}
			t.Top = alternatives(top)
		}
		all = append(all, t)
	}
	return all
}

// alternatives are the likeliest tokens, likeliest first.
func alternatives(top []scored) []engine.Alternative {
	var all []engine.Alternative
	for _, s := range top {
		all = append(all, engine.Alternative{ID: -1, Text: s.Token, Logprob: max(s.Logprob, -math.MaxFloat32)})
	}
	slices.SortStableFunc(all, func(a, b engine.Alternative) int {
		if a.Logprob != b.Logprob {
			if a.Logprob > b.Logprob {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Text, b.Text)
	})
	return all
}

// failed is the fault that an event tells of.
func (e *Engine) failed(hidden secrets, data []byte) error {
	told, _ := readRefusal(data)
	said := printable(hidden.hide(told.message))
	if said == "" {
		said = "no reason given"
	}
	if strings.Contains(strings.ToLower(told.code), "content_filter") {
		return e.server.fault("the server's content filter ended the reply; change the message")
	}
	f := e.server.fault("the server failed within the reply (%s); try again", said)
	f.again = true
	return f
}

// end says how the answer ended. done is that the server has said so.
func (r *reader) end(done bool, err error) (engine.StopReason, error) {
	if err != nil {
		return engine.Failed, err
	}
	if len(r.held) > 0 {
		if err := r.tell(""); err != nil && err != errTurned {
			return engine.Failed, err
		}
	}
	timings := &r.g.result.Timings
	if u := r.counted; u != nil {
		timings.PromptTokens += u.Prompt
		timings.CachedTokens += u.Details.Cached
		if u.Completion > 0 {
			timings.Tokens = r.before + u.Completion
		}
	}
	switch r.finish {
	case "length", "max_tokens":
		return engine.Length, nil
	case "content_filter":
		return engine.Failed, r.g.server.fault("the server's content filter ended the reply; what came is kept")
	case "tool_calls", "function_call":
		return engine.Failed, r.g.server.fault("the model asked for a tool, and inkling has none; ask in other words")
	case "":
		if !done || r.g.text.Len() == 0 {
			return engine.Failed, r.g.server.cutOff()
		}
		r.g.result.Notes = append(r.g.result.Notes, r.g.server.Name+" does not say why the reply ended; it may be cut")
	}
	return engine.EndOfText, nil
}
