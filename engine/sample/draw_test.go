package sample

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomLogits(n int) []float32 {
	random := rand.New(rand.NewPCG(21, 22))
	logits := make([]float32, n)
	for i := range logits {
		logits[i] = float32(3 * random.NormFloat64())
	}
	return logits
}

// everythingOn has every processor at work.
func everythingOn() Params {
	return Params{Temperature: 0.9, TopK: 50, TypicalP: 0.95, TopP: 0.9, MinP: 0.01, RepetitionPenalty: 1.2,
		PresencePenalty: 0.1, FrequencyPenalty: 0.1, PenaltyRange: 64, NoRepeatNgram: 3, Bias: map[int]float64{1: 2}, Ban: []int{2}}
}

func TestSameSeedSameTokens(t *testing.T) {
	generate := func(seed uint64) []int {
		var s Sampler
		history := []int{1, 2, 3}
		for i := range uint32(50) {
			id, err := s.Draw(randomLogits(1000), history, new(everythingOn()), Random{Seed: seed, Position: i})
			if err != nil {
				t.Fatal(err)
			}
			history = append(history, id)
		}
		return history
	}
	first := generate(42)
	if again := generate(42); !slices.Equal(first, again) {
		t.Errorf("seed 42 gave\n%v and\n%v", first, again)
	}
	if other := generate(43); slices.Equal(first, other) {
		t.Errorf("seeds 42 and 43 both gave %v", first)
	}
}

func TestGreedyDrawsTheMostLikely(t *testing.T) {
	p := everythingOn()
	p.Temperature, p.Bias, p.Ban = 0, nil, []int{4}
	logits := []float32{1, 7, nan, 7, 9, -inf, 6}
	for seed := range uint64(20) {
		if id, err := new(Sampler).Draw(logits, nil, &p, Random{Seed: seed}); id != 1 || err != nil {
			t.Errorf("seed %d: token %d, %v, want 1", seed, id, err)
		}
	}
	// A repetition penalty of 1.2 and the others take 7 down to 5.63.
	if id, err := new(Sampler).Draw(logits, []int{1, 3}, &p, Random{}); id != 6 || err != nil {
		t.Errorf("with penalties: token %d, %v, want 6", id, err)
	}
}

func TestDrawLeavesItsInputAlone(t *testing.T) {
	logits, history, p := randomLogits(300), []int{1, 2, 3, 1, 2}, everythingOn()
	logitsBefore, historyBefore := slices.Clone(logits), slices.Clone(history)
	var s Sampler
	for i := range uint32(10) {
		if _, err := s.Draw(logits, history, &p, Random{Position: i}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(logits, logitsBefore) || !slices.Equal(history, historyBefore) {
		t.Error("Draw changed its logits or history")
	}
	if len(p.Bias) != 1 || p.Bias[1] != 2 || !slices.Equal(p.Ban, []int{2}) {
		t.Errorf("Draw changed the parameters to %+v", p)
	}
}

func TestDrawReportsThatNothingIsLeft(t *testing.T) {
	banned, ngram := Neutral(), Neutral()
	banned.Ban, ngram.NoRepeatNgram = []int{2, 0, 1}, 1
	for name, test := range map[string]struct {
		logits []float32
		p      Params
	}{
		"no logits":    {nil, Neutral()},
		"all -Inf":     {[]float32{-inf, -inf, -inf}, Neutral()},
		"all NaN":      {[]float32{nan, nan, nan}, Neutral()},
		"all banned":   {[]float32{1, 2, inf}, banned},
		"all repeated": {[]float32{1, 2, 3}, ngram},
	} {
		for _, temperature := range []float64{0, 0.5, 1} {
			test.p.Temperature = temperature
			if id, err := new(Sampler).Draw(test.logits, []int{0, 1, 2}, &test.p, Random{}); !errors.Is(err, ErrNoCandidate) || id != -1 {
				t.Errorf("%s, temperature %g: token %d, error %v, want -1, %v", name, temperature, id, err, ErrNoCandidate)
			}
		}
	}
}

func TestDrawReportsInvalidParams(t *testing.T) {
	p := Neutral()
	p.TopP = math.NaN()
	if id, err := new(Sampler).Draw([]float32{1, 2}, nil, &p, Random{}); id != -1 || err == nil || err.Error() != p.Validate().Error() {
		t.Errorf("token %d, error %v, want -1, %v", id, err, p.Validate())
	}
}

// A vocabulary may change its size between draws.
func TestDrawFromChangingVocabularies(t *testing.T) {
	var s Sampler
	for _, n := range []int{10, 2, 500, 1, 30} {
		logits := make([]float32, n)
		logits[n-1] = 100
		if id, err := s.Draw(logits, nil, new(Neutral()), Random{}); id != n-1 || err != nil {
			t.Errorf("%d logits: token %d, %v, want %d", n, id, err, n-1)
		}
	}
}

func TestDrawDoesNotAllocate(t *testing.T) {
	logits, history := randomLogits(5000), make([]int, 1024)
	for i := range history {
		history[i] = i * i % len(logits)
	}
	onlyTopP, onlyTypical, greedy := Neutral(), Neutral(), everythingOn()
	onlyTopP.TopP, onlyTypical.TypicalP, greedy.Temperature = 0.95, 0.95, 0
	for _, p := range []Params{Neutral(), everythingOn(), onlyTopP, onlyTypical, greedy} {
		p.PenaltyRange = 0
		var s Sampler
		draw := func() {
			if _, err := s.Draw(logits, history, &p, Random{}); err != nil {
				t.Fatal(err)
			}
		}
		draw()
		if n := testing.AllocsPerRun(20, draw); n != 0 {
			t.Errorf("%g allocations per draw with %+v, want none", n, p)
		}
	}
}

func TestPickLaysProbabilitiesEndToEnd(t *testing.T) {
	c := row(float32(math.Log(2)), -inf, 0, nan, 0) // probabilities 1/2, 0, 1/4, 0, 1/4
	for u, want := range map[float64]int{
		0: 0, 0.49: 0, 0.51: 2, 0.74: 2, 0.76: 4, math.Nextafter(1, 0): 4,
	} {
		if id, err := Pick(slices.Clone(c), u); id != want || err != nil {
			t.Errorf("u = %g: token %d, %v, want %d", u, id, err, want)
		}
	}
}

func TestPickNeverTakesWhatHasNoMass(t *testing.T) {
	for _, u := range []float64{0, 0.5, math.Nextafter(1, 0)} {
		if id, err := Pick(row(-3e38, -1000, 5, -1000, -3e38), u); id != 2 || err != nil {
			t.Errorf("u = %g: token %d, %v, want 2", u, id, err)
		}
	}
}

// People take seeds such as 1, 2, 3: their first draws must be as random as the draws of one seed.
func TestNeighbouringSeedsAreIndependent(t *testing.T) {
	const tokens, draws = 50, 5000
	first, second := make([]int, tokens), make([]int, tokens)
	even := slices.Repeat([]float64{1.0 / tokens}, tokens)
	for seed := range uint64(draws) {
		var s Sampler
		a, errA := s.Draw(make([]float32, tokens), nil, new(Neutral()), Random{Seed: seed})
		b, errB := s.Draw(make([]float32, tokens), nil, new(Neutral()), Random{Seed: seed, Position: 1})
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		first[a]++
		second[(b-a+tokens)%tokens]++
	}
	checkFit(t, first, even, draws)
	checkFit(t, second, even, draws)
}
