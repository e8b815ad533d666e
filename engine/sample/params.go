package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync/atomic"
)

// Params say how tokens are drawn and when a text ends. [Table] has a row for each field but Bias and Ban, with its range. The
// zero value is not valid: start from Neutral or Defaults.
type Params struct {
	// Temperature divides the logits: below 1 sharpens, above 1 flattens, 0 is greedy decoding.
	Temperature float64 `json:"temperature"`
	// TopK keeps the K most likely tokens.
	TopK int `json:"top_k"`
	// TypicalP keeps the most typical tokens that together have this mass.
	TypicalP float64 `json:"typical_p"`
	// TopP keeps the most likely tokens that together have this mass.
	TopP float64 `json:"top_p"`
	// MinP keeps the tokens with at least this fraction of the largest probability.
	MinP float64 `json:"min_p"`
	// TopNSigma keeps the tokens whose logits lie within so many standard deviations of the largest.
	TopNSigma float64 `json:"top_n_sigma,omitempty"`
	// RepetitionPenalty scales down the logits of tokens seen before; below 1 it is a reward.
	RepetitionPenalty float64 `json:"repetition_penalty"`
	// PresencePenalty is subtracted once from the logit of each token seen before.
	PresencePenalty float64 `json:"presence_penalty"`
	// FrequencyPenalty is subtracted from the logit of a token as often as it was seen.
	FrequencyPenalty float64 `json:"frequency_penalty"`
	// PenaltyRange is how many of the last tokens the three penalties look at; 0 means all.
	PenaltyRange int `json:"penalty_range"`
	// NoRepeatNgram bans the token that would complete a sequence of this many tokens a second time.
	NoRepeatNgram int `json:"no_repeat_ngram"`
	// DryMultiplier is how much less likely a token gets that would go on with a repetition; 0 is off. DryBase is the factor for each
	// token by which that is longer than DryAllowedLength, DryRange how many of the last tokens are looked at, 0 for all, and
	// DryBreakers are texts that a repetition does not reach across.
	DryMultiplier    float64  `json:"dry_multiplier,omitempty"`
	DryBase          float64  `json:"dry_base"`
	DryAllowedLength int      `json:"dry_allowed_length"`
	DryRange         int      `json:"dry_range,omitempty"`
	DryBreakers      []string `json:"dry_breakers"`
	// XTCProbability is the part of draws in which all tokens of at least the probability XTCThreshold but the last are dropped.
	XTCThreshold   float64 `json:"xtc_threshold"`
	XTCProbability float64 `json:"xtc_probability,omitempty"`
	// MirostatTau is the surprise, in bits, that mirostat 2 steers towards at the rate MirostatEta; 0 is off.
	MirostatTau float64 `json:"mirostat_tau,omitempty"`
	MirostatEta float64 `json:"mirostat_eta"`
	// Ramp is by how much the temperature rises from the first token of a reply to the last that MaxTokens allows; below 0 it falls.
	Ramp float64 `json:"ramp,omitempty"`
	// DynatempRange is how far entropy turns the temperature down or up, by its power DynatempExponent; 0 is off.
	DynatempRange    float64 `json:"dynatemp_range,omitempty"`
	DynatempExponent float64 `json:"dynatemp_exponent"`
	// Bias is added to the logits of these tokens. Finite; ids outside the vocabulary have no effect.
	Bias map[int]float64 `json:"bias,omitempty"`
	// Ban lists tokens that are never drawn. Ids outside the vocabulary have no effect.
	Ban []int `json:"ban,omitempty"`

	// Samplers is the order of the stages, by the names of [Samplers]; those that it leaves out are off. None: the usual order.
	Samplers []string `json:"samplers,omitempty"`

	// MaxTokens ends the text after so many tokens; 0: when the context is full.
	MaxTokens int `json:"max_tokens"`
	// MinTokens bans end-of-text before so many tokens, and, unless it is 0, until there is more than white space: a reply
	// that ends at once would leave the user with nothing. So long, line feeds are banned too where a stop string begins with one.
	MinTokens int `json:"min_tokens"`
	// Stop ends the text where one of these strings begins; it is not part of the text.
	Stop []string `json:"stop"`
	// Unwanted are texts that do not appear: before one is shown the text goes back and takes another way.
	Unwanted []string `json:"unwanted,omitempty"`
	// LoopGuard breaks a span that the text repeats without an end, when it comes so many times in a row; 0 only tells of it.
	LoopGuard int `json:"loop_guard,omitempty"`
	// Pace is the most tokens to draw in a second; 0: as many as the machine can.
	Pace float64 `json:"pace,omitempty"`
}

// Neutral returns the parameters that draw from the model's own distribution without a limit: every row at its Off.
func Neutral() Params { return every(func(r *Row) float64 { return r.Off }) }

// Defaults returns the parameters of somebody who set nothing.
func Defaults() Params { return every(func(r *Row) float64 { return r.Default }) }

// every fills in each parameter that is a number or a switch; lists are empty, and not nil, which JSON would show as null.
func every(value func(r *Row) float64) Params {
	var p Params
	for i := range table {
		switch to := table[i].At(&p).(type) {
		case *float64:
			*to = value(&table[i])
		case *int:
			*to = int(value(&table[i]))
		case *[]string:
			*to = append([]string{}, table[i].Texts...)
		}
	}
	return p
}

// Validate reports the first parameter that is out of its range in one line: its JSON name, its value and the range.
func (p *Params) Validate() error {
	for i := range table {
		if err := table[i].check(p); err != nil {
			return err
		}
	}
	for id, bias := range p.Bias {
		if id < 0 {
			return outOfRange("bias", id, "token ids of 0 or more")
		}
		if !(bias >= -math.MaxFloat64 && bias <= math.MaxFloat64) {
			return outOfRange(fmt.Sprintf("bias of token %d", id), bias, "a finite number")
		}
	}
	for _, id := range p.Ban {
		if id < 0 {
			return outOfRange("ban", id, "token ids of 0 or more")
		}
	}
	return nil
}

// MarshalJSON leaves out what refines a parameter that is off.
func (p Params) MarshalJSON() ([]byte, error) {
	type all Params
	q := struct {
		all
		DryBase          *float64  `json:"dry_base,omitempty"`
		DryAllowedLength *int      `json:"dry_allowed_length,omitempty"`
		DryBreakers      *[]string `json:"dry_breakers,omitempty"`
		XTCThreshold     *float64  `json:"xtc_threshold,omitempty"`
		MirostatEta      *float64  `json:"mirostat_eta,omitempty"`
		DynatempExponent *float64  `json:"dynatemp_exponent,omitempty"`
	}{all: all(p)}
	if p.DryMultiplier != 0 {
		q.DryBase, q.DryAllowedLength, q.DryBreakers = &p.DryBase, &p.DryAllowedLength, &p.DryBreakers
	}
	if p.XTCProbability != 0 {
		q.XTCThreshold = &p.XTCThreshold
	}
	if p.MirostatTau != 0 {
		q.MirostatEta = &p.MirostatEta
	}
	if p.DynatempRange != 0 {
		q.DynatempExponent = &p.DynatempExponent
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // whoever encodes the whole says so
	err := e.Encode(q)
	return b.Bytes(), err
}

func outOfRange(name string, value any, allowed string) error {
	return fmt.Errorf("%s: found %v, expected %s", name, value, allowed)
}

func (p Params) clone() *Params {
	p.Stop = slices.Clone(p.Stop)
	p.Ban = slices.Clone(p.Ban)
	p.Samplers = slices.Clone(p.Samplers)
	p.DryBreakers = slices.Clone(p.DryBreakers)
	p.Unwanted = slices.Clone(p.Unwanted)
	p.Bias = maps.Clone(p.Bias)
	return &p
}

// Controls holds the parameters of a text that is being written. Any goroutine may read and replace them at any time; the
// writer takes one snapshot before every draw, so a change is in force from the very next token.
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
