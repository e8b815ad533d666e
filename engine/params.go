package engine

import (
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"inkling/engine/sample"
)

// Params says how tokens are drawn and when to stop. All of it may change while a generation runs.
type Params struct {
	sample.Params

	// MaxTokens ends the generation after so many tokens; 0: when the context is full.
	MaxTokens int `json:"max_tokens"`
	// MinTokens bans end-of-text before so many tokens, and, unless it is 0, until there is more than white space: a reply
	// that ends at once would leave the user with nothing. So long, line feeds are banned too where a stop string begins with one.
	MinTokens int `json:"min_tokens"`
	// Stop ends the generation where one of these strings begins; it is not part of the text.
	Stop []string `json:"stop"`
	// Pace is the most tokens to draw in a second; 0: as many as the machine can.
	Pace float64 `json:"pace,omitempty"`
}

// Bounds of Params.Pace: beyond them nobody could tell it from a standstill, or from no limit.
const (
	slowest = 0.01
	fastest = 1e6
)

// Neutral draws from the model's own distribution without a limit.
func Neutral() Params { return Params{Params: sample.Neutral(), Stop: []string{}} }

// Validate returns a line that names the first parameter out of its range.
func (p Params) Validate() error {
	if err := p.Params.Validate(); err != nil {
		return err
	}
	if p.MaxTokens < 0 {
		return fmt.Errorf("max_tokens is %d, expected 0 (no limit) or more", p.MaxTokens)
	}
	if p.MinTokens < 0 {
		return fmt.Errorf("min_tokens is %d, expected 0 or more", p.MinTokens)
	}
	if p.Pace != 0 && !(p.Pace >= slowest && p.Pace <= fastest) {
		return fmt.Errorf("pace is %v, expected 0 (no limit) or %v to %v tokens a second", p.Pace, slowest, fastest)
	}
	if slices.Contains(p.Stop, "") {
		return fmt.Errorf("stop: an empty string would stop everything; leave it out")
	}
	return nil
}

func (p Params) clone() *Params {
	p.Stop = slices.Clone(p.Stop)
	p.Ban = slices.Clone(p.Ban)
	p.Bias = maps.Clone(p.Bias)
	return &p
}

// Controls holds the parameters of a running generation. Any goroutine may read and replace them at any time; the
// generator takes one snapshot before every draw, so a change is in force from the very next token.
type Controls struct {
	current atomic.Pointer[Params]
}

// NewControls starts with p, which should be valid.
func NewControls(p Params) *Controls {
	c := &Controls{}
	c.Store(p)
	return c
}

// Load returns the parameters in force. They must not be changed in place.
func (c *Controls) Load() *Params { return c.current.Load() }

// Store replaces the parameters. It keeps a copy.
func (c *Controls) Store(p Params) { c.current.Store(p.clone()) }
