package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A trace changes nothing, and tells what the draw did: the model's own distribution, what each stage left, who dropped a token, and
// the shares of the draw, candidate by candidate.
func TestTraceTellsWhatTheDrawDid(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	n := 3000
	if testing.Short() {
		n = 300
	}
	var plain, traced Chain
	for range n {
		logits, history, p := randomDraw(random)
		for i, v := range logits {
			if !(v < inf) { // of NaN and +Inf there are no probabilities
				logits[i] = -30
			}
		}
		var padding []int
		for id := range logits {
			if random.IntN(20) == 0 {
				padding = append(padding, id)
			}
		}
		d := at(p, history, Random{Seed: 5})
		d.Padding = padding
		trace := &Trace{Want: 1 + random.IntN(len(logits)+5)}
		want, wantErr := plain.Draw(logits, d, nil)
		id, err := traced.Draw(logits, d, trace)
		if id != want || err != wantErr {
			t.Fatalf("%+v: drew %d, %v with a trace, %d, %v without", p, id, err, want, wantErr)
		}
		if err != nil {
			continue
		}
		checkOwn(t, trace, logits, padding)
		checkStages(t, trace, logits, history, p, padding)
		if t.Failed() {
			t.Fatalf("%d logits, %+v, padding %d", len(logits), p, padding)
		}
	}
}

// checkOwn checks what the trace says of the model's own distribution.
func checkOwn(t *testing.T, trace *Trace, logits []float32, padding []int) {
	all := row(logits...)
	own, entropy := probabilities(all), 0.0
	for _, p := range own {
		if p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	if !(math.Abs(trace.Entropy-entropy) <= 1e-5*max(1, entropy)) {
		t.Errorf("entropy %g, want %g", trace.Entropy, entropy)
	}
	ranked := byLikelihood(slices.DeleteFunc(all, func(c Candidate) bool {
		_, banned := slices.BinarySearch(padding, c.ID) // they rise
		return banned || c.Logit == -inf
	}))
	ranks := map[int]int{}
	for rank, c := range ranked {
		ranks[c.ID] = rank
	}
	if len(trace.Top) != min(trace.Want, len(ranked)) {
		t.Errorf("%d alternatives, want %d of %d", len(trace.Top), trace.Want, len(ranked))
	}
	check := func(seen Seen) {
		rank, known := ranks[seen.ID]
		if !known || seen.Rank != rank || !(math.Abs(seen.Logprob-math.Log(own[seen.ID])) <= 1e-5*max(1, math.Abs(seen.Logprob))) {
			t.Errorf("token %d: rank %d, log-probability %g, want %d, %g", seen.ID, seen.Rank, seen.Logprob, rank, math.Log(own[seen.ID]))
		}
	}
	for i, seen := range trace.Top {
		if check(seen); seen.Rank != i {
			t.Errorf("rank %d comes at place %d", seen.Rank, i)
		}
	}
	check(trace.Drawn)
}

// checkStages runs the stages one by one as they are defined.
func checkStages(t *testing.T, trace *Trace, logits []float32, history []int, p Params, padding []int) {
	c := refBan(refCandidates(logits), padding)
	c, _ = refPossible(c)
	for stage, cut := range trace.Stages {
		before := byID(c)
		cuts := cut.Name != "temperature" && cut.Name != "penalties"
		if cut.Name == "bans" {
			c = refBan(refBias(c, p.Bias), p.Ban)
			c, _ = refPossible(c)
			cuts = p.Bias == nil
		} else {
			c = refStages(c, history, p, []string{cut.Name})
		}
		mass := 1.0
		if cuts {
			mass = 0
			for _, x := range c {
				mass += before[x.ID]
			}
		}
		if cut.Left != len(c) || !(math.Abs(cut.Mass-mass) <= 1e-5) {
			t.Errorf("%s left %d with %g, want %d with %g", cut.Name, cut.Left, cut.Mass, len(c), mass)
		}
		left := map[int]bool{}
		for _, x := range c {
			left[x.ID] = true
		}
		for _, seen := range trace.Top {
			_, was := before[seen.ID]
			is := left[seen.ID]
			if was && is == (seen.By == stage) {
				t.Errorf("token %d was dropped by stage %d, stage %d kept it: %v", seen.ID, seen.By, stage, is)
			}
		}
	}
	share := byID(c)
	for _, seen := range append(slices.Clone(trace.Top), trace.Drawn) {
		if !(math.Abs(seen.Share-share[seen.ID]) <= 1e-5) || seen.Share > 0 && seen.By >= 0 {
			t.Errorf("token %d has the share %g, want %g", seen.ID, seen.Share, share[seen.ID])
		}
	}
}

// A bias that lifts a token the model thinks little of is no reason to lose its log-probability.
func TestTraceOfAnUnlikelyToken(t *testing.T) {
	p := Neutral()
	p.Bias, p.Temperature = map[int]float64{2: 100}, 0
	trace := &Trace{Want: 2}
	id, err := new(Chain).Draw([]float32{3, 2, 1, 4}, at(p, nil, Random{}), trace)
	if id != 2 || err != nil || trace.Drawn.Rank != 3 || math.Abs(trace.Drawn.Logprob-(-3.4402)) > 1e-4 || trace.Drawn.Share != 1 {
		t.Errorf("token %d, %v: %+v", id, err, trace.Drawn)
	}
	if top := trace.Top; len(top) != 2 || top[0].ID != 3 || top[1].ID != 0 || top[0].Share != 0 {
		t.Errorf("alternatives %+v", top)
	}
}
