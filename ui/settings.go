package ui

import (
	"math"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/sample"
)

// Params are the sampling parameters that the settings hold.
func Params(s config.Settings) engine.Params {
	return engine.Params{
		Params: sample.Params{
			Temperature:       s.Temperature,
			TopK:              s.TopK,
			TypicalP:          s.TypicalP,
			TopP:              s.TopP,
			MinP:              s.MinP,
			RepetitionPenalty: s.RepetitionPenalty,
			PresencePenalty:   s.PresencePenalty,
			FrequencyPenalty:  s.FrequencyPenalty,
			PenaltyRange:      s.PenaltyRange,
			NoRepeatNgram:     s.NoRepeatNgram,
		},
		MaxTokens: s.MaxTokens,
		Stop:      append([]string{}, s.Stop...),
		Pace:      s.Pace,
	}
}

// steer puts the settings in force, for the reply that is being written too. A first token of end-of-text would be a
// model that says nothing; the strings that end a turn are the format's.
func (p *program) steer() {
	q := Params(p.settings)
	q.MinTokens = 1
	q.Stop = append(q.Stop, p.plan.Stop...)
	p.controls.Store(q)
}

// hundredths rounds away what adding up decimal steps leaves behind.
func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
