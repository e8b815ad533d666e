package sample

import (
	"math"
	"slices"

	"inkling/engine/kernel"
)

// A Trace is what a draw did, told by the draw itself. Its slices are used again by the next. Entropy, ranks and log-probabilities are
// those of the model's own distribution, before any stage.
type Trace struct {
	Want int // alternatives to tell of

	Entropy float64 // in nats
	LogSum  float64 // log Σ exp(logit); NaN or infinite where a logit is
	Top     []Seen  // the likeliest, likeliest first; those that are impossible are left out
	Drawn   Seen
	Stages  []Cut // that were on, in order
}

// Seen is a token as a draw saw it.
type Seen struct {
	ID      int
	Rank    int     // 0 is the likeliest
	Logprob float64 // natural logarithm of its probability
	Share   float64 // its probability in the draw; 0 where it was dropped
	By      int     // the stage that dropped it, an index of Stages; -1 for none
}

// Cut is what a stage left.
type Cut struct {
	Name string
	Left int     // candidates
	Mass float64 // of what came to it, as a part; 1 where it drops none
}

// seen is room for the ranking of the likeliest.
type seen struct{ ids []int32 }

// begin looks at the model's own distribution. Padding has been dropped.
func (t *Trace) begin(c *Chain, logits []float32, d *Draw) {
	t.Entropy, t.LogSum = kernel.Entropy(logits, c.candidates.room.keys[:len(logits)])
	t.Top, t.Stages = t.Top[:0], t.Stages[:0]
	left := d.Candidates
	n := left.likeliest(t.Want)
	c.seen.ids = append(c.seen.ids[:0], left.room.found[:n]...)
	slices.SortFunc(c.seen.ids, func(a, b int32) int {
		switch {
		case left.lessLikely(b, a):
			return -1
		case left.lessLikely(a, b):
			return 1
		}
		return 0
	})
	for rank, id := range c.seen.ids {
		if logprob := float64(logits[id]) - t.LogSum; possible(left.Logits[id]) && !math.IsInf(logprob, -1) {
			t.Top = append(t.Top, Seen{ID: int(id), Rank: rank, Logprob: logprob, By: -1})
		}
	}
}

// stage applies a stage and notes what it did.
func (t *Trace) stage(s *Stage, d *Draw) {
	left, before, base := d.Candidates, 0.0, float32(0)
	if s.Cuts {
		left.weigh()
		before, base = left.total, left.base
	}
	s.Apply(d)
	cut := Cut{Name: s.Name, Left: left.left(), Mass: 1}
	if s.Cuts && before > 0 {
		left.weigh()
		cut.Mass = left.total / before * math.Exp(float64(left.base)-float64(base))
	}
	t.Stages = append(t.Stages, cut)
	for i := range t.Top {
		if seen := &t.Top[i]; seen.By < 0 && !d.left(seen.ID) {
			seen.By = len(t.Stages) - 1
		}
	}
}

// left reports whether a token can still be drawn.
func (d *Draw) left(id int) bool {
	i := d.Candidates.Find(id)
	return i >= 0 && possible(d.Candidates.Logits[i])
}

// end notes the shares of the draw, and the token that was drawn.
func (t *Trace) end(c *Chain, logits []float32, d *Draw, drawn int) {
	left := d.Candidates
	left.weigh()
	share := func(id int) float64 {
		if i := left.Find(id); i >= 0 {
			return float64(left.weights[i]) / left.total
		}
		return 0
	}
	t.Drawn = Seen{ID: drawn, Rank: -1, Logprob: float64(logits[drawn]) - t.LogSum, Share: share(drawn), By: -1}
	for i := range t.Top {
		seen := &t.Top[i]
		if seen.Share = share(seen.ID); seen.ID == drawn {
			t.Drawn.Rank = seen.Rank
		}
	}
	if t.Drawn.Rank < 0 {
		t.Drawn.Rank = Rank(logits, drawn, d.Padding)
	}
}

// Rank is how many tokens are likelier than one, of equals those with a smaller id. Padding, ascending, does not count.
func Rank(logits []float32, id int, padding []int) int {
	logit := logits[id]
	rank := kernel.Count(logits, math.Nextafter32(logit, float32(math.Inf(1))))
	if kernel.Count(logits, logit) > rank+1 {
		for _, other := range logits[:id] {
			if other == logit {
				rank++
			}
		}
	}
	for _, other := range padding {
		if other < len(logits) && (logits[other] > logit || logits[other] == logit && other < id) {
			rank--
		}
	}
	return rank
}
