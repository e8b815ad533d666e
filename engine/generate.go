package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"inkling/engine/bpe"
	"inkling/engine/kernel"
	"inkling/engine/sample"
)

// StopReason says why a generation ended.
type StopReason string

const (
	EndOfText   StopReason = "end_of_text"  // the model ended its document
	StopString  StopReason = "stop_string"  // one of Params.Stop came up
	Length      StopReason = "length"       // Params.MaxTokens
	ContextFull StopReason = "context_full" // no position is left for another token
	Cancelled   StopReason = "cancelled"    // the caller's context ended
	Failed      StopReason = "error"        // see Result.Err
)

// Request is one generation.
type Request struct {
	Prompt   []int
	Controls *Controls
	Seed     *uint64 // nil: a random one, told in Result.Seed
	Top      int     // how many of the likeliest tokens to report with each token
}

// Token is one drawn token.
type Token struct {
	ID int
	// Text is what can be shown now: whole runes, and nothing that may yet turn out to begin a stop string.
	Text string
	// Logprob is the natural logarithm of the token's probability in the model's own distribution, before any processor.
	Logprob float64
	// Top holds the likeliest tokens of that same distribution, likeliest first.
	Top []Alternative
	// Params were in force when the token was drawn. They must not be changed.
	Params *Params
}

// Alternative is a token that could have been drawn.
type Alternative struct {
	ID      int     `json:"id"`
	Text    string  `json:"text"`
	Logprob float64 `json:"logprob"`
}

// Timings are what a generation took.
type Timings struct {
	PromptTokens int           // all of the prompt
	CachedTokens int           // of these, kept from before
	Tokens       int           // drawn
	Prefill      time.Duration // computing the prompt
	Decode       time.Duration // everything after it
}

// TokensPerSecond is the rate of drawing tokens, the prompt left out; 0 before the first.
func (t Timings) TokensPerSecond() float64 {
	if t.Decode <= 0 {
		return 0
	}
	return float64(t.Tokens) / t.Decode.Seconds()
}

// Result is how a generation ended.
type Result struct {
	Reason  StopReason
	Err     error // one line for a person; set when Reason is Failed
	Seed    uint64
	IDs     []int  // every token drawn, in order, without the end-of-text that ended it
	Text    string // all of the text: every token's Text, and Rest
	Rest    string // text that was held back until the end
	Timings Timings
}

// Generation is a running generation.
type Generation struct {
	seed   uint64
	tokens chan Token
	done   chan struct{}
	result Result
}

// Tokens yields each token as it is drawn and is closed at the end. Whoever stops reading early cancels the context.
func (g *Generation) Tokens() <-chan Token { return g.tokens }

// Seed is the seed in use.
func (g *Generation) Seed() uint64 { return g.seed }

// Result waits for the end.
func (g *Generation) Result() Result {
	<-g.done
	return g.result
}

// Generate continues r.Prompt in a goroutine of its own. Cancelling ctx ends it within one token, or within one block
// while the prompt is being computed. A sequence runs one generation at a time; a second one waits for the first.
func (s *Sequence) Generate(ctx context.Context, r Request) *Generation {
	g := &Generation{tokens: make(chan Token, 16), done: make(chan struct{})}
	if r.Seed != nil {
		g.seed = *r.Seed
	} else {
		g.seed = rand.Uint64() >> 32 // short enough to type in again
	}
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		defer close(g.done)
		defer close(g.tokens)
		// A panic here would end the program with the terminal still in raw mode.
		defer func() {
			if cause := recover(); cause != nil {
				g.result = Result{Reason: Failed, Err: fmt.Errorf("internal error while generating: %v", cause), Seed: g.seed}
			}
		}()
		w := writer{sequence: s, request: r, sampler: sample.New(g.seed), decoder: s.model.tokenizer.NewDecoder(), out: g.tokens}
		g.result = w.run(ctx)
		g.result.Seed = g.seed
	}()
	return g
}

// writer draws the tokens of one generation.
type writer struct {
	sequence *Sequence
	request  Request
	sampler  *sample.Sampler
	decoder  *bpe.Decoder
	held     heldText
	banned   []int
	text     strings.Builder
	drawn    time.Time // when the last token was drawn, while a pace is kept
	out      chan<- Token
	result   Result
}

func (w *writer) run(ctx context.Context) Result {
	start := time.Now()
	cached, err := w.sequence.feed(ctx, w.request.Prompt)
	timings := &w.result.Timings
	timings.PromptTokens, timings.CachedTokens = len(w.request.Prompt), cached
	timings.Prefill = time.Since(start)
	if err == nil {
		start = time.Now()
		w.result.Reason, err = w.write(ctx)
		timings.Decode = time.Since(start)
		timings.Tokens = len(w.result.IDs)
	}
	if err != nil {
		w.result.Reason, w.result.Err = Failed, err
		if ctx.Err() != nil {
			w.result.Reason, w.result.Err = Cancelled, nil
		}
	}
	if w.result.Reason != StopString {
		w.result.Rest += w.held.flush() + w.decoder.Flush()
	}
	w.text.WriteString(w.result.Rest)
	w.result.Text = w.text.String()
	return w.result
}

// write draws tokens until something ends it.
func (w *writer) write(ctx context.Context) (StopReason, error) {
	s := w.sequence
	for {
		w.keepPace(ctx)
		if err := ctx.Err(); err != nil {
			return "", err
		}
		p := w.request.Controls.Load()
		if p.MaxTokens > 0 && len(w.result.IDs) >= p.MaxTokens {
			return Length, nil
		}
		id, err := w.draw(p)
		if err != nil {
			return "", err
		}
		if id == s.model.end {
			return EndOfText, nil
		}
		w.result.IDs = append(w.result.IDs, id)
		token := w.token(id, p)
		stopped := false
		token.Text, stopped = w.held.push(w.decoder.Push(id), p.Stop)
		select {
		case w.out <- token:
			w.text.WriteString(token.Text)
		case <-ctx.Done():
			w.result.Rest = token.Text
			return "", ctx.Err()
		}
		if stopped {
			return StopString, nil
		}
		if len(s.ids) == s.model.info.Context {
			return ContextFull, nil
		}
		if err := s.append(w.result.IDs[len(w.result.IDs)-1:], s.logits); err != nil {
			return "", err
		}
	}
}

// keepPace waits until the next token is due, or ctx ends.
func (w *writer) keepPace(ctx context.Context) {
	pace := w.request.Controls.Load().Pace
	if pace <= 0 {
		return
	}
	wait := time.Until(w.drawn.Add(time.Duration(float64(time.Second) / pace)))
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	w.drawn = time.Now()
}

// draw picks the next token. Ids that the network has but the tokenizer does not know (padding) are never drawn.
func (w *writer) draw(p *Params) (int, error) {
	s := w.sequence
	q := p.Params
	if len(w.result.IDs) < p.MinTokens && s.model.end >= 0 {
		w.banned = append(append(w.banned[:0], p.Ban...), s.model.end)
		q.Ban = w.banned
	}
	return w.sampler.Draw(s.logits[:min(len(s.logits), s.model.tokenizer.Size())], s.ids, q)
}

// token describes id with the model's own log-probabilities.
func (w *writer) token(id int, p *Params) Token {
	s := w.sequence
	sum := kernel.LogSumExp(s.logits)
	token := Token{ID: id, Logprob: float64(s.logits[id]) - sum, Params: p}
	for _, best := range largest(s.logits, w.request.Top) {
		token.Top = append(token.Top, Alternative{ID: best, Text: s.model.Decode([]int{best}), Logprob: float64(s.logits[best]) - sum})
	}
	return token
}

// largest returns the indices of the n largest numbers, largest first, smaller index first among equals.
func largest(x []float32, n int) []int {
	best := make([]int, 0, min(n, len(x))+1)
	for i, v := range x {
		if len(best) == n && (n == 0 || !(v > x[best[n-1]])) {
			continue
		}
		at := len(best)
		best = append(best, i)
		for ; at > 0 && v > x[best[at-1]]; at-- {
			best[at] = best[at-1]
		}
		best[at] = i
		if len(best) > n {
			best = best[:n]
		}
	}
	return best
}
