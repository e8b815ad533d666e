package sample

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkDraw draws from the vocabulary of GPT-2 with a full context as history.
func BenchmarkDraw(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	logits := make([]float32, 50257)
	for i := range logits {
		logits[i] = float32(-35 + 3*random.NormFloat64())
	}
	history := make([]int, 1024)
	for i := range history {
		history[i] = random.IntN(len(logits))
	}
	with := func(change func(*Params)) Params {
		p := Neutral()
		change(&p)
		return p
	}
	for _, bench := range []struct {
		name   string
		params Params
	}{
		{"everything off", Neutral()},
		{"greedy", with(func(p *Params) { p.Temperature = 0 })},
		{"top-k 40", with(func(p *Params) { p.TopK = 40 })},
		{"temperature 0.8, top-k 40", with(func(p *Params) { p.Temperature, p.TopK = 0.8, 40 })},
		{"top-p 0.95", with(func(p *Params) { p.TopP = 0.95 })},
		{"typical-p 0.95", with(func(p *Params) { p.TypicalP = 0.95 })},
		{"min-p 0.05", with(func(p *Params) { p.MinP = 0.05 })},
		{"everything on", with(func(p *Params) {
			p.Temperature, p.TopK, p.TypicalP, p.TopP, p.MinP = 0.8, 40, 0.95, 0.95, 0.05
			p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty, p.NoRepeatNgram = 1.1, 0.1, 0.1, 3
		})},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var s Sampler
			if _, err := s.Draw(logits, history, &bench.params, Random{}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Draw(logits, history, &bench.params, Random{})
			}
		})
	}
}
