package remote

import (
	"context"
	"errors"

	"inkling/engine"
)

// Score returns the tokens of a text with the log-probabilities that the server gives them ("echo"). That of the first is not known
// where the server has nothing before it; known says so of each.
func (e *Engine) Score(ctx context.Context, text string) (tokens []engine.Token, known []bool, err error) {
	key, err := e.server.key(ctx)
	if err != nil {
		return nil, nil, err
	}
	body := map[string]any{"model": e.model, "prompt": text, "echo": true, "logprobs": 1, "max_tokens": 1, "temperature": 0}
	answer := &echo{engine: e, hidden: e.server.secrets(key)}
	if _, err := e.exchange(ctx, "/completions", key, body, answer.hidden, answer); err != nil {
		return nil, nil, err
	}
	l := answer.logprobs
	if l == nil || len(l.Tokens) != len(l.Scores) || len(l.Tokens) <= answer.written {
		return nil, nil, errNoScores(e)
	}
	for i := range len(l.Tokens) - answer.written {
		t := engine.Token{ID: -1, Text: l.Tokens[i]}
		if known = append(known, l.Scores[i] != nil); known[i] {
			t.Logprob = *l.Scores[i]
		}
		tokens = append(tokens, t)
	}
	if len(tokens) > 1 && !known[len(known)-1] {
		return nil, nil, errNoScores(e)
	}
	return tokens, known, nil
}

func errNoScores(e *Engine) error {
	return e.server.fault("the server does not tell how likely a given text is; vLLM and inkling serve do")
}

// TooLong reports whether an error says that a text is too long for the model.
func TooLong(err error) bool {
	f, ok := errors.AsType[*fault](err)
	return ok && f.long
}

// echo is the answer to a text that is to be scored.
type echo struct {
	engine   *Engine
	hidden   secrets
	logprobs *logprobs
	written  int // tokens after the text
}

func (a *echo) take(data []byte) error {
	c, err := a.engine.chunk(a.hidden, data)
	if err != nil {
		return err
	}
	if a.written = 1; c.Usage != nil {
		a.written = c.Usage.Completion
	}
	if len(c.Choices) > 0 {
		a.logprobs = c.Choices[0].Logprobs
	}
	return nil
}

func (a *echo) complete() bool { return a.logprobs != nil }
