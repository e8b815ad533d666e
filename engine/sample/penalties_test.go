package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// changed are the logits of candidates, by index, after bans, penalties and no-repeat-ngram.
func changed(c []Candidate, history []int, change func(p *Params)) []float32 {
	var chain Chain
	p := Neutral()
	change(&p)
	p.Samplers = []string{"penalties", "no_repeat_ngram"}
	all := slices.Repeat([]float32{-inf}, c[len(c)-1].ID+1)
	for _, x := range c {
		all[x.ID] = x.Logit
	}
	chain.Draw(all, &Draw{Params: &p, History: history}, nil)
	// The pick has put infinite logits in their place, so the stages are applied again.
	d := &Draw{Params: &p, History: history, chain: &chain, Candidates: &chain.candidates}
	d.Candidates.reset(all)
	for i, x := range c {
		d.Candidates.room.found[i] = int32(x.ID)
	}
	d.Candidates.gather(len(c))
	for _, s := range chain.order {
		if s.On(&p) {
			s.Apply(d)
		}
	}
	return slices.Clone(d.Candidates.Logits)
}

func TestRepetitionAppliesOncePerToken(t *testing.T) {
	got := changed(row(4, -4, 0, 4, -4), []int{1, 1, 0, 1, 2, 1, 1}, func(p *Params) { p.RepetitionPenalty = 2 })
	if want := []float32{2, -8, 0, 4, -4}; !slices.Equal(got, want) {
		t.Errorf("logits %v, want %v", got, want)
	}
}

func TestPresenceFrequency(t *testing.T) {
	history := []int{2, 0, 2, 2}
	got := changed(row(1, 1, 1), history, func(p *Params) { p.PresencePenalty, p.FrequencyPenalty = 0.5, 0.25 })
	if want := []float32{0.25, 1, -0.25}; !slices.Equal(got, want) {
		t.Errorf("logits %v, want %v", got, want)
	}
	got = changed(row(1, 1, 1), history, func(p *Params) { p.PresencePenalty, p.FrequencyPenalty = -0.5, -0.25 })
	if want := []float32{1.75, 1, 2.25}; !slices.Equal(got, want) {
		t.Errorf("rewards: logits %v, want %v", got, want)
	}
}

func TestPenaltiesLookAtTheirRange(t *testing.T) {
	history := []int{7, 3, 7, 9, 3, 7}
	for span, want := range map[int]map[int]float32{
		0: {3: 2, 7: 3, 9: 1}, 6: {3: 2, 7: 3, 9: 1}, 100: {3: 2, 7: 3, 9: 1}, 3: {3: 1, 7: 1, 9: 1}, 1: {7: 1},
	} {
		got := changed(make10(), history, func(p *Params) { p.FrequencyPenalty, p.PenaltyRange = 1, span })
		for id, logit := range got {
			if -logit != want[id] {
				t.Errorf("range %d: token %d was counted %g times, want %g", span, id, -logit, want[id])
			}
		}
	}
	if !slices.Equal(history, []int{7, 3, 7, 9, 3, 7}) {
		t.Errorf("the history was changed to %v", history)
	}
}

func make10() []Candidate { return row(make([]float32, 10)...) }

func TestBiasAndBan(t *testing.T) {
	got := changed(row(1, 2, 3, 4), nil, func(p *Params) { p.Bias, p.Ban = map[int]float64{1: 0.5, 2: -1, 3: 9}, []int{3, 0} })
	if want := []float32{-inf, 2.5, 2, -inf}; !slices.Equal(got, want) {
		t.Errorf("logits %v, want %v", got, want)
	}
}

func TestNoRepeatNgram(t *testing.T) {
	history := []int{0, 1, 2, 0, 1, 3, 0, 1}
	tests := []struct {
		n      int
		banned []int
	}{
		{0, nil},
		{1, []int{0, 1, 2, 3}},
		{2, []int{2, 3}}, // after 1
		{3, []int{2, 3}}, // after 0 1
		{4, nil},         // 3 0 1 comes only at the end
		{8, nil},
		{9, nil},
		{math.MaxInt, nil},
	}
	for _, test := range tests {
		var banned []int
		for id, logit := range changed(row(1, 1, 1, 1, 1), history, func(p *Params) { p.NoRepeatNgram = test.n }) {
			if logit == -inf {
				banned = append(banned, id)
			}
		}
		if !slices.Equal(banned, test.banned) {
			t.Errorf("n = %d: bans %v, want %v", test.n, banned, test.banned)
		}
	}
}

func TestNoRepeatNgramAsLongAsTheHistory(t *testing.T) {
	if got := changed(row(1, 1), []int{0, 0, 0}, func(p *Params) { p.NoRepeatNgram = 3 }); !slices.Equal(got, []float32{-inf, 1}) {
		t.Errorf("logits %v, want [-Inf 1]", got)
	}
}

// No history drawn under the ban holds the same sequence twice.
func TestNoRepeatNgramHolds(t *testing.T) {
	p := Neutral()
	p.NoRepeatNgram = 3
	s, history := new(Chain), []int(nil)
	for i := range uint32(60) {
		id, err := s.Draw(make([]float32, 5), &Draw{Params: &p, History: history, Random: Random{Seed: 5, Position: i}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, id)
	}
	seen := map[[3]int]bool{}
	for i := range len(history) - 2 {
		ngram := [3]int(history[i : i+3])
		if seen[ngram] {
			t.Fatalf("%v comes twice in %v", ngram, history)
		}
		seen[ngram] = true
	}
}

// The stages that look tokens up find them in any list, and ignore the ids that are not there.
func TestLookupIgnoresUnknownTokens(t *testing.T) {
	sparse := []Candidate{{3, 1}, {5, 1}, {900, 1}}
	unknown := []int{-1, math.MinInt, 0, 4, 6, 899, 901, math.MaxInt}
	known := []int{5, 900, 3}
	for name, change := range map[string]func(p *Params, ids []int){
		"repetition": func(p *Params, _ []int) { p.RepetitionPenalty = 2 },
		"presence":   func(p *Params, _ []int) { p.PresencePenalty = 1 },
		"ngram":      func(p *Params, _ []int) { p.NoRepeatNgram = 1 },
		"ban":        func(p *Params, ids []int) { p.Ban = ids },
		"bias": func(p *Params, ids []int) {
			p.Bias = map[int]float64{}
			for _, id := range ids {
				p.Bias[id] = -1
			}
		},
	} {
		if got := changed(sparse, unknown, func(p *Params) { change(p, unknown) }); !slices.Equal(got, logits(sparse)) {
			t.Errorf("%s of unknown tokens: %v, want no change", name, got)
		}
		for i, logit := range changed(sparse, known, func(p *Params) { change(p, known) }) {
			if logit >= 1 {
				t.Errorf("%s: token %d keeps the logit %g", name, sparse[i].ID, logit)
			}
		}
	}
}

// Finite logits stay finite, and infinite ones and NaN do not become possible.
func TestPenaltiesSaturate(t *testing.T) {
	extremes := []float32{math.MaxFloat32, -math.MaxFloat32, -inf, nan, inf}
	history := slices.Repeat([]int{0, 1, 2, 3, 4}, 1000)
	for name, change := range map[string]func(p *Params){
		"penalty":   func(p *Params) { p.RepetitionPenalty = 100 },
		"reward":    func(p *Params) { p.RepetitionPenalty = 0.01 },
		"presence":  func(p *Params) { p.PresencePenalty, p.FrequencyPenalty = 100, 100 },
		"frequency": func(p *Params) { p.PresencePenalty, p.FrequencyPenalty = -100, -100 },
		"bias up": func(p *Params) {
			p.Bias = map[int]float64{0: math.MaxFloat64, 1: math.MaxFloat64, 2: math.MaxFloat64, 3: 1, 4: -1}
		},
		"bias down": func(p *Params) {
			p.Bias = map[int]float64{0: -math.MaxFloat64, 1: -math.MaxFloat64, 2: -1, 3: -1, 4: -math.MaxFloat64}
		},
	} {
		got := changed(row(extremes...), history, change)
		for i := range 2 {
			if math.IsInf(float64(got[i]), 0) || got[i] != got[i] {
				t.Errorf("%s: %g becomes %g", name, extremes[i], got[i])
			}
		}
		if got[2] != -inf || got[3] != -inf || got[4] != inf {
			t.Errorf("%s: -Inf, NaN, +Inf become %v", name, got[2:])
		}
	}
}

// Penalties at their off value change no bit.
func TestPenaltiesOff(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		if got := changed(c, ids(c), func(*Params) {}); !slices.Equal(got, logits(c)) {
			t.Errorf("off: %v, want the input", got)
		}
	})
}
