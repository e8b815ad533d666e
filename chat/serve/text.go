package serve

import (
	"context"
	"math"
	"strings"
	"time"

	"inkling/engine"
	"inkling/engine/sample"
)

// A text is one that the model writes for a request.
type text struct {
	index   int
	request engine.Request
	none    bool                // nothing is written: only the prompt is wanted
	echo    string              // the prompt, which goes before the text; "" for none
	scored  []int               // ids of the prompt whose probabilities are wanted as well
	clean   func(string) string // of the text so far, what is to be seen; nil: all
	begun   string              // what the text continues and clean is to know of

	raw    strings.Builder // all that has been written
	seen   int             // bytes of it that have been told, cleaned
	shown  []byte          // what is to be seen, and the tokens, where they are kept
	tokens []engine.Token
	offset int  // runes that have been told
	told   bool // something has
	result engine.Result
}

// A sink takes a text as it comes.
type sink interface {
	piece(t *text, add string, tokens ...engine.Token) // add is what there is more to see
	end(t *text)
}

// write has the model write the text.
func (t *text) write(ctx context.Context, s *Server, out sink) {
	came := time.Now()
	var first time.Duration
	defer func() {
		s.metrics.ended(t.result, first)
		out.end(t)
	}()
	if t.echo != "" || len(t.scored) > 0 {
		tokens, err := t.prompt(ctx, s)
		if err != nil {
			t.result.Reason, t.result.Err = engine.Failed, err
			return
		}
		if len(t.scored) > 0 && ctx.Err() != nil {
			t.result.Reason = engine.Cancelled
			return
		}
		out.piece(t, t.echo, tokens...)
	}
	if t.none {
		t.result.Reason, t.result.Timings.PromptTokens = engine.Length, len(t.request.Prompt)
		return
	}
	t.raw.WriteString(t.begun)
	if t.clean != nil {
		t.seen = len(t.clean(t.begun))
	}
	g, err := s.Model.Generate(ctx, t.request)
	if err != nil {
		t.result.Reason, t.result.Err = engine.Failed, err
		return
	}
	for e := range g.Events() {
		if e.Kind != engine.Drawn {
			continue
		}
		if first == 0 {
			first = time.Since(came)
		}
		out.piece(t, t.more(e.Token.Text), e.Token)
	}
	t.result = g.Result()
	if rest := t.more(t.result.Rest); rest != "" {
		out.piece(t, rest)
	}
}

// more is what there is to see beyond what there was, when the model has written on.
func (t *text) more(on string) string {
	if t.clean == nil {
		return on
	}
	t.raw.WriteString(on)
	all := t.clean(t.raw.String())
	if len(all) < t.seen {
		return ""
	}
	add := all[t.seen:]
	t.seen = len(all)
	return add
}

// prompt returns the tokens of the prompt, as far as they are to be scored: the model reads them as a text that is settled.
func (t *text) prompt(ctx context.Context, s *Server) ([]engine.Token, error) {
	if len(t.scored) == 0 {
		return nil, nil
	}
	tokens := []engine.Token{{ID: t.scored[0], Text: s.Model.Decode(t.scored[:1]), Logprob: math.Inf(1)}}
	if len(t.scored) == 1 {
		return tokens, nil
	}
	params := sample.Neutral()
	params.MaxTokens = len(t.scored) - 1
	g, err := s.Model.Generate(ctx, engine.Request{Prompt: t.scored[:1], Forced: t.scored[1:], Top: t.request.Top,
		Controls: sample.NewControls(params)})
	if err != nil {
		return nil, err
	}
	for e := range g.Events() {
		if e.Kind == engine.Drawn {
			tokens = append(tokens, e.Token)
		}
	}
	return tokens, g.Result().Err
}
