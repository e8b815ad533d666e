package serve

import (
	"crypto/rand"
	"encoding/hex"

	"inkling/engine"
)

// A form is how an endpoint writes the answer to a request.
type form struct {
	server *Server
	asked  *asked
	chat   bool
	head   answer
}

func (s *Server) form(a *asked, chat bool, created int64) form {
	var id [12]byte
	_, _ = rand.Read(id[:]) // it never fails
	f := form{server: s, asked: a, chat: chat,
		head: answer{ID: "cmpl-", Object: "text_completion", Created: created, Model: s.ID, Seed: *a.seed}}
	if chat {
		f.head.ID, f.head.Object = "chatcmpl-", "chat.completion"
		if a.stream {
			f.head.Object = "chat.completion.chunk"
		}
	}
	f.head.ID += hex.EncodeToString(id[:])
	return f
}

// logprobs are those of tokens, nil where nobody asked.
func (f *form) logprobs(t *text, tokens []engine.Token) any {
	switch {
	case !f.asked.logprobs:
		return nil
	case f.chat:
		return f.server.chatScores(tokens...)
	}
	l, offset := f.server.textScores(t.offset, f.asked.top, tokens...)
	t.offset = offset
	return l
}

// chunk is a piece of a text.
func (f *form) chunk(t *text, add string, tokens []engine.Token) answer {
	c := choice{Index: t.index}
	if f.chat {
		c.Delta = &message{Content: &add}
		if !t.told {
			t.told = true
			c.Delta.Role = "assistant"
		}
	} else {
		c.Text = &add
	}
	if len(tokens) > 0 {
		c.Logprobs = f.logprobs(t, tokens)
	}
	return f.with(c)
}

// last says why a text ended.
func (f *form) last(t *text) answer {
	c := choice{Index: t.index, Finish: finish(t.result.Reason)}
	if empty := ""; f.chat {
		c.Delta = &message{}
		if !t.told {
			c.Delta.Role, c.Delta.Content = "assistant", &empty
		}
	} else {
		c.Text = &empty
	}
	return f.with(c)
}

func (f *form) with(choices ...choice) answer {
	a := f.head
	a.Choices = choices
	return a
}

// whole is the answer all at once.
func (f *form) whole(texts []*text) answer {
	a := f.counts(texts)
	for _, t := range texts {
		shown := string(t.shown)
		c := choice{Index: t.index, Finish: finish(t.result.Reason), Logprobs: f.logprobs(t, t.tokens)}
		if f.chat {
			c.Message = &message{Role: "assistant", Content: &shown}
		} else {
			c.Text = &shown
		}
		a.Choices = append(a.Choices, c)
	}
	return a
}

// counts are the figures of the answer: a prompt counts once, however many texts go on from it.
func (f *form) counts(texts []*text) answer {
	u := &usage{}
	for i, t := range texts {
		if i%f.asked.n == 0 {
			u.Prompt += len(t.request.Prompt)
			u.Details.Cached += t.result.Timings.CachedTokens
		}
		u.Completion += t.result.Timings.Tokens
	}
	u.Total = u.Prompt + u.Completion
	a := f.head
	a.Choices, a.Usage = []choice{}, u
	return a
}
