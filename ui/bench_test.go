package ui

import (
	"math/rand/v2"
	"testing"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine/enginetest"
)

// BenchmarkDialTurns measures from a key that turns the temperature while a reply waits to the frame with the bars that follow from it:
// with the vocabulary of GPT-2, for the settings of a new user and with every step of sampling on.
func BenchmarkDialTurns(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	row := make([]float32, 50257)
	for i := range row {
		row[i] = float32(3 * random.NormFloat64())
	}
	for name, change := range map[string]func(*config.Settings){
		"default": func(*config.Settings) {},
		"all": func(s *config.Settings) {
			s.TopK, s.TypicalP, s.MinP, s.RepetitionPenalty, s.NoRepeatNgram = 0, 0.95, 0.01, 1.1, 3
			s.DryMultiplier, s.XTCProbability, s.TopNSigma, s.DynatempRange = 0.8, 0.5, 3, 0.3
		},
	} {
		b.Run(name, func(b *testing.B) {
			u := newUserOf(b, 140, 40, enginetest.Large(1024, func(_ []int, logits []float32) { copy(logits, row) }), func(o *session.Options) {
				change(&o.Settings.Settings)
				o.Settings.MaxTokens, o.Settings.Pace = 1000, 200
			})
			u.types("hello")
			u.press("enter")
			u.until("it writes", func() bool { return u.reply() != "" })
			u.press("space")
			u.until("it waits", func() bool { return u.p.session.Reply.Ready() })
			u.press("ctrl+t")
			u.shows("next token")
			bars := func() float64 { return u.p.session.Reply.Odds().Tokens[0].After }
			keys, n := []string{"right", "left"}, 0
			b.ReportAllocs()
			for b.Loop() {
				before := bars()
				_, cmd := u.p.Update(keyNamed(keys[n%2]))
				n++
				u.run(cmd)
				for bars() == before {
					_, cmd := u.p.Update(<-u.msgs)
					u.run(cmd)
				}
				u.p.View()
			}
		})
	}
}
