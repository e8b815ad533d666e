package sample

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkDraw draws from the vocabulary of GPT-2 with a full context as history: from the logits of a model that knows little of
// what comes next, of one that knows much, and from logits that are all the same.
func BenchmarkDraw(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	flat, peaked, same := make([]float32, 50257), make([]float32, 50257), make([]float32, 50257)
	for i := range flat {
		x := random.NormFloat64()
		flat[i], peaked[i] = float32(-35+0.3*x), float32(-35+3*x)
	}
	history := make([]int, 1024)
	for i := range history {
		history[i] = random.IntN(len(flat))
	}
	with := func(change func(*Params)) Params {
		p := Neutral()
		change(&p)
		return p
	}
	processors := []struct {
		name   string
		params Params
	}{
		{"none", Neutral()},
		{"greedy", with(func(p *Params) { p.Temperature = 0 })},
		{"temperature", with(func(p *Params) { p.Temperature = 0.8 })},
		{"top-k 40", with(func(p *Params) { p.TopK = 40 })},
		{"top-k 5000", with(func(p *Params) { p.TopK = 5000 })},
		{"top-p", with(func(p *Params) { p.TopP = 0.95 })},
		{"typical-p", with(func(p *Params) { p.TypicalP = 0.95 })},
		{"min-p", with(func(p *Params) { p.MinP = 0.05 })},
		{"top-n-sigma", with(func(p *Params) { p.TopNSigma = 2 })},
		{"penalties", with(func(p *Params) { p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty = 1.1, 0.1, 0.1 })},
		{"no-repeat-ngram", with(func(p *Params) { p.NoRepeatNgram = 3 })},
		{"dry", with(func(p *Params) { p.DryMultiplier, p.DryBase, p.DryAllowedLength = 0.8, 1.75, 2 })},
		{"xtc", with(func(p *Params) { p.XTCProbability, p.XTCThreshold = 1, 0.1 })},
		{"mirostat", with(func(p *Params) { p.MirostatTau, p.MirostatEta = 5, 0.1 })},
		{"dynatemp", with(func(p *Params) { p.DynatempRange, p.DynatempExponent = 0.5, 1 })},
		{"all but top-k", with(func(p *Params) {
			p.Temperature, p.TypicalP, p.TopP, p.MinP = 0.8, 0.95, 0.95, 0.05
			p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty, p.NoRepeatNgram = 1.1, 0.1, 0.1, 3
		})},
		{"all", with(func(p *Params) {
			p.Temperature, p.TopK, p.TypicalP, p.TopP, p.MinP = 0.8, 40, 0.95, 0.95, 0.05
			p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty, p.NoRepeatNgram = 1.1, 0.1, 0.1, 3
		})},
	}
	for _, logits := range []struct {
		name string
		row  []float32
	}{{"flat", flat}, {"peaked", peaked}, {"same", same}} {
		for _, bench := range processors {
			for _, trace := range []*Trace{nil, {Want: 10}} {
				name := logits.name + "/" + bench.name
				if trace != nil {
					name += "/traced"
				}
				b.Run(name, func(b *testing.B) {
					var s Chain
					d := at(bench.params, history, Random{})
					if _, err := s.Draw(logits.row, d, trace); err != nil {
						b.Fatal(err)
					}
					b.ReportAllocs()
					for b.Loop() {
						s.Draw(logits.row, d, trace)
					}
				})
			}
		}
	}
}
