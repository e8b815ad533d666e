package engine

import (
	"context"

	"inkling/engine/decode"
	"inkling/engine/gpt2"
	"inkling/engine/sample"
)

// An Engine continues prompts: a model in this process, or a service elsewhere.
type Engine interface {
	Info() Info
	Can() Abilities
	Close()
	// Generate begins a text. The error says that the engine does not take such a request; what goes wrong later is told in the
	// result. Whoever stops reading early cancels the context.
	Generate(ctx context.Context, r Request) (Generation, error)
}

// Forms are those of a prompt that an engine accepts.
type Forms uint8

const (
	IDs Forms = 1 << iota
	Text
	Messages
)

// Live says when a change of the parameters counts.
type Live uint8

const (
	NextReply Live = iota // from the next reply on
	Restart               // when the text is ended and continued by another request
	NextToken             // from the very next token on
)

// Abilities are what an engine does. Front ends ask before they offer, and say what is missing.
type Abilities struct {
	Accepts  Forms
	Live     Live
	Top      int                   // most alternatives that it tells of with a token
	Parallel int                   // most texts at once
	Continue bool                  // it can go on within a reply
	Exact    bool                  // tokens can be counted exactly before sending
	Param    func(key string) bool // whether a parameter has an effect
}

// Message is a turn of a prompt for engines that write conversations down themselves.
type Message struct{ Role, Text string }

// Request asks for the continuation of a prompt, which is in the first of its forms that is set.
type Request struct {
	Prompt   []int
	Text     string
	Messages []Message

	Controls *sample.Controls // nil: sample.Neutral
	Seed     *uint64          // nil: a random one, told by the generation
	Attempt  uint32           // tells texts apart that have the same prompt and seed
	Position uint32           // of the first token within its reply: how many tokens of it the prompt ends with
	Forced   []int            // tokens that the text begins with: they are appended, not drawn
	Ends     []int            // tokens that end the text, as end-of-text does
	Endless  bool             // tokens that end the text are not drawn
	Unwanted []string         // words that the text does not have: it goes back before one is told of
	Top      int              // how many of the likeliest tokens to tell of with each token
	Room     int              // how many events may wait for their reader; 0: a few
	Paused   bool             // it begins by waiting for an order
	Memo     float64          // the Result's of the text that the prompt ends with, for mirostat; 0: there is none
	NoDrafts bool             // every token is computed on its own; the text is the same, at most later
}

// Generation is a text that an engine is writing.
type Generation interface {
	Events() <-chan Event // of each token, closed at the end
	Seed() uint64
	Result() Result // waits for the end
}

// Steppable is a Generation that takes orders, before the next draw. A generation that cannot do so lacks the methods.
type Steppable interface {
	Generation
	Pause()                     // an event says when it has
	Resume(n int)               // for n tokens; 0: on and on
	Pick(id int) error          // a token in place of the next draw
	Back(n int) error           // takes the last n tokens back
	Peek(t *sample.Trace) error // what a draw would do, without a pass
}

// Inspector is an Engine that shows what it computes.
type Inspector interface {
	// Inspect shows a probe the passes over ids, of which those before from are not shown.
	Inspect(ctx context.Context, ids []int, from int, p Probe) error
}

// What an engine tells of a text is what the loop of a model tells.
type (
	Token       = decode.Token
	Alternative = decode.Alternative
	Event       = decode.Event
	Result      = decode.Result
	Timings     = decode.Timings
	StopReason  = decode.StopReason
	Probe       = gpt2.Probe

	// ContextError says that a prompt is longer than the model's context.
	ContextError = decode.ContextError
)

// ByModel says that a token was drawn.
const ByModel = decode.Model

// The kinds of events.
const (
	Drawn   = decode.Drawn
	Back    = decode.Back
	Paused  = decode.Paused
	Thought = decode.Thought
	Looping = decode.Looping
)

// Why a text ended.
const (
	EndOfText   = decode.EndOfText
	StopString  = decode.StopString
	Length      = decode.Length
	ContextFull = decode.ContextFull
	Cancelled   = decode.Cancelled
	Failed      = decode.Failed
)

// ErrEmptyPrompt says that there is nothing to continue.
var ErrEmptyPrompt = decode.ErrEmptyPrompt

// RandomVersion is sample.RandomVersion, for records.
const RandomVersion = sample.RandomVersion

// RandomSeed returns a seed that is short enough to be typed in again.
func RandomSeed() uint64 { return decode.RandomSeed() }

// The network of a model, for those who compute with it themselves.
type (
	Network   = decode.Network
	Workspace = decode.Workspace
	State     = decode.State
	Step      = decode.Step
)

// Block is the most token ids that one pass takes.
const Block = decode.Block
