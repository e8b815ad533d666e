package engine

import (
	"bytes"
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
	Controls *sample.Controls // nil: sample.Neutral
	Seed     *uint64          // nil: a random one, told in Result.Seed
	Attempt  uint32           // tells texts apart that have the same prompt and seed
	Position uint32           // of the first token within its reply: how many tokens of it the prompt ends with
	Top      int              // how many of the likeliest tokens to report with each token
	Ends     []int            // tokens that end the text, as end-of-text does
	// NoGuesses computes every token on its own. The text is the same, at most later.
	NoGuesses bool
}

// Token is one drawn token.
type Token struct {
	ID int
	// Text is what can be shown now: whole runes, and nothing that may yet turn out to begin a stop string.
	Text string
	// Logprob is the natural logarithm of the token's probability in the model's own distribution, before any processor.
	Logprob float64
	// Top holds the likeliest tokens of that same distribution, likeliest first. Padding is never among them.
	Top []Alternative
	// Params were in force when the token was drawn. They must not be changed.
	Params *sample.Params
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

	Guessed  int // tokens that were computed on a guess (see guess.go)
	Accepted int // of these, tokens that were drawn indeed
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
	return s.generate(ctx, []Request{r}, 16)[0]
}

// Together is the most generations that GenerateAll takes.
const Together = 8

// GenerateAll continues one prompt in several ways at once, at most Together: it is computed once, its cache is shared, and
// every pass over the weights serves all that are still going on. The requests have the same Prompt. What comes of each is
// what Generate gives. The generations may be read one after the other. Afterwards the sequence holds the prompt.
func (s *Sequence) GenerateAll(ctx context.Context, requests []Request) []*Generation {
	return s.generate(ctx, requests, s.model.info.Context)
}

// generate starts the generations, which hold so many tokens that nobody has read.
func (s *Sequence) generate(ctx context.Context, requests []Request, room int) []*Generation {
	b := batch{sequence: s}
	var generations []*Generation
	for _, r := range requests {
		g := &Generation{seed: RandomSeed(), tokens: make(chan Token, room), done: make(chan struct{})}
		if r.Seed != nil {
			g.seed = *r.Seed
		}
		if r.Controls == nil {
			r.Controls = sample.NewControls(sample.Neutral())
		}
		w := &writer{generation: g, model: s.model, request: r, decoder: s.model.tokenizer.NewDecoder(r.Prompt...)}
		if r.Top > 0 {
			w.trace = &sample.Trace{Want: r.Top}
		}
		w.result.Seed = g.seed
		generations, b.writers = append(generations, g), append(b.writers, w)
	}
	release, err := s.model.use()
	if err == nil && len(requests) == 0 {
		release()
		return nil
	}
	if err == nil && len(requests) > Together {
		release()
		err = fmt.Errorf("%d generations at once, expected 1 to %d", len(requests), Together)
	}
	if err != nil {
		for _, w := range b.writers {
			w.end("", err, false)
		}
		return generations
	}
	go func() {
		defer release()
		b.run(ctx)
	}()
	return generations
}

// RandomVersion is sample.RandomVersion, for records.
const RandomVersion = sample.RandomVersion

// RandomSeed returns a seed that is short enough to be typed in again.
func RandomSeed() uint64 { return rand.Uint64() >> 32 }

// writer draws the tokens of one generation.
type writer struct {
	generation *Generation
	model      *Model
	track      *track
	request    Request
	chain      sample.Chain
	drawing    sample.Draw
	trace      *sample.Trace // nil where nobody asks for alternatives
	decoder    Decoder
	held       heldText
	text       strings.Builder
	params     *sample.Params // valid
	banned     []int          // room for a list
	visible    bool           // more than white space has been drawn
	ended      bool
	began      time.Time // when the prompt was computed
	drawn      time.Time // when the last token was drawn
	result     Result
}

// next draws a token and passes it on. A reason or an error says that it was the last.
func (w *writer) next(ctx context.Context) (id int, reason StopReason, err error) {
	if err := ctx.Err(); err != nil {
		return 0, "", err
	}
	if ended, err := w.snapshot(ctx); ended || err != nil {
		return 0, Length, err
	}
	id, err = w.draw()
	w.drawn = time.Now()
	if err != nil {
		return 0, "", err
	}
	if slices.Contains(w.model.ends, id) || slices.Contains(w.request.Ends, id) {
		return 0, EndOfText, nil
	}
	w.result.IDs = append(w.result.IDs, id)
	w.visible = w.visible || len(bytes.TrimSpace(w.model.Piece(id))) > 0
	token, err := w.token(id)
	if err != nil {
		return 0, "", err
	}
	stopped := false
	token.Text, stopped = w.held.push(w.decoder.Push(id), w.params.Stop)
	select {
	case w.generation.tokens <- token:
		w.text.WriteString(token.Text)
	case <-ctx.Done():
		w.result.Rest = token.Text
		if !stopped {
			return 0, "", ctx.Err()
		}
	}
	switch {
	case stopped:
		return 0, StopString, nil
	case len(w.track.ids) == w.model.info.Context:
		return 0, ContextFull, nil
	}
	return id, "", nil
}

// end completes the result and closes the generation, unless that has been done.
func (w *writer) end(reason StopReason, err error, cancelled bool) {
	if w.ended {
		return
	}
	w.ended = true
	switch {
	case err == nil:
	case cancelled:
		reason, err = Cancelled, nil
	default:
		reason = Failed
	}
	r := &w.result
	r.Reason, r.Err = reason, err
	r.Timings.Tokens = len(r.IDs)
	if !w.began.IsZero() {
		r.Timings.Decode = w.drawn.Sub(w.began)
	}
	if w.track != nil && w.track.guesser != nil {
		r.Timings.Guessed, r.Timings.Accepted = w.track.guesser.made, w.track.guesser.right
	}
	if reason != StopString {
		r.Rest += w.held.flush() + w.decoder.Flush()
	}
	w.text.WriteString(r.Rest)
	r.Text = w.text.String()
	w.generation.result = *r
	close(w.generation.tokens)
	close(w.generation.done)
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
	w.banned = w.banned[:0]
	if least := w.params.MinTokens; len(w.result.IDs) < least || least > 0 && !w.visible {
		w.banned = append(append(w.banned, w.model.ends...), w.request.Ends...)
		if slices.ContainsFunc(w.params.Stop, endsLine) {
			w.banned = append(w.banned, w.model.blank...)
		}
	}
	w.drawing.Params, w.drawing.History, w.drawing.Padding, w.drawing.Banned = w.params, w.track.ids, w.model.unknown, w.banned
	w.drawing.Random = sample.Random{Seed: w.generation.seed, Attempt: w.request.Attempt, Position: w.request.Position + uint32(len(w.result.IDs))}
	return w.chain.Draw(w.track.logits, &w.drawing, w.trace)
}

func endsLine(stop string) bool { return strings.HasPrefix(stop, "\n") }

// token describes id with the model's own log-probabilities.
func (w *writer) token(id int) (Token, error) {
	logits := w.track.logits
	sum := 0.0
	if w.trace != nil {
		sum = w.trace.LogSum
	} else {
		sum = kernel.LogSumExp(logits)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Token{}, fmt.Errorf("the model computes %v where a number should be; its weights are damaged", sum)
	}
	token := Token{ID: id, Logprob: float64(logits[id]) - sum, Params: w.params}
	if w.trace == nil {
		return token, nil
	}
	for _, seen := range w.trace.Top {
		token.Top = append(token.Top, Alternative{ID: seen.ID, Text: w.model.Decode([]int{seen.ID}), Logprob: seen.Logprob})
	}
	return token, nil
}
