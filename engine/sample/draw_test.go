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
	return Params{Temperature: 0.9, TopK: 50, TypicalP: 0.95, TopP: 0.9, MinP: 0.01, TopNSigma: 4, RepetitionPenalty: 1.2,
		PresencePenalty: 0.1, FrequencyPenalty: 0.1, PenaltyRange: 64, NoRepeatNgram: 3, Bias: map[int]float64{1: 2}, Ban: []int{2}}
}

// at is a draw at a place.
func at(p Params, history []int, r Random) *Draw {
	return &Draw{Params: &p, History: history, Random: r}
}

func TestSameSeedSameTokens(t *testing.T) {
	generate := func(seed uint64) []int {
		var s Chain
		history := []int{1, 2, 3}
		for i := range uint32(50) {
			id, err := s.Draw(randomLogits(1000), at(everythingOn(), history, Random{Seed: seed, Position: i}), nil)
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
		if id, err := new(Chain).Draw(logits, at(p, nil, Random{Seed: seed}), nil); id != 1 || err != nil {
			t.Errorf("seed %d: token %d, %v, want 1", seed, id, err)
		}
	}
	// A repetition penalty of 1.2 and the others take 7 down to 5.63.
	if id, err := new(Chain).Draw(logits, at(p, []int{1, 3}, Random{}), nil); id != 6 || err != nil {
		t.Errorf("with penalties: token %d, %v, want 6", id, err)
	}
}

func TestDrawLeavesItsInputAlone(t *testing.T) {
	logits, history, p := randomLogits(300), []int{1, 2, 3, 1, 2}, everythingOn()
	logitsBefore, historyBefore := slices.Clone(logits), slices.Clone(history)
	var s Chain
	for i := range uint32(10) {
		if _, err := s.Draw(logits, at(p, history, Random{Position: i}), nil); err != nil {
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
			if id, err := new(Chain).Draw(test.logits, at(test.p, []int{0, 1, 2}, Random{}), nil); !errors.Is(err, ErrNoCandidate) || id != -1 {
				t.Errorf("%s, temperature %g: token %d, error %v, want -1, %v", name, temperature, id, err, ErrNoCandidate)
			}
		}
	}
}

// A vocabulary may change its size between draws.
func TestDrawFromChangingVocabularies(t *testing.T) {
	var s Chain
	for _, n := range []int{10, 2, 500, 1, 30} {
		logits := make([]float32, n)
		logits[n-1] = 100
		if id, err := s.Draw(logits, at(Neutral(), nil, Random{}), nil); id != n-1 || err != nil {
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
	onlyTopP.Samplers = []string{"top_p", "temperature"}
	late := Neutral()
	late.DryMultiplier, late.XTCProbability, late.MirostatTau, late.DynatempRange = 1, 1, 5, 0.5
	for _, p := range []Params{Neutral(), everythingOn(), onlyTopP, onlyTypical, greedy, late} {
		p.PenaltyRange = 0
		var s Chain
		d := at(p, history, Random{})
		for _, trace := range []*Trace{nil, {Want: 10}} {
			draw := func() {
				if _, err := s.Draw(logits, d, trace); err != nil {
					t.Fatal(err)
				}
			}
			draw()
			if n := testing.AllocsPerRun(20, draw); n != 0 {
				t.Errorf("%g allocations per draw with %+v, want none", n, p)
			}
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
		var s Chain
		a, errA := s.Draw(make([]float32, tokens), at(Neutral(), nil, Random{Seed: seed}), nil)
		b, errB := s.Draw(make([]float32, tokens), at(Neutral(), nil, Random{Seed: seed, Position: 1}), nil)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		first[a]++
		second[(b-a+tokens)%tokens]++
	}
	checkFit(t, first, even, draws)
	checkFit(t, second, even, draws)
}

// Every token that a draw keeps is one that sorting the vocabulary keeps, with the same logit, and the other way round: for
// distributions that are flat, peaked, full of ties or of odd numbers, and for every order of the stages.
func TestDrawKeepsWhatSortingKeeps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	n := 10000
	if testing.Short() {
		n = 1000
	}
	var chain Chain
	for range n {
		logits, history, p := randomDraw(random)
		var names []string
		if random.IntN(3) == 0 {
			names = Samplers()
			random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		}
		p.Samplers = names
		id, err := chain.Draw(logits, at(p, history, Random{Seed: 1}), nil)
		got := remaining(&chain.candidates)
		if len(names) == 0 {
			names = Samplers()
		}
		want := refStages(refBan(refBias(refCandidates(logits), p.Bias), p.Ban), history, p, names)
		if !slices.Equal(got, want) {
			t.Fatalf("%d logits, %+v: %d candidates, want %d\n%v\n%v", len(logits), p, len(got), len(want), got, want)
		}
		if err == nil && !slices.Contains(ids(want), id) || err != nil && len(want) > 0 {
			t.Fatalf("drew %d, %v, of %v", id, err, want)
		}
	}
}

// randomDraw makes up logits, a history and parameters.
func randomDraw(random *rand.Rand) ([]float32, []int, Params) {
	V := 1 + random.IntN(3000)
	if random.IntN(3) == 0 {
		V = 1 + random.IntN(12)
	}
	logits := make([]float32, V)
	step := []float64{0, 0.5, 1e-6, 100}[random.IntN(4)] // ties, near ties, and all the same
	spread := []float64{0.01, 3, 10}[random.IntN(3)]
	odd := random.IntN(3) == 0
	for i := range logits {
		v := spread * random.NormFloat64()
		if step > 0 {
			v = math.Round(v/step) * step
		}
		logits[i] = float32(v - 30)
		if odd {
			switch random.IntN(100) {
			case 0:
				logits[i] = nan
			case 1:
				logits[i] = -inf
			}
		}
	}
	if random.IntN(50) == 0 {
		logits[random.IntN(V)] = inf
	}
	history := make([]int, random.IntN(40))
	for i := range history {
		history[i] = random.IntN(V)
	}
	p := Neutral()
	on := func() bool { return random.IntN(3) == 0 }
	if on() {
		p.TopK = 1 + random.IntN(V+1)
	}
	if on() {
		p.TopP = 1 - random.Float64()
	}
	if on() {
		p.TypicalP = 1 - random.Float64()
	}
	if on() {
		p.MinP = random.Float64() / 3
	}
	if on() {
		p.TopNSigma = 4 * random.Float64()
	}
	p.Temperature = []float64{1, 1, 0, 0.7, 1e-3, 100}[random.IntN(6)]
	if on() {
		p.RepetitionPenalty, p.PresencePenalty, p.FrequencyPenalty = 0.5+random.Float64(), random.NormFloat64(), random.NormFloat64()
		p.PenaltyRange = random.IntN(50)
	}
	if on() {
		p.NoRepeatNgram = random.IntN(3)
	}
	for range random.IntN(4) {
		p.Ban = append(p.Ban, random.IntN(V+5))
		if p.Bias == nil {
			p.Bias = map[int]float64{}
		}
		p.Bias[random.IntN(V)] = 10 * random.NormFloat64()
	}
	return logits, history, p
}

// A ramp draws each token with the temperature of its place.
func TestRamp(t *testing.T) {
	logits := randomLogits(100)
	for _, c := range []struct{ from, ramp, progress, want float64 }{
		{0.4, 0.8, 0, 0.4}, {0.4, 0.8, 0.5, 0.8}, {0.4, 0.8, 1, 1.2}, {0.5, -1, 1, 0}, {1, 0.5, 0.2, 1.1},
	} {
		ramped, fixed := Neutral(), Neutral()
		ramped.Temperature, ramped.Ramp, fixed.Temperature = c.from, c.ramp, c.want
		var a, b Chain
		d := at(ramped, nil, Random{Seed: 1})
		d.Progress = c.progress
		if got := d.Warmth(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v: temperature %g", c, got)
		}
		a.Draw(logits, d, nil)
		b.Draw(logits, at(fixed, nil, Random{Seed: 1}), nil)
		got, want := probabilities(remaining(&a.candidates)), probabilities(remaining(&b.candidates))
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-6 {
				t.Fatalf("%+v: token %d has %g, want %g", c, i, got[i], want[i])
			}
		}
	}
}
