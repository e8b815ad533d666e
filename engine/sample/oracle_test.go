package sample

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// fixture is what Hugging Face transformers makes of random logits; testdata/make_fixtures.py writes it.
type fixture struct {
	Inputs []struct {
		Logits  []float32
		History []int
	}
	Single, Pipeline []fixtureCase
}

type fixtureCase struct {
	Input  int
	Params json.RawMessage
	IDs    []int
	Values []float64 // logits of a single processor, if it changes them; probabilities of a pipeline
}

func readFixture(t *testing.T) fixture {
	t.Helper()
	data, err := os.ReadFile("testdata/processors.json")
	if err != nil {
		t.Fatal(err)
	}
	var f fixture
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Single) == 0 || len(f.Pipeline) == 0 {
		t.Fatal("testdata/processors.json holds no cases")
	}
	return f
}

// params are the parameters of a case, with the others off.
func (c fixtureCase) params(t *testing.T) Params {
	t.Helper()
	p := Neutral()
	if err := json.Unmarshal(c.Params, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcessorsAgreeWithTransformers(t *testing.T) {
	f := readFixture(t)
	for _, test := range f.Single {
		in := f.Inputs[test.Input]
		t.Run(fmt.Sprintf("%d logits %s", len(in.Logits), test.Params), func(t *testing.T) {
			got := processed(in.Logits, in.History, test.params(t))
			if !slices.Equal(ids(got), test.IDs) {
				t.Fatalf("ids %v, want %v", ids(got), test.IDs)
			}
			for i, want := range test.Values {
				// Temperature shifts the logits, so compare the distances from the first.
				got, want := float64(got[i].Logit-got[0].Logit), want-test.Values[0]
				if math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
					t.Errorf("token %d: logit %g above the first, want %g", test.IDs[i], got, want)
				}
			}
		})
	}
}

func TestPipelineAgreesWithTransformers(t *testing.T) {
	f := readFixture(t)
	for _, test := range f.Pipeline {
		in := f.Inputs[test.Input]
		t.Run(fmt.Sprintf("%d logits %s", len(in.Logits), test.Params), func(t *testing.T) {
			got := processed(in.Logits, in.History, test.params(t))
			if !slices.Equal(ids(got), test.IDs) {
				t.Fatalf("ids %v, want %v", ids(got), test.IDs)
			}
			for i, p := range probabilities(got) {
				if math.Abs(p-test.Values[i]) > 1e-5*test.Values[i] {
					t.Errorf("token %d: probability %g, want %g", test.IDs[i], p, test.Values[i])
				}
			}
		})
	}
}

// The frequencies of the drawn tokens fit the probabilities that transformers computes (Pearson's chi-square test).
func TestDrawFollowsTheDistribution(t *testing.T) {
	const draws = 4000
	f := readFixture(t)
	for i, test := range f.Pipeline {
		in := f.Inputs[test.Input]
		t.Run(fmt.Sprintf("%d logits %s", len(in.Logits), test.Params), func(t *testing.T) {
			s, p, count := new(Chain), test.params(t), map[int]int{}
			for n := range uint32(draws) {
				id, err := s.Draw(in.Logits, at(p, in.History, Random{Seed: uint64(i), Position: n}), nil)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Contains(test.IDs, id) {
					t.Fatalf("token %d was drawn, want one of %v", id, test.IDs)
				}
				count[id]++
			}
			var observed []int
			for _, id := range test.IDs {
				observed = append(observed, count[id])
			}
			checkFit(t, observed, test.Values, draws)
		})
	}
}

// checkFit fails if observed counts of n draws stray from the probabilities further than one run in ten thousand would.
func checkFit(t *testing.T, observed []int, probabilities []float64, n int) {
	t.Helper()
	statistic, cells := 0.0, 0
	sum, expected := 0, 0.0
	for i := range observed {
		sum += observed[i]
		expected += probabilities[i] * float64(n)
		if expected < 5 && i < len(observed)-1 { // the test wants well-filled cells
			continue
		}
		statistic += (float64(sum) - expected) * (float64(sum) - expected) / expected
		cells++
		sum, expected = 0, 0
	}
	if cells < 2 {
		return
	}
	// Wilson and Hilferty 1931: the cube root of chi-square is about normal; 3.72 leaves 1e-4 above it.
	freedom := float64(cells - 1)
	limit := freedom * math.Pow(1-2/(9*freedom)+3.72*math.Sqrt(2/(9*freedom)), 3)
	if statistic > limit {
		t.Errorf("chi-square %.1f with %g degrees of freedom, want at most %.1f", statistic, freedom, limit)
	}
}

// processed returns the candidates that a draw chooses from.
func processed(logits []float32, history []int, p Params) []Candidate {
	var chain Chain
	if _, err := chain.Draw(logits, at(p, history, Random{}), nil); err != nil {
		return nil
	}
	return remaining(&chain.candidates)
}
