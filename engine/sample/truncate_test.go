package sample

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTopKIsThePrefixOfTheFullOrder(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		k := 1 + random.IntN(len(c))
		got := TopK(shuffled(random, c), k)
		want := sortedByID(byLikelihood(c)[:k])
		if !slices.Equal(got, want) {
			t.Errorf("TopK %d: %v, want %v", k, got, want)
		}
	})
}

func TestTopKCutsTiesByID(t *testing.T) {
	got := ids(TopK(row(1, 2, 1, 2, 1, 1), 4))
	if want := []int{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
}

func TestTopKLargerThanTheVocabularyKeepsAll(t *testing.T) {
	for _, k := range []int{0, 3, 4, math.MaxInt} {
		if got := TopK(row(1, 3, 2), k); !slices.Equal(got, row(1, 3, 2)) {
			t.Errorf("TopK %d: %v, want all three", k, got)
		}
	}
}

func TestTopPIsTheShortestPrefixThatReachesTheMass(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		for _, p := range []float64{random.Float64(), 0.01, 0.95, 0.999} {
			got := TopP(shuffled(random, c), p)
			want := sortedByID(untilMass(byLikelihood(c), byID(c), p))
			if !slices.Equal(got, want) {
				t.Errorf("TopP %g: %v, want %v", p, got, want)
			}
		}
	})
}

func TestMassIsReachedExactly(t *testing.T) {
	for p, want := range map[float64][]int{
		1e-300: {0}, 0.25: {0}, 0.26: {0, 1}, 0.5: {0, 1}, 0.51: {0, 1, 2}, 0.75: {0, 1, 2},
		0.76: {0, 1, 2, 3}, math.Nextafter(1, 0): {0, 1, 2, 3},
	} {
		if got := ids(TopP(row(7, 7, 7, 7), p)); !slices.Equal(got, want) { // a quarter of the mass each
			t.Errorf("TopP %g: ids %v, want %v", p, got, want)
		}
		if got := ids(Typical(row(7, 7, 7, 7), p)); !slices.Equal(got, want) {
			t.Errorf("Typical %g: ids %v, want %v", p, got, want)
		}
	}
}

func TestTypicalTakesTheNearestToTheEntropy(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		for i := range c { // no ties: a rounding error must not decide them here
			c[i].Logit += float32(i) * 1e-4
		}
		probability := byID(c)
		entropy := 0.0
		for _, p := range probability {
			entropy -= p * math.Log(p)
		}
		sorted := slices.Clone(c)
		slices.SortFunc(sorted, func(a, b Candidate) int {
			return cmp.Compare(math.Abs(-math.Log(probability[a.ID])-entropy), math.Abs(-math.Log(probability[b.ID])-entropy))
		})
		for _, p := range []float64{random.Float64(), 0.01, 0.95} {
			got := Typical(shuffled(random, c), p)
			if want := sortedByID(untilMass(sorted, probability, p)); !slices.Equal(got, want) {
				t.Errorf("Typical %g: %v, want %v", p, got, want)
			}
		}
	})
}

func TestTypicalCanLeaveOutTheMostLikely(t *testing.T) {
	// One token of probability 0.4 and 60 of 0.01: the entropy, 3.13 nats, is nearer to -log 0.01 than to -log 0.4.
	c := row(float32(math.Log(0.4)))
	for id := 1; id <= 60; id++ {
		c = append(c, Candidate{ID: id, Logit: float32(math.Log(0.01))})
	}
	got := ids(Typical(c, 0.055))
	if want := []int{1, 2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
}

func TestMinPKeepsEveryoneAboveTheFraction(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		p := random.Float64()
		probability := byID(c)
		largest := 0.0
		for _, x := range probability {
			largest = max(largest, x)
		}
		in := shuffled(random, c)
		var want []Candidate
		for _, x := range sortedByID(in) {
			if probability[x.ID] >= p*largest {
				want = append(want, x)
			}
		}
		if got := MinP(slices.Clone(in), p); !slices.Equal(got, want) {
			t.Errorf("MinP %g: %v, want %v", p, got, want)
		}
	})
}

// What llama.cpp's own tests expect of it: tests/test-sampling.cpp.
func TestTopNSigmaAgreesWithLlamaCpp(t *testing.T) {
	for n, want := range map[float64][]float64{
		1: {0.428571, 0.571429}, 0: {0.1, 0.2, 0.3, 0.4}, 3: {0.1, 0.2, 0.3, 0.4}, -1: {0.1, 0.2, 0.3, 0.4},
	} {
		var c []Candidate
		for id, p := range []float64{0.1, 0.2, 0.3, 0.4} {
			c = append(c, Candidate{id, float32(math.Log(p))})
		}
		got := TopNSigma(c, n)
		for i, p := range probabilities(got) {
			if len(got) != len(want) || math.Abs(p-want[i]) > 1e-6 {
				t.Errorf("n %g: %v, want %v", n, probabilities(got), want)
			}
		}
	}
}

func TestMinPKeepsTheBorder(t *testing.T) {
	p := math.Exp(-1)
	if got := ids(MinP(row(0, -1, -1.001, 0), p)); !slices.Equal(got, []int{0, 1, 3}) {
		t.Errorf("MinP %g: ids %v, want [0 1 3]", p, got)
	}
}

func TestInfiniteLogitsShareEvenly(t *testing.T) {
	c := func() []Candidate { return row(5, inf, nan, inf, inf, inf) }
	for name, got := range map[string][]Candidate{
		"top-k 2":       TopK(c(), 2),
		"top-p 0.5":     TopP(c(), 0.5),
		"typical-p 0.5": Typical(c(), 0.5),
		"min-p 0.5":     MinP(c(), 0.5)[:2],
		"temperature 2": Temperature(c(), 2)[:2],
	} {
		for u, want := range map[float64]int{0: 1, 0.49: 1, 0.51: 3, 0.99: 3} {
			if id, err := Pick(slices.Clone(got), u); id != want || err != nil {
				t.Errorf("%s, u = %g: token %d, %v, want %d", name, u, id, err, want)
			}
		}
	}
}

func TestTruncationsAtTheirOffValueKeepAll(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		got := MinP(TopP(Typical(TopK(Temperature(slices.Clone(c), 1), 0), 1), 1), 0)
		if !slices.Equal(got, c) {
			t.Errorf("everything off: %v, want the input", got)
		}
	})
}

func TestTruncationsNeverDrawTheImpossible(t *testing.T) {
	tests := []struct {
		name   string
		logits []float32
		want   []int // some of these remain, and no others
	}{
		{"one finite", []float32{nan, -inf, -5, nan}, []int{2}},
		{"finite among NaN and -Inf", []float32{nan, 1, -inf, 2, nan, 1.5, -inf}, []int{1, 3, 5}},
		{"+Inf wins", []float32{3, inf, nan, 4, inf, -inf}, []int{1, 4}},
		{"the ends of float32", []float32{-math.MaxFloat32, math.MaxFloat32}, []int{0, 1}},
		{"only the smallest float32", []float32{-math.MaxFloat32, -inf, -math.MaxFloat32}, []int{0, 2}},
		{"all -Inf", []float32{-inf, -inf, -inf}, nil},
		{"all NaN", []float32{nan, nan, nan}, nil},
		{"none", nil, nil},
	}
	for name, truncate := range truncations {
		for _, test := range tests {
			got := ids(truncate(row(test.logits...)))
			if len(test.want) > 0 && len(got) == 0 {
				t.Errorf("%s of %s: nothing left", name, test.name)
			}
			for _, id := range got {
				if !slices.Contains(test.want, id) {
					t.Errorf("%s of %s: left %v, want some of %v", name, test.name, got, test.want)
				}
			}
		}
	}
}

func TestTruncationsDoNotChangeTheSurvivors(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		for name, truncate := range truncations {
			got := truncate(shuffled(random, c))
			if len(got) == 0 {
				t.Errorf("%s: nothing left", name)
			}
			seen := map[int]bool{}
			for _, x := range got {
				if seen[x.ID] || c[x.ID/2] != x {
					t.Errorf("%s: %v is changed or twice there", name, x)
				}
				seen[x.ID] = true
			}
		}
	})
}

func TestTemperatureKeepsOrderAndDividesDistances(t *testing.T) {
	forRandom(t, func(t *testing.T, random *rand.Rand, c []Candidate) {
		temperature := 0.01 + 3*random.Float64()
		got := Temperature(slices.Clone(c), temperature)
		for i := range c {
			want := float64(c[i].Logit-c[0].Logit) / temperature
			distance := float64(got[i].Logit) - float64(got[0].Logit)
			if got[i].ID != c[i].ID || math.Abs(distance-want) > 1e-6*(1+10/temperature)*10 {
				t.Errorf("temperature %g: distance %g, want %g", temperature, distance, want)
			}
		}
		above := inf
		for _, x := range byLikelihood(c) {
			divided := got[x.ID/2]
			if divided.Logit > above {
				t.Errorf("temperature %g: %v passes one that was above", temperature, x)
			}
			above = divided.Logit
		}
	})
}

func TestTinyTemperatureIsGreedy(t *testing.T) {
	for _, temperature := range []float64{0, 5e-324, 1e-300, 1e-40} {
		for u := range 10 {
			c := Temperature(row(-1e30, 2, 2.001, 2, -3e38), temperature)
			if id, err := Pick(c, float64(u)/10); id != 2 || err != nil {
				t.Errorf("temperature %g: token %d, %v, want 2", temperature, id, err)
			}
		}
	}
}

func TestTemperatureZeroTakesTheSmallestIDOnTies(t *testing.T) {
	if got := ids(Temperature(row(1, 5, nan, 5, -inf, 5), 0)); !slices.Equal(got, []int{1}) {
		t.Errorf("ids %v, want [1]", got)
	}
}
