package sample

import (
	"cmp"
	"math"
	"slices"
)

// Candidate is a token that may be drawn. Its probability is the softmax of the logits of all candidates.
type Candidate struct {
	ID    int
	Logit float32
}

// Candidates returns a candidate for each logit, by token id.
func Candidates(logits []float32) []Candidate {
	return candidates(make([]Candidate, len(logits)), logits)
}

func candidates(c []Candidate, logits []float32) []Candidate {
	for id, logit := range logits {
		c[id] = Candidate{ID: id, Logit: logit}
	}
	return c
}

// moreLikely orders candidates by falling logit; among equal logits the smaller id comes first.
func moreLikely(a, b Candidate) bool {
	return a.Logit > b.Logit || a.Logit == b.Logit && a.ID < b.ID
}

// lessLikely is the reverse of moreLikely.
func lessLikely(a, b Candidate) bool { return moreLikely(b, a) }

// drawable reports whether a logit leaves its token a chance: it is neither -Inf nor NaN.
func drawable(logit float32) bool { return logit >= -math.MaxFloat32 }

// possible drops the candidates that cannot be drawn, keeping the order of the others, and returns the largest logit. All
// logits that it leaves are finite: if some are +Inf, only those candidates remain, with the logit 0.
func possible(c []Candidate) (kept []Candidate, top float64) {
	largest, n := float32(math.Inf(-1)), 0
	for i := range c {
		logit := c[i].Logit
		if drawable(logit) {
			n++
		}
		if logit > largest {
			largest = logit
		}
	}
	if n < len(c) {
		c = slices.DeleteFunc(c, func(x Candidate) bool { return !drawable(x.Logit) })
	}
	if largest <= math.MaxFloat32 {
		return c, float64(largest)
	}
	c = slices.DeleteFunc(c, func(x Candidate) bool { return x.Logit < largest })
	for i := range c {
		c[i].Logit = 0
	}
	return c, 0
}

// weight is the probability of x times a factor that is the same for all candidates whose largest logit is top.
func weight(x Candidate, top float64) float64 { return math.Exp(float64(x.Logit) - top) }

// mass is the sum of the weights of c.
func mass(c []Candidate, top float64) float64 {
	sum := 0.0
	for _, x := range c {
		sum += weight(x, top)
	}
	return sum
}

// find returns the index of the candidate with this id in c, which is in ascending order of id, or -1.
func find(c []Candidate, id int) int {
	if id >= 0 && id < len(c) && c[id].ID == id {
		return id
	}
	i, ok := slices.BinarySearchFunc(c, id, func(x Candidate, id int) int { return cmp.Compare(x.ID, id) })
	if !ok {
		return -1
	}
	return i
}

// saturate converts x to float32; finite values beyond the range of float32 become its largest finite value.
func saturate(x float64) float32 {
	if math.IsInf(x, 0) {
		return float32(x)
	}
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, x)))
}
