package ui

import (
	"fmt"
	"math"
	"slices"

	"inkling/config"
	"inkling/engine"
)

// Adopt puts in force what a model suggests for settings that the user has not set himself. changed are the keys that have
// another value now; notes say in a line each what of the model's files was ignored.
func Adopt(c *config.Config, info engine.Info) (changed, notes []string) {
	changed, problems := c.SetModel(info.Defaults)
	notes = slices.Clone(info.Notes)
	for _, err := range problems {
		notes = append(notes, fmt.Sprintf("%s: %s: %v; it is ignored", info.Name, engine.GenerationFile, err))
	}
	return changed, notes
}

// steer puts the settings in force, for the reply that is being written too. A first token of end-of-text would be a
// model that says nothing; the strings that end a turn are the format's.
func (p *program) steer() {
	q := p.settings.Params
	q.MinTokens = max(q.MinTokens, 1)
	q.Stop = append(slices.Clone(q.Stop), p.plan.Stop...)
	p.controls.Store(q)
}

// hundredths rounds away what adding up decimal steps leaves behind.
func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
