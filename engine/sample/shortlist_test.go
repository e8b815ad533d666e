package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The shortlist leaves nothing out that the processors would keep: what they make of it is what they make of the whole
// vocabulary.
func TestShortlistChangesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	short := 0
	for range 3000 {
		V := 200 + random.IntN(3000)
		logits := make([]float32, V)
		step := []float64{0, 0.5, 1e-6}[random.IntN(3)] // ties, and near ties
		for i := range logits {
			v := 3 * random.NormFloat64()
			if step > 0 {
				v = math.Round(v/step) * step
			}
			logits[i] = float32(v - 30)
			switch random.IntN(200) {
			case 0:
				logits[i] = float32(math.NaN())
			case 1:
				logits[i] = float32(math.Inf(-1))
			}
		}
		if random.IntN(50) == 0 {
			logits[random.IntN(V)] = float32(math.Inf(1))
		}
		history := make([]int, random.IntN(40))
		for i := range history {
			history[i] = random.IntN(V)
		}
		p := Neutral()
		p.TopK = random.IntN(30)
		p.Temperature = []float64{0, 1, 0.7, 1e-3, 100}[random.IntN(5)]
		if random.IntN(2) == 0 {
			p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty = 0.5+random.Float64(), random.NormFloat64(), random.NormFloat64()
			p.PenaltyRange = random.IntN(50)
		}
		if random.IntN(2) == 0 {
			p.NoRepeatNgram = random.IntN(3)
			p.TopP, p.MinP, p.TypicalP = 0.5+random.Float64()/2, random.Float64()/3, 0.5+random.Float64()/2
		}
		for range random.IntN(5) {
			p.Ban = append(p.Ban, random.IntN(V+5))
			if p.Bias == nil {
				p.Bias = map[int]float64{}
			}
			p.Bias[random.IntN(V)] = 10 * random.NormFloat64()
		}
		var s Sampler
		if list := s.shortlist(logits, history, &p); len(list) < V {
			short++
		}
		got := slices.Clone(s.process(logits, history, &p))
		want := s.processAll(Candidates(logits), history, &p)
		// What cannot be drawn may differ.
		got, _ = possible(got)
		want, _ = possible(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v: %v, want %v", p, got, want)
		}
	}
	if short < 1000 {
		t.Errorf("only %d of the lists were short", short)
	}
}
