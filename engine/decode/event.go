package decode

import (
	"time"

	"inkling/engine/sample"
)

// StopReason says why a text ended.
type StopReason string

const (
	EndOfText   StopReason = "end_of_text"  // the model ended its document
	StopString  StopReason = "stop_string"  // one of Params.Stop came up
	Length      StopReason = "length"       // Params.MaxTokens
	ContextFull StopReason = "context_full" // no position is left for another token
	Cancelled   StopReason = "cancelled"    // the caller's context ended
	Failed      StopReason = "error"        // see Result.Err
)

// By says who chose a token.
type By uint8

const (
	Model  By = iota // the model: it was drawn
	Person           // somebody: it was picked
	Record           // the request: it was forced
)

// Token is one token of a text.
type Token struct {
	ID int
	By By
	// Text is what can be shown now: whole runes, and nothing that may yet turn out to begin a stop string.
	Text string
	// Logprob is the natural logarithm of the token's probability in the model's own distribution, before any processor.
	Logprob float64
	// Rank of the token and Entropy of the distribution, in nats, are of the same. They are told with alternatives alone.
	Rank    int
	Entropy float64
	// Top holds the likeliest tokens of that distribution, likeliest first. Padding is never among them.
	Top []Alternative
	// Temperature is that at the token's place, which a ramp turns.
	Temperature float64
	// Params were in force when the token was chosen. They must not be changed.
	Params *sample.Params
}

// Alternative is a token that could have been drawn.
type Alternative struct {
	ID      int     `json:"id"`
	Text    string  `json:"text"`
	Logprob float64 `json:"logprob"`
	Share   float64 `json:"-"` // its probability in the draw
	Dropped string  `json:"-"` // the stage that dropped it, "" for none
}

// Kind is what an event tells.
type Kind uint8

const (
	Drawn   Kind = iota // a token
	Back                // tokens were taken back
	Paused              // the text waits for an order
	Looping             // the text repeats itself without an end; Token.Text is the span
	Thought             // text that is no part of the reply: how the model came to it
)

// An Event tells what became of a text, in order. The last one is followed by the end of the channel.
type Event struct {
	Kind    Kind
	Token   Token
	Removed int // how many of the last tokens were taken back
	Kept    int // how many bytes of the text of all tokens stay then
}

// Timings are what a text took.
type Timings struct {
	PromptTokens int           // all of the prompt
	CachedTokens int           // of these, kept from before
	Tokens       int           // of the text
	Prefill      time.Duration // computing the prompt
	Decode       time.Duration // everything after it

	Drafted  int // tokens that were computed before they were drawn (see draft.go)
	Accepted int // of these, tokens that were drawn indeed
}

// TokensPerSecond is the rate of drawing tokens, the prompt left out; 0 before the first.
func (t Timings) TokensPerSecond() float64 {
	if t.Decode <= 0 {
		return 0
	}
	return float64(t.Tokens) / t.Decode.Seconds()
}

// Result is how a text ended.
type Result struct {
	Reason  StopReason
	Err     error // one line for a person; set when Reason is Failed
	Seed    uint64
	IDs     []int   // every token, in order, without the end-of-text that ended it
	Text    string  // all of the text: every token's Text, and Rest
	Rest    string  // text that came with no token
	Memo    float64 // for a text that goes on from this one with mirostat
	Timings Timings
	Notes   []string // what a person should know of it, a line each
}
