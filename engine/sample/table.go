package sample

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Row describes one parameter to all that read, set, show or store it: the config file, environment variables, flags, /set,
// the status line, generation_config.json. A new parameter is a field of [Params], a row, and the function that applies it.
type Row struct {
	Key     string            // "top_p": in files, records and commands
	Short   string            // in the status line; "" where it is not shown
	Help    string            // one line, no full stop
	At      func(*Params) any // the field: *float64, *int or *[]string
	Choices []string          // what a list may hold, each once; nil: any texts that are not empty
	Range
	Default float64  // of somebody who set nothing
	Off     float64  // changes nothing
	Model   string   // key in generation_config.json; "" where that has none
	Chat    bool     // counts only where somebody reads along
	Step    float64  // how far a key turns it, of a number
	Of      string   // the parameter that it refines: it changes nothing while that one is off
	Texts   []string // the default of a list
	Wire    string   // its name in requests to a llama.cpp server; "" where that has none
	Stage   string   // the step of sampling that it belongs to; "" for none
}

// A Range is the numbers that a parameter may be.
type Range struct {
	Low, High         float64
	OpenLow, OpenHigh bool // the bound itself is not taken
	Zero              bool // 0 is taken too, though it is below Low
}

// Unlimited is the upper bound of whole numbers for which no other makes sense.
const Unlimited = math.MaxInt32

var (
	positive = Range{High: 1, OpenLow: true} // probabilities, of which none is nothing
	counting = Range{High: Unlimited}
	shift    = Range{Low: -100, High: 100}
)

var table = []Row{
	{Key: "temperature", Short: "T", Help: "sampling temperature; 0 is greedy, above 1 more random",
		At: func(p *Params) any { return &p.Temperature }, Range: Range{High: 100}, Default: 0.8, Off: 1, Model: "temperature", Step: 0.05, Wire: "temperature", Stage: "temperature"},
	{Key: "top_k", Short: "top-k", Help: "keep only the k likeliest tokens; 0 is off",
		At: func(p *Params) any { return &p.TopK }, Range: counting, Default: 40, Model: "top_k", Step: 5, Wire: "top_k", Stage: "top_k"},
	{Key: "top_p", Short: "top-p", Help: "nucleus sampling: keep the likeliest tokens up to this total; 1 is off",
		At: func(p *Params) any { return &p.TopP }, Range: positive, Default: 0.95, Off: 1, Model: "top_p", Step: 0.05, Wire: "top_p", Stage: "top_p"},
	{Key: "min_p", Short: "min-p", Help: "drop tokens less likely than this share of the best; 0 is off",
		At: func(p *Params) any { return &p.MinP }, Range: Range{High: 1, OpenHigh: true}, Model: "min_p", Step: 0.01, Wire: "min_p", Stage: "min_p"},
	{Key: "top_n_sigma", Short: "top-n-sigma", Help: "keep logits within n standard deviations of the best; 0 is off",
		At: func(p *Params) any { return &p.TopNSigma }, Range: Range{High: 100}, Step: 0.1, Wire: "top_n_sigma", Stage: "top_n_sigma"},
	{Key: "typical_p", Short: "typical-p", Help: "locally typical sampling: keep tokens up to this total; 1 is off",
		At: func(p *Params) any { return &p.TypicalP }, Range: positive, Default: 1, Off: 1, Model: "typical_p", Step: 0.05, Wire: "typical_p", Stage: "typ_p"},
	{Key: "repetition_penalty", Short: "rep", Help: "penalty for tokens in the recent text; 1 is off",
		At: func(p *Params) any { return &p.RepetitionPenalty }, Range: Range{Low: 0.01, High: 100}, Default: 1, Off: 1,
		Model: "repetition_penalty", Step: 0.05, Wire: "repeat_penalty", Stage: "penalties"},
	{Key: "penalty_range", Help: "how many recent tokens the penalties cover; 0 is all",
		At: func(p *Params) any { return &p.PenaltyRange }, Range: counting, Default: 64, Step: 16, Wire: "repeat_last_n", Stage: "penalties"},
	{Key: "presence_penalty", Short: "presence", Help: "penalty for tokens that have appeared; 0 is off",
		At: func(p *Params) any { return &p.PresencePenalty }, Range: shift, Step: 0.1, Wire: "presence_penalty", Stage: "penalties"},
	{Key: "frequency_penalty", Short: "frequency", Help: "penalty for each time a token has appeared; 0 is off",
		At: func(p *Params) any { return &p.FrequencyPenalty }, Range: shift, Step: 0.1, Wire: "frequency_penalty", Stage: "penalties"},
	{Key: "no_repeat_ngram", Short: "no-repeat", Help: "never repeat a sequence of this many tokens; 0 is off",
		At: func(p *Params) any { return &p.NoRepeatNgram }, Range: counting, Model: "no_repeat_ngram_size", Step: 1, Stage: "no_repeat_ngram"},
	{Key: "dry_multiplier", Short: "dry", Help: "DRY: penalty for going on with a repetition; 0 is off",
		At: func(p *Params) any { return &p.DryMultiplier }, Range: Range{High: 100}, Step: 0.1, Wire: "dry_multiplier", Stage: "dry"},
	{Key: "dry_base", Help: "DRY: factor of the penalty for each further token repeated", Of: "dry_multiplier",
		At: func(p *Params) any { return &p.DryBase }, Range: Range{Low: 1, High: 10}, Default: 1.75, Off: 1.75, Step: 0.05, Wire: "dry_base", Stage: "dry"},
	{Key: "dry_allowed_length", Help: "DRY: longest repetition without a penalty, in tokens", Of: "dry_multiplier",
		At: func(p *Params) any { return &p.DryAllowedLength }, Range: counting, Default: 2, Off: 2, Step: 1, Wire: "dry_allowed_length", Stage: "dry"},
	{Key: "dry_range", Help: "DRY: how many recent tokens it looks at; 0 is all", Of: "dry_multiplier", Wire: "dry_penalty_last_n",
		At: func(p *Params) any { return &p.DryRange }, Range: counting, Step: 64, Stage: "dry"},
	{Key: "dry_breakers", Help: "DRY: texts that a repetition does not reach across", Of: "dry_multiplier", Wire: "dry_sequence_breakers",
		At: func(p *Params) any { return &p.DryBreakers }, Texts: []string{"\n", ":", "\"", "*"}, Stage: "dry"},
	{Key: "xtc_probability", Short: "xtc", Help: "XTC: share of draws that exclude the top choices; 0 is off",
		At: func(p *Params) any { return &p.XTCProbability }, Range: Range{High: 1}, Step: 0.1, Wire: "xtc_probability", Stage: "xtc"},
	{Key: "xtc_threshold", Help: "XTC: probability that makes a token a top choice", Of: "xtc_probability",
		At: func(p *Params) any { return &p.XTCThreshold }, Range: Range{High: 1}, Default: 0.1, Off: 0.1, Step: 0.05, Wire: "xtc_threshold", Stage: "xtc"},
	{Key: "mirostat_tau", Short: "mirostat", Help: "mirostat 2: surprise to hold, in bits, such as 5; 0 is off",
		At: func(p *Params) any { return &p.MirostatTau }, Range: Range{High: 100}, Step: 0.5, Wire: "mirostat_tau", Stage: "mirostat"},
	{Key: "mirostat_eta", Help: "mirostat 2: how fast it adapts", Of: "mirostat_tau",
		At: func(p *Params) any { return &p.MirostatEta }, Range: Range{High: 1}, Default: 0.1, Off: 0.1, Step: 0.05, Wire: "mirostat_eta", Stage: "mirostat"},
	{Key: "ramp", Short: "ramp", Help: "how far the temperature rises over a reply; below 0 it falls",
		At: func(p *Params) any { return &p.Ramp }, Range: shift, Step: 0.1, Stage: "temperature"},
	{Key: "dynatemp_range", Short: "dynatemp", Help: "turn the temperature up to this far, by entropy; 0 is off",
		At: func(p *Params) any { return &p.DynatempRange }, Range: Range{High: 100}, Step: 0.05, Wire: "dynatemp_range", Stage: "temperature"},
	{Key: "dynatemp_exponent", Help: "dynamic temperature: power of the entropy", Of: "dynatemp_range",
		At: func(p *Params) any { return &p.DynatempExponent }, Range: Range{High: 10}, Default: 1, Off: 1, Step: 0.1, Wire: "dynatemp_exponent", Stage: "temperature"},

	{Key: "samplers", Help: "order of the sampling steps; empty is the default",
		At: func(p *Params) any { return &p.Samplers }, Choices: Samplers()},

	{Key: "max_tokens", Help: "maximum length of a reply in tokens; 0 is the whole context",
		At: func(p *Params) any { return &p.MaxTokens }, Range: counting, Default: 200, Model: "max_new_tokens", Step: 10, Wire: "max_tokens"},
	{Key: "min_tokens", Help: "minimum length of a reply in tokens",
		At: func(p *Params) any { return &p.MinTokens }, Range: counting, Model: "min_new_tokens", Step: 5},
	// Beyond its bounds nobody could tell the pace from a standstill, or from no limit.
	{Key: "pace", Help: "maximum tokens per second, to read along; 0 is off",
		At: func(p *Params) any { return &p.Pace }, Range: Range{Low: 0.01, High: 1e6, Zero: true}, Chat: true, Step: 1},
	{Key: "stop", Help: "stop strings: the reply ends where one appears",
		At: func(p *Params) any { return &p.Stop }, Wire: "stop"},
	{Key: "unwanted", Help: "texts that never appear: the reply takes another way",
		At: func(p *Params) any { return &p.Unwanted }},
	{Key: "loop_guard", Short: "loop guard", Help: "break a repeated span that comes this often in a row; 0 only tells",
		At: func(p *Params) any { return &p.LoopGuard }, Range: counting, Chat: true, Step: 1},
}

// Table returns the row of each parameter, in the order in which people read them.
func Table() []Row { return slices.Clone(table) }

// IsOff reports whether the parameter changes nothing.
func (r *Row) IsOff(p *Params) bool {
	switch at := r.At(p).(type) {
	case *float64:
		return *at == r.Off
	case *int:
		return float64(*at) == r.Off
	case *[]string:
		return slices.Equal(*at, r.Texts)
	}
	return true
}

// Idle reports whether the parameter changes nothing as others are set: it is off, or the one that it refines is.
func (r *Row) Idle(p *Params) bool { return r.IsOff(p) || r.Waits(p) }

// Waits reports whether the parameter refines one that is off.
func (r *Row) Waits(p *Params) bool {
	if r.Of == "" {
		return false
	}
	i := slices.IndexFunc(table, func(other Row) bool { return other.Key == r.Of })
	return table[i].IsOff(p)
}

// Text is the parameter's value for people, of a number.
func (r *Row) Text(p *Params) string {
	switch at := r.At(p).(type) {
	case *float64:
		return decimal(*at)
	case *int:
		return strconv.Itoa(*at)
	}
	return ""
}

// Turned is the parameter's value so many steps higher, lower where negative, as far as its range goes; it is for numbers alone.
func (r *Row) Turned(p *Params, steps int) string {
	now := 0.0
	switch at := r.At(p).(type) {
	case *float64:
		now = *at
	case *int:
		now = float64(*at)
	}
	to := math.Round((now+float64(steps)*r.Step)*1e4) / 1e4 // without what adding decimal steps leaves behind
	switch {
	case r.Holds(to):
	case steps > 0 && !r.OpenHigh:
		to = r.High
	case steps < 0 && r.Zero:
		to = 0
	case steps < 0 && !r.OpenLow:
		to = r.Low
	default:
		to = now
	}
	return decimal(to)
}

// check returns a line that names the parameter if it is out of its range.
func (r *Row) check(p *Params) error {
	switch at := r.At(p).(type) {
	case *float64:
		if !r.Holds(*at) {
			return outOfRange(r.Key, *at, r.Numbers())
		}
	case *int:
		if !r.Holds(float64(*at)) {
			return outOfRange(r.Key, *at, r.Wholes())
		}
	case *[]string:
		return r.checkList(*at)
	}
	return nil
}

func (r *Row) checkList(list []string) error {
	for i, text := range list {
		switch {
		case r.Choices == nil && text == "":
			return fmt.Errorf("%s: an empty string would stop everything; leave it out", r.Key)
		case r.Choices != nil && !slices.Contains(r.Choices, text):
			return fmt.Errorf("%s: found %q, expected some of %s", r.Key, text, strings.Join(r.Choices, ", "))
		case r.Choices != nil && slices.Contains(list[:i], text):
			return fmt.Errorf("%s: %q is there twice; leave one out", r.Key, text)
		}
	}
	return nil
}

// Holds reports whether x is in the range; NaN is in none.
func (r Range) Holds(x float64) bool {
	if r.Zero && x == 0 {
		return true
	}
	return x >= r.Low && x <= r.High && !(r.OpenLow && x == r.Low) && !(r.OpenHigh && x == r.High)
}

// Numbers says for people what a number may be: "a number from 0 to 100".
func (r Range) Numbers() string {
	low, high := decimal(r.Low), decimal(r.High)
	var b strings.Builder
	if r.Zero {
		b.WriteString("0, or ")
	}
	switch {
	case r.OpenLow:
		fmt.Fprintf(&b, "a number above %s, at most %s", low, high)
	case r.OpenHigh:
		fmt.Fprintf(&b, "a number of %s or more, below %s", low, high)
	default:
		fmt.Fprintf(&b, "a number from %s to %s", low, high)
	}
	return b.String()
}

// Wholes says for people what a whole number may be: "a whole number, 0 or more".
func (r Range) Wholes() string {
	if r.High == Unlimited {
		return fmt.Sprintf("a whole number, %s or more", decimal(r.Low))
	}
	return fmt.Sprintf("a whole number from %s to %s", decimal(r.Low), decimal(r.High))
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
