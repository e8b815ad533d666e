package sample

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// llama is what llama.cpp makes of random logits; testdata/make_llama_fixtures.py writes it.
type llama struct {
	Inputs []struct {
		Logits  []float32
		History []int
	}
	Cases    []fixtureCase
	Breakers []struct {
		Input    int
		Breakers [][]int
		IDs      []int
		Values   []float64
	}
	Mirostat []struct {
		Params json.RawMessage
		Steps  []struct {
			Logits []float32
			IDs    []int
			Drawn  int
		}
	}
}

func readLlama(t *testing.T) (f llama) {
	t.Helper()
	data, err := os.ReadFile("testdata/llama.json")
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) == 0 || len(f.Breakers) == 0 || len(f.Mirostat) == 0 {
		t.Fatal("testdata/llama.json holds no cases")
	}
	return f
}

// checkLogits compares what is left with the ids and logits that llama.cpp leaves. Temperature shifts the logits here, so the distances
// from the first count.
func checkLogits(t *testing.T, got []Candidate, want []int, values []float64) {
	t.Helper()
	if !slices.Equal(ids(got), want) {
		t.Fatalf("ids %v, want %v", ids(got), want)
	}
	for i := range values {
		got, want := float64(got[i].Logit-got[0].Logit), values[i]-values[0]
		if math.Abs(got-want) > 2e-5*(1+math.Abs(want)) {
			t.Errorf("token %d: logit %g above the first, want %g", i, got, want)
		}
	}
}

func TestProcessorsAgreeWithLlama(t *testing.T) {
	f := readLlama(t)
	for _, test := range f.Cases {
		in := f.Inputs[test.Input]
		t.Run(fmt.Sprintf("%d logits %s", len(in.Logits), test.Params), func(t *testing.T) {
			checkLogits(t, processed(in.Logits, in.History, test.params(t)), test.IDs, test.Values)
		})
	}
}

// A breaker that is given as tokens there is their text here: token i has the text "<i>".
func TestBreakersAgreeWithLlama(t *testing.T) {
	f := readLlama(t)
	text := func(id int) []byte { return fmt.Appendf(nil, "<%d>", id) }
	for _, test := range f.Breakers {
		in := f.Inputs[test.Input]
		t.Run(fmt.Sprintf("%d logits %v", len(in.Logits), test.Breakers), func(t *testing.T) {
			p := Neutral()
			p.DryMultiplier, p.DryBase, p.DryAllowedLength, p.DryBreakers = 1, 1.5, 1, nil
			for _, sequence := range test.Breakers {
				var b strings.Builder
				for _, id := range sequence {
					b.Write(text(id))
				}
				p.DryBreakers = append(p.DryBreakers, b.String())
			}
			var chain Chain
			d := at(p, in.History, Random{})
			d.Pieces = text
			if _, err := chain.Draw(in.Logits, d, nil); err != nil {
				t.Fatal(err)
			}
			checkLogits(t, remaining(&chain.candidates), test.IDs, test.Values)
		})
	}
}

// A breaker is found where it lies across tokens, and in one that holds more than it.
func TestBreakersAcrossTokens(t *testing.T) {
	pieces := []string{"a", "b", "x\n", "\n\n", "y: ", "--", "-", "E", "ND", "_E", "é"}
	for _, test := range []struct {
		breakers []string
		history  []int
		after    int
	}{
		{[]string{"\n"}, []int{0, 2, 0, 1}, 2},
		{[]string{"\n\n"}, []int{0, 2, 3, 1}, 1},
		{[]string{"\n\n"}, []int{0, 2, 0, 1}, 4},
		{[]string{":"}, []int{4, 0, 0}, 2},
		{[]string{"---"}, []int{0, 5, 6, 1, 1}, 2},
		{[]string{"---"}, []int{6, 6, 6, 1}, 1},
		{[]string{"END"}, []int{0, 9, 8, 0, 1, 0}, 3},
		{[]string{"END"}, []int{0, 9, 0, 8}, 4},
		{[]string{"END", "b"}, []int{7, 8, 1, 0}, 1},
		{[]string{"é"}, []int{10, 0}, 1},
		{nil, []int{2, 3}, 2},
	} {
		var b breakers
		b.begin(test.breakers, func(id int) []byte { return []byte(pieces[id]) }, len(pieces))
		if got := b.after(test.history); got != test.after {
			t.Errorf("%q in %v: %d tokens after it, want %d", test.breakers, test.history, got, test.after)
		}
	}
}

// Step by step the same tokens are left as in llama.cpp, when the tokens that it drew are taken.
func TestMirostatAgreesWithLlama(t *testing.T) {
	for _, run := range readLlama(t).Mirostat {
		t.Run(string(run.Params), func(t *testing.T) {
			d := at(fixtureCase{Params: run.Params}.params(t), nil, Random{})
			for i, step := range run.Steps {
				var chain Chain
				if _, err := chain.Draw(step.Logits, d, nil); err != nil {
					t.Fatal(err)
				}
				if got := ids(remaining(&chain.candidates)); !slices.Equal(got, step.IDs) {
					t.Fatalf("step %d: %v are left, want %v", i, got, step.IDs)
				}
				d.Memo = d.After(step.Drawn)
			}
		})
	}
}

// XTC excludes in so many draws as its probability says, by a number of the token's place: the same place has the same outcome.
func TestXTCChance(t *testing.T) {
	p := Neutral()
	p.XTCProbability, p.XTCThreshold = 0.3, 0.2
	excluded := 0
	const draws = 4000
	for n := range uint32(draws) {
		left := func() int {
			var chain Chain
			if _, err := chain.Draw([]float32{2, 2, 1, 0}, at(p, nil, Random{Seed: 3, Position: n}), nil); err != nil {
				t.Fatal(err)
			}
			return len(remaining(&chain.candidates))
		}
		first := left()
		if first != left() {
			t.Fatalf("place %d: another outcome the second time", n)
		}
		if first < 4 {
			excluded++
		}
	}
	checkFit(t, []int{excluded, draws - excluded}, []float64{0.3, 0.7}, draws)
}

// refDRY penalizes as the definition reads: for each token, the longest end of the history that came before it once already.
func refDRY(c []Candidate, history []int, p Params) []Candidate {
	if p.DryRange > 0 && p.DryRange < len(history) {
		history = history[len(history)-p.DryRange:]
	}
	longest := map[int]int{}
	for at, id := range history {
		n := 0
		for n < at && history[at-1-n] == history[len(history)-1-n] {
			n++
		}
		if at > 0 {
			longest[id] = max(longest[id], n)
		}
	}
	for i := range c {
		if n, ok := longest[c[i].ID]; ok && n >= p.DryAllowedLength && len(history) > p.DryAllowedLength {
			power := math.Pow(p.DryBase, min(float64(n-p.DryAllowedLength), math.Trunc(88.7228391/math.Log(p.DryBase))))
			c[i].Logit = saturate(float64(c[i].Logit) - p.DryMultiplier*power)
		}
	}
	return c
}

// refXTC excludes all but the last of the candidates with enough probability.
func refXTC(c []Candidate, p Params, r Random) []Candidate {
	c, _ = refPossible(c)
	if r.Uniform(forXTC) > p.XTCProbability {
		return c
	}
	shares := byID(c)
	c = byLikelihood(c)
	n := 0
	for n < len(c) && shares[c[n].ID] >= p.XTCThreshold {
		n++
	}
	return c[max(n-1, 0):]
}

// On draws of all kinds DRY and XTC do what their definitions say.
func TestDRYAndXTCFollowTheirDefinitions(t *testing.T) {
	random := newRandom(31)
	for range 400 {
		history := make([]int, random.IntN(80))
		for i := range history {
			history[i] = random.IntN(4)
		}
		logits := make([]float32, 4+random.IntN(30))
		for i := range logits {
			logits[i] = float32(math.Round(random.NormFloat64()*4) / 2)
		}
		p := Neutral()
		p.DryMultiplier, p.DryBase, p.DryAllowedLength, p.DryRange = random.Float64()*2, 1.01+random.Float64(), random.IntN(5), random.IntN(60)
		place := Random{Seed: 1, Position: random.Uint32()}
		p.XTCProbability, p.XTCThreshold = random.Float64(), 0.01+random.Float64()/3
		var chain Chain
		if _, err := chain.Draw(logits, at(p, history, place), nil); err != nil {
			t.Fatal(err)
		}
		want := sortedByID(refXTC(refDRY(refCandidates(logits), history, p), p, place))
		if got := remaining(&chain.candidates); !slices.Equal(got, want) {
			t.Fatalf("%+v, history %v, logits %v: left\n%v, want\n%v", p, history, logits, got, want)
		}
	}
}
