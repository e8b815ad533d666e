package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

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
	Controls *Controls // nil: Neutral
	Seed     *uint64   // nil: a random one, told in Result.Seed
	Top      int       // how many of the likeliest tokens to report with each token
	Ends     []int     // tokens that end the text, as end-of-text does
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
	g := &Generation{seed: RandomSeed(), tokens: make(chan Token, 16), done: make(chan struct{})}
	if r.Seed != nil {
		g.seed = *r.Seed
	}
	if r.Controls == nil {
		r.Controls = NewControls(Neutral())
	}
	release, err := s.model.use()
	if err != nil {
		g.result = Result{Reason: Failed, Err: err, Seed: g.seed}
		close(g.tokens)
		close(g.done)
		return g
	}
	go func() {
		defer release()
		defer close(g.done)
		defer close(g.tokens)
		w := &writer{sequence: s, request: r, sampler: sample.New(g.seed), decoder: s.model.tokenizer.NewDecoder(r.Prompt...), out: g.tokens}
		w.result.Seed = g.seed
		w.run(ctx)
		g.result = w.result
	}()
	return g
}

// RandomSeed returns a seed that is short enough to be typed in again.
func RandomSeed() uint64 { return rand.Uint64() >> 32 }

// writer draws the tokens of one generation.
type writer struct {
	sequence *Sequence
	request  Request
	sampler  *sample.Sampler
	decoder  Decoder
	held     heldText
	text     strings.Builder
	out      chan<- Token
	params   *Params   // valid
	banned   []int     // room for a list of bans
	visible  bool      // more than white space has been drawn
	drawn    time.Time // when the last token was drawn
	result   Result
}

// run generates and completes the result, whatever ends it: a panic too, which would otherwise end the program with the
// terminal still in raw mode.
func (w *writer) run(ctx context.Context) {
	var reason StopReason
	var err error
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("internal error while generating: %v", cause)
		}
		w.finish(reason, err, ctx.Err() != nil)
	}()
	select {
	case w.sequence.turn <- struct{}{}:
		defer func() { <-w.sequence.turn }()
	case <-ctx.Done():
		err = ctx.Err()
		return
	}
	start := time.Now()
	w.result.Timings.PromptTokens = len(w.request.Prompt)
	w.result.Timings.CachedTokens, err = w.sequence.feed(ctx, w.request.Prompt)
	w.drawn = time.Now()
	w.result.Timings.Prefill = w.drawn.Sub(start)
	if err != nil {
		return
	}
	start = w.drawn
	reason, err = w.write(ctx)
	w.result.Timings.Decode = w.drawn.Sub(start)
}

// finish fills in what the result tells at the end.
func (w *writer) finish(reason StopReason, err error, cancelled bool) {
	switch {
	case err == nil:
	case cancelled:
		reason, err = Cancelled, nil
	default:
		reason = Failed
	}
	w.result.Reason, w.result.Err = reason, err
	w.result.Timings.Tokens = len(w.result.IDs)
	if reason != StopString {
		w.result.Rest += w.held.flush() + w.decoder.Flush()
	}
	w.text.WriteString(w.result.Rest)
	w.result.Text = w.text.String()
}

// write draws tokens until something ends it.
func (w *writer) write(ctx context.Context) (StopReason, error) {
	s := w.sequence
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if ended, err := w.snapshot(ctx); ended || err != nil {
			return Length, err
		}
		id, err := w.draw()
		w.drawn = time.Now()
		if err != nil {
			return "", err
		}
		if slices.Contains(s.model.ends, id) || slices.Contains(w.request.Ends, id) {
			return EndOfText, nil
		}
		w.result.IDs = append(w.result.IDs, id)
		w.visible = w.visible || len(bytes.TrimSpace(s.model.Piece(id))) > 0
		token, err := w.token(id)
		if err != nil {
			return "", err
		}
		stopped := false
		token.Text, stopped = w.held.push(w.decoder.Push(id), w.params.Stop)
		select {
		case w.out <- token:
			w.text.WriteString(token.Text)
		case <-ctx.Done():
			w.result.Rest = token.Text
			if !stopped {
				return "", ctx.Err()
			}
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

// snapshot takes the parameters that the next token is drawn with, after waiting for as long as their pace asks. ended says
// that they allow no further token.
func (w *writer) snapshot(ctx context.Context) (ended bool, err error) {
	for {
		p := w.request.Controls.Load()
		if p != w.params {
			if err := p.Validate(); err != nil {
				return false, err
			}
			w.params = p
		}
		if p.MaxTokens > 0 && len(w.result.IDs) >= p.MaxTokens {
			return true, nil
		}
		if p.Pace == 0 || len(w.result.IDs) == 0 {
			return false, nil
		}
		wait := time.Until(w.drawn.Add(time.Duration(float64(time.Second) / p.Pace)))
		if wait <= 0 {
			return false, nil
		}
		// The pace may be changed meanwhile.
		timer := time.NewTimer(min(wait, 50*time.Millisecond))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false, ctx.Err()
		}
	}
}

// draw picks the next token. Ids that the network has but the tokenizer does not know (padding) are never drawn.
func (w *writer) draw() (int, error) {
	s, p := w.sequence, w.params.Params
	w.banned = append(append(w.banned[:0], p.Ban...), s.model.unknown...)
	if least := w.params.MinTokens; len(w.result.IDs) < least || least > 0 && !w.visible {
		w.banned = append(append(w.banned, s.model.ends...), w.request.Ends...)
		if slices.ContainsFunc(w.params.Stop, endsLine) {
			w.banned = append(w.banned, s.model.blank...)
		}
	}
	p.Ban = w.banned
	return w.sampler.Draw(s.logits, s.ids, p)
}

func endsLine(stop string) bool { return strings.HasPrefix(stop, "\n") }

// token describes id with the model's own log-probabilities.
func (w *writer) token(id int) (Token, error) {
	s := w.sequence
	sum := kernel.LogSumExp(s.logits)
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Token{}, fmt.Errorf("the model computes %v where a number should be; its weights are damaged", sum)
	}
	token := Token{ID: id, Logprob: float64(s.logits[id]) - sum, Params: w.params}
	if w.request.Top > 0 {
		top := sample.TopK(sample.Candidates(s.logits), w.request.Top)
		slices.SortStableFunc(top, func(a, b sample.Candidate) int { return cmp.Compare(b.Logit, a.Logit) })
		for _, c := range top {
			if logprob := float64(c.Logit) - sum; !math.IsInf(logprob, -1) {
				token.Top = append(token.Top, Alternative{ID: c.ID, Text: s.model.Decode([]int{c.ID}), Logprob: logprob})
			}
		}
	}
	return token, nil
}
