package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCounts(t *testing.T) {
	history := []int{7, 3, 7, 9, 3, 7}
	tests := []struct {
		span int
		want []Count
	}{
		{0, []Count{{3, 2}, {7, 3}, {9, 1}}},
		{6, []Count{{3, 2}, {7, 3}, {9, 1}}},
		{100, []Count{{3, 2}, {7, 3}, {9, 1}}},
		{3, []Count{{3, 1}, {7, 1}, {9, 1}}},
		{1, []Count{{7, 1}}},
	}
	for _, test := range tests {
		if got := Counts(nil, history, test.span); !slices.Equal(got, test.want) {
			t.Errorf("Counts of the last %d: %v, want %v", test.span, got, test.want)
		}
	}
	if got := Counts(nil, nil, 5); len(got) != 0 {
		t.Errorf("Counts of no history: %v", got)
	}
	if !slices.Equal(history, []int{7, 3, 7, 9, 3, 7}) {
		t.Errorf("Counts changed the history to %v", history)
	}
}

func TestCountsAppends(t *testing.T) {
	got := Counts([]Count{{7, 1}}, []int{7, 7}, 0)
	if want := []Count{{7, 1}, {7, 2}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRepetitionAppliesOncePerToken(t *testing.T) {
	got := logits(Repetition(row(4, -4, 0, 4, -4), []Count{{0, 1}, {1, 5}, {2, 1}}, 2))
	if want := []float32{2, -8, 0, 4, -4}; !slices.Equal(got, want) {
		t.Errorf("logits %v, want %v", got, want)
	}
}

func TestPresenceFrequency(t *testing.T) {
	seen := []Count{{0, 1}, {2, 3}}
	got := logits(PresenceFrequency(row(1, 1, 1), seen, 0.5, 0.25))
	if want := []float32{0.25, 1, -0.25}; !slices.Equal(got, want) {
		t.Errorf("logits %v, want %v", got, want)
	}
	got = logits(PresenceFrequency(row(1, 1, 1), seen, -0.5, -0.25))
	if want := []float32{1.75, 1, 2.25}; !slices.Equal(got, want) {
		t.Errorf("rewards: logits %v, want %v", got, want)
	}
}

func TestBiasAndBan(t *testing.T) {
	got := logits(Ban(Bias(row(1, 2, 3, 4), map[int]float64{1: 0.5, 2: -1, 3: 9}), []int{3, 0}))
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
		c := NoRepeatNgram(row(1, 1, 1, 1, 1), history, test.n)
		var banned []int
		for _, x := range c {
			if x.Logit == -inf {
				banned = append(banned, x.ID)
			}
		}
		if !slices.Equal(banned, test.banned) {
			t.Errorf("n = %d: bans %v, want %v", test.n, banned, test.banned)
		}
	}
}

func TestNoRepeatNgramAsLongAsTheHistory(t *testing.T) {
	if got := logits(NoRepeatNgram(row(1, 1), []int{0, 0, 0}, 3)); !slices.Equal(got, []float32{-inf, 1}) {
		t.Errorf("logits %v, want [-Inf 1]", got)
	}
}

// No history drawn under the ban holds the same sequence twice.
func TestNoRepeatNgramHolds(t *testing.T) {
	p := Neutral()
	p.NoRepeatNgram = 3
	s, history := new(Sampler), []int(nil)
	for i := range uint32(60) {
		id, err := s.Draw(make([]float32, 5), history, &p, Random{Seed: 5, Position: i})
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

// The processors that look tokens up find them in any vocabulary in ascending order, and ignore the ids that are not there.
func TestLookupIgnoresUnknownTokens(t *testing.T) {
	sparse := func() []Candidate { return []Candidate{{3, 1}, {5, 1}, {900, 1}} }
	unknown := []int{-1, math.MinInt, 0, 4, 6, 899, 901, math.MaxInt}
	known := []int{5, 900, 3}
	for name, process := range map[string]func(c []Candidate, ids []int) []Candidate{
		"repetition": func(c []Candidate, ids []int) []Candidate { return Repetition(c, Counts(nil, ids, 0), 2) },
		"presence":   func(c []Candidate, ids []int) []Candidate { return PresenceFrequency(c, Counts(nil, ids, 0), 1, 1) },
		"ngram":      func(c []Candidate, ids []int) []Candidate { return NoRepeatNgram(c, ids, 1) },
		"ban":        Ban,
		"bias": func(c []Candidate, ids []int) []Candidate {
			bias := map[int]float64{}
			for _, id := range ids {
				bias[id] = -1
			}
			return Bias(c, bias)
		},
	} {
		if got := process(sparse(), unknown); !slices.Equal(got, sparse()) {
			t.Errorf("%s of unknown tokens: %v, want no change", name, got)
		}
		for _, x := range process(sparse(), known) {
			if x.Logit >= 1 {
				t.Errorf("%s: token %d keeps the logit %g", name, x.ID, x.Logit)
			}
		}
	}
}

// Finite logits stay finite, and infinite ones and NaN do not become possible.
func TestPenaltiesSaturate(t *testing.T) {
	extremes := []float32{math.MaxFloat32, -math.MaxFloat32, -inf, nan, inf}
	seen := []Count{{0, 1000}, {1, 1000}, {2, 1000}, {3, 1000}, {4, 1000}}
	for name, process := range map[string]func(c []Candidate) []Candidate{
		"penalty":   func(c []Candidate) []Candidate { return Repetition(c, seen, 100) },
		"reward":    func(c []Candidate) []Candidate { return Repetition(c, seen, 0.01) },
		"presence":  func(c []Candidate) []Candidate { return PresenceFrequency(c, seen, 100, 100) },
		"frequency": func(c []Candidate) []Candidate { return PresenceFrequency(c, seen, -100, -100) },
		"bias up": func(c []Candidate) []Candidate {
			return Bias(c, map[int]float64{0: math.MaxFloat64, 1: math.MaxFloat64, 2: math.MaxFloat64, 3: 1, 4: -1})
		},
		"bias down": func(c []Candidate) []Candidate {
			return Bias(c, map[int]float64{0: -math.MaxFloat64, 1: -math.MaxFloat64, 2: -1, 3: -1, 4: -math.MaxFloat64})
		},
	} {
		got := logits(process(row(extremes...)))
		for i := range 2 {
			if math.IsInf(float64(got[i]), 0) || got[i] != got[i] {
				t.Errorf("%s: %g becomes %g", name, extremes[i], got[i])
			}
		}
		if got[2] != -inf || got[3] == got[3] || got[4] != inf {
			t.Errorf("%s: -Inf, NaN, +Inf become %v", name, got[2:])
		}
	}
}

// Penalties at their off value change no bit.
func TestPenaltiesOff(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		seen := Counts(nil, ids(c), 0)
		got := PresenceFrequency(Repetition(slices.Clone(c), seen, 1), seen, 0, 0)
		got = Ban(Bias(NoRepeatNgram(got, ids(c), 0), nil), nil)
		if !slices.Equal(got, c) {
			t.Errorf("off: %v, want the input", got)
		}
	})
}
