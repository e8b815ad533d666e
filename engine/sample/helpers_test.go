package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var (
	inf = float32(math.Inf(1))
	nan = float32(math.NaN())
)

// row makes one candidate per logit, with ids from 0.
func row(logits ...float32) []Candidate {
	c := make([]Candidate, len(logits))
	for id, logit := range logits {
		c[id] = Candidate{ID: id, Logit: logit}
	}
	return c
}

func ids(c []Candidate) []int {
	ids := make([]int, len(c))
	for i, x := range c {
		ids[i] = x.ID
	}
	return ids
}

func logits(c []Candidate) []float32 {
	logits := make([]float32, len(c))
	for i, x := range c {
		logits[i] = x.Logit
	}
	return logits
}

// probabilities is the softmax of finite logits.
func probabilities(c []Candidate) []float64 {
	top := math.Inf(-1)
	for _, x := range c {
		top = max(top, float64(x.Logit))
	}
	p, sum := make([]float64, len(c)), 0.0
	for i, x := range c {
		p[i] = math.Exp(float64(x.Logit) - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// byLikelihood returns the candidates by falling logit and then rising id.
func byLikelihood(c []Candidate) []Candidate {
	sorted := slices.Clone(c)
	slices.SortFunc(sorted, func(a, b Candidate) int {
		switch {
		case a.Logit > b.Logit:
			return -1
		case a.Logit < b.Logit:
			return 1
		}
		return a.ID - b.ID
	})
	return sorted
}

// untilMass returns the first candidates of c, in its order, whose probabilities (p, indexed by id) reach mass.
func untilMass(c []Candidate, p map[int]float64, mass float64) []Candidate {
	sum := 0.0
	for i, x := range c {
		sum += p[x.ID]
		if sum >= mass {
			return c[:i+1]
		}
	}
	return c
}

func byID(c []Candidate) map[int]float64 {
	m := make(map[int]float64, len(c))
	for i, p := range probabilities(c) {
		m[c[i].ID] = p
	}
	return m
}

// forRandom calls f with random candidates of many sizes and spreads, half of them with many equal logits.
func forRandom(t *testing.T, f func(t *testing.T, random *rand.Rand, c []Candidate)) {
	random := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		c := make([]Candidate, 1+random.IntN(300))
		spread, coarse := 0.1+6*random.Float64(), random.IntN(2) == 0
		for i := range c {
			logit := spread * random.NormFloat64()
			if coarse {
				logit = math.Round(logit)
			}
			c[i] = Candidate{ID: 2 * i, Logit: float32(logit)}
		}
		f(t, random, c)
		if t.Failed() {
			t.Logf("candidates: %v", c)
			return
		}
	}
}

func shuffled(random *rand.Rand, c []Candidate) []Candidate {
	c = slices.Clone(c)
	random.Shuffle(len(c), func(i, j int) { c[i], c[j] = c[j], c[i] })
	return c
}

// through is what a stage makes of candidates, in ascending order of id: the same whether they are listed or a whole vocabulary.
func through(c []Candidate, stage func(d *Draw)) []Candidate {
	c = slices.Clone(c)
	slices.SortFunc(c, func(a, b Candidate) int { return a.ID - b.ID })
	vocab := 1
	if len(c) > 0 {
		vocab += c[len(c)-1].ID
	}
	all := slices.Repeat([]float32{-inf}, vocab)
	for _, x := range c {
		all[x.ID] = x.Logit
	}
	run := func(list bool) []Candidate {
		var chain Chain
		chain.counts = make([]int32, vocab)
		chain.candidates.reset(all)
		if list {
			for i, x := range c {
				chain.candidates.room.found[i] = int32(x.ID)
			}
			chain.candidates.gather(len(c))
		}
		p := Neutral()
		stage(&Draw{Params: &p, Candidates: &chain.candidates, chain: &chain})
		return remaining(&chain.candidates)
	}
	listed, whole := run(true), run(false)
	if !slices.Equal(listed, whole) {
		panic(fmt.Sprintf("of a list %v, of a vocabulary %v", listed, whole))
	}
	return listed
}

// remaining are the candidates that can be drawn.
func remaining(c *Candidates) []Candidate {
	c.Top()
	list := []Candidate{}
	for i, logit := range c.Logits {
		if possible(logit) {
			list = append(list, Candidate{c.ID(i), logit})
		}
	}
	return list
}

func TopK(c []Candidate, k int) []Candidate {
	return through(c, func(d *Draw) {
		if k > 0 {
			d.Candidates.topK(k)
		}
	})
}

func TopP(c []Candidate, p float64) []Candidate {
	return through(c, func(d *Draw) {
		if p < 1 {
			d.Candidates.topP(p)
		}
	})
}

func Typical(c []Candidate, p float64) []Candidate {
	return through(c, func(d *Draw) {
		if p < 1 {
			d.Candidates.typical(p)
		}
	})
}

func MinP(c []Candidate, p float64) []Candidate {
	return through(c, func(d *Draw) {
		if p > 0 {
			d.Candidates.minP(p)
		}
	})
}

func TopNSigma(c []Candidate, n float64) []Candidate {
	return through(c, func(d *Draw) {
		if n > 0 {
			d.Candidates.topNSigma(n)
		}
	})
}

func Temperature(c []Candidate, t float64) []Candidate {
	return through(c, func(d *Draw) {
		if t != 1 {
			d.Candidates.temperature(t)
		}
	})
}

func Pick(c []Candidate, u float64) (id int, err error) {
	id = -1
	through(c, func(d *Draw) {
		if i := d.Candidates.pick(u); i >= 0 {
			id = d.Candidates.ID(i)
		}
	})
	if id < 0 {
		return -1, ErrNoCandidate
	}
	return id, nil
}

// sortedByID returns a copy in that order.
func sortedByID(c []Candidate) []Candidate {
	c = slices.Clone(c)
	slices.SortFunc(c, func(a, b Candidate) int { return a.ID - b.ID })
	return c
}

// truncations are the processors that remove candidates, at a setting that removes some of many.
var truncations = map[string]func([]Candidate) []Candidate{
	"temperature 0": func(c []Candidate) []Candidate { return Temperature(c, 0) },
	"top-k":         func(c []Candidate) []Candidate { return TopK(c, 2) },
	"typical-p":     func(c []Candidate) []Candidate { return Typical(c, 0.3) },
	"top-p":         func(c []Candidate) []Candidate { return TopP(c, 0.5) },
	"min-p":         func(c []Candidate) []Candidate { return MinP(c, 0.5) },
	"top-n-sigma":   func(c []Candidate) []Candidate { return TopNSigma(c, 0.5) },
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
