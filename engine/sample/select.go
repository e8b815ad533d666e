package sample

import (
	"cmp"
	"math"
	"slices"

	"inkling/engine/kernel"
)

// A ranking is the order in which a cut takes candidates: by falling key, and of equals the one with the smaller id first.
type ranking struct {
	keys []float32 // -Inf for those that cannot be drawn

	// Where logits is set, the keys are rounded distances of theirs from a mean. Those of equal keys rank by the exact one, then by
	// falling logit.
	logits []float32
	mean   float64
}

func (r *ranking) compare(a, b int32) int {
	if x, y := r.keys[a], r.keys[b]; x != y {
		return cmp.Compare(y, x)
	}
	if r.logits != nil {
		x, y := math.Abs(float64(r.logits[a])-r.mean), math.Abs(float64(r.logits[b])-r.mean)
		if order := cmp.Or(cmp.Compare(x, y), cmp.Compare(r.logits[b], r.logits[a])); order != 0 {
			return order
		}
	}
	return cmp.Compare(a, b)
}

const (
	// near is how many candidates are dealt with one by one sooner than all are looked through again, and sorted how many are sorted.
	near, sorted = 1024, 48
	// aside is how far beside the place where a cut expects the last candidate it looks, so that it comes between two bounds.
	aside = 0.05
	// passes is how many times a cut looks through all candidates at most, before it deals with those in question one by one.
	passes = 24
)

// keep keeps the candidates that come first in the ranking until their weights add up to enough, or, where they are counted, until
// there are so many. That is the set that sorting them would give: sums of weights are exact. But the vocabulary is not sorted:
// bounds from both sides close in on the key of the last candidate that stays, and only what is between them is. The first bounds are
// guessed from a sample; as soon as few are left between them, those are moved together.
func (c *Candidates) keep(r ranking, counted bool, enough float64) {
	low, high := float32(-math.MaxFloat32), float32(math.Inf(1))
	// What is at least low is enough, what is at least high is not; least and most are their masses.
	least, most := 0.0, math.Inf(1)
	nHigh, nLow := 0, len(c.Logits)
	first, width, lower := c.Top(), 2*len(c.Logits)+1, false
	if r.logits != nil {
		first = kernel.Max(r.keys)
	}
	c.known = c.known && r.logits == nil
	guess := c.guess(&r, counted, enough, first)
	keys, weights, outside, massOutside, moved := r.keys, c.weights, 0, 0.0, false
	few := near // that are dealt with one by one
	for pass := 0; pass < passes && nLow-nHigh > few && math.Nextafter32(low, high) < high; pass++ {
		part := (enough - least) / (most - least)
		switch before := nLow - nHigh; {
		case !(part >= 0) || 2*before > width: // the mass is not spread evenly
			part = 0.5
		case lower:
			part -= part * aside
		default:
			part += (1 - part) * aside
		}
		width = nLow - nHigh
		bound := float32(0)
		if pass < len(guess) && guess[pass] > low && guess[pass] < high {
			bound = guess[pass]
		} else {
			bound = between(low, high, first, pass, part)
		}
		n, mass := outside, massOutside
		if counted {
			n += kernel.Count(keys, bound)
			mass = float64(n)
		} else {
			more, sum := kernel.Above(keys, weights, bound)
			n, mass = n+more, mass+sum
		}
		if mass >= enough {
			low, most, nLow, lower = bound, mass, n, true
		} else {
			high, least, nHigh, lower = bound, mass, n, false
		}
		if between := nLow - nHigh; !moved && between > sorted && 4*between <= len(keys) && low > -math.MaxFloat32 {
			moved, few = true, sorted
			found := c.room.part[:kernel.Indices(c.room.part[:len(keys)], keys, low, high)]
			keys = c.room.partKeys[:len(found)]
			for to, i := range found {
				keys[to] = r.keys[i]
			}
			if !counted {
				weights = c.room.partWeights[:len(found)]
				for to, i := range found {
					weights[to] = c.weights[i]
				}
			}
			outside, massOutside = nHigh, least
		}
	}
	if r.logits == nil && math.Nextafter32(low, high) >= high && nLow-nHigh > near {
		c.keepTied(r.keys, low, high, counted, enough-least)
		return
	}
	found := c.room.found[:kernel.Indices(c.room.found[:len(keys)], keys, low, high)]
	if moved {
		for to, i := range found {
			found[to] = c.room.part[i]
		}
	}
	n := c.first(&r, found, counted, enough-least)
	for _, i := range found[n:] {
		r.keys[i] = impossible
	}
	if counted {
		c.take(r.keys, low, nHigh+n)
		c.weighAgain()
		return
	}
	total := least
	for _, i := range found[:n] {
		total += float64(c.weights[i])
	}
	c.take(r.keys, low, nHigh+n)
	c.total = total
}

const (
	sampled = 2048 // candidates of which a guess looks at one in so many as make up this number
	steps   = 256  // of their keys
)

// guess looks at a sample for a bound below the key of the last candidate that stays and one above it.
func (c *Candidates) guess(r *ranking, counted bool, enough float64, first float32) (bounds [2]float32) {
	stride := len(r.keys) / sampled
	bounds = [2]float32{impossible, impossible}
	if stride < few {
		return bounds
	}
	last, count := first, 0
	for i := 0; i < len(r.keys); i += stride {
		if key := r.keys[i]; key > -math.MaxFloat32 {
			last = min(last, key)
			count++
		}
	}
	scale := steps / (float64(first) - float64(last))
	if count < sampled/2 || !(scale < math.MaxFloat32) {
		return bounds
	}
	var masses [steps + 1]float64
	total := 0.0
	for i := 0; i < len(r.keys); i += stride {
		if key := r.keys[i]; key > -math.MaxFloat32 {
			mass := 1.0
			if !counted {
				mass = float64(c.weights[i])
			}
			masses[int((float64(first)-float64(key))*scale)] += mass
			total += mass
		}
	}
	share := enough / c.total
	if counted {
		share = enough / (float64(count) * float64(stride))
	}
	margin := 2.5 * math.Sqrt(share*max(1-share, 0)/float64(count))
	key := func(step int) float32 { return float32(float64(first) - float64(step)/scale) }
	sum, above := 0.0, -1
	for i, mass := range masses {
		sum += mass
		if above < 0 && sum > (share-margin)*total {
			above = i
		}
		if sum >= (share+margin)*total {
			return [2]float32{key(i + 1), key(above)}
		}
	}
	return bounds
}

// take keeps the candidates whose keys are at least a bound, of which there are n.
func (c *Candidates) take(keys []float32, bound float32, n int) {
	if n*few <= len(c.Logits) {
		c.gather(kernel.Indices(c.room.found[:len(c.Logits)], keys, bound, float32(math.Inf(1))))
	} else {
		if c.weighed {
			kernel.Keep(c.weights, keys, bound, 0)
		}
		kernel.Keep(c.Logits, keys, bound, impossible)
	}
}

// between chooses the next bound between two others, of which the upper one may still be infinite and the lower one without
// meaning: part is where the key is that is looked for, on the way from the upper to the lower one, if the mass is spread evenly.
func between(low, high, first float32, pass int, part float64) float32 {
	switch {
	case high > math.MaxFloat32:
		return max(first, math.Nextafter32(low, high))
	case low == -math.MaxFloat32:
		if bound := high - float32(math.Ldexp(1, pass-1)); bound > low && bound < high {
			return bound
		}
		part = 0.5
	}
	bound := float32(float64(high) - part*(float64(high)-float64(low)))
	return min(max(bound, math.Nextafter32(low, high)), math.Nextafter32(high, low))
}

// keepTied keeps the candidates whose keys are above low, and the first of those at low, the logits of which are all the same,
// until they make up enough.
func (c *Candidates) keepTied(keys []float32, low, high float32, counted bool, enough float64) {
	each := 1.0
	if !counted {
		each = float64(c.weights[slices.Index(keys, low)])
	}
	n := int(math.Ceil(enough / each))
	const block = 512
	at := 0 // where the first that is dropped may be
	for ; at < len(keys); at += block {
		part := keys[at:min(at+block, len(keys))]
		tied := kernel.Count(part, low) - kernel.Count(part, high)
		if tied >= n {
			break
		}
		n -= tied
	}
	for ; at < len(keys) && n > 0; at++ {
		if keys[at] == low {
			n--
		}
	}
	kernel.Keep(keys[at:], keys[at:], high, impossible)
	c.take(keys, low, kernel.Count(keys, low))
	c.weighAgain()
}

// first brings those of the indices to the front that come first in the ranking and make up enough, at least one if there is any. It
// returns how many those are.
func (c *Candidates) first(r *ranking, indices []int32, counted bool, enough float64) (n int) {
	weight := func(i int32) float64 {
		if counted {
			return 1
		}
		return float64(c.weights[i])
	}
	if len(indices) > near && c.alike(r, indices) {
		return min(len(indices), int(math.Ceil(enough/weight(indices[0]))))
	}
	rest, mass := indices, 0.0
	for len(rest) > sorted {
		cut := partition(rest, r)
		sum := 0.0
		for _, i := range rest[:cut] {
			sum += weight(i)
		}
		if mass+sum >= enough {
			rest = rest[:cut]
			continue
		}
		mass += sum
		n += cut
		rest = rest[cut:]
	}
	slices.SortFunc(rest, r.compare)
	for _, i := range rest {
		n++
		if mass += weight(i); mass >= enough {
			break
		}
	}
	return n
}

// alike reports whether the indices rank by themselves alone.
func (c *Candidates) alike(r *ranking, indices []int32) bool {
	key, logit := r.keys[indices[0]], c.Logits[indices[0]]
	for _, i := range indices {
		if r.keys[i] != key || c.Logits[i] != logit {
			return false
		}
	}
	return true
}

// partition brings indices to the front that come before all others, at least one and not all.
func partition(indices []int32, r *ranking) int {
	last := len(indices) - 1
	a, b, c := 0, last/2, last
	if r.compare(indices[b], indices[a]) < 0 {
		a, b = b, a
	}
	if r.compare(indices[c], indices[b]) < 0 {
		b = c
		if r.compare(indices[b], indices[a]) < 0 {
			b = a
		}
	}
	pivot := indices[b]
	indices[b], indices[last] = indices[last], indices[b]
	n := 0
	for i := range last {
		if r.compare(indices[i], pivot) < 0 {
			indices[i], indices[n] = indices[n], indices[i]
			n++
		}
	}
	indices[n], indices[last] = indices[last], indices[n]
	return min(n+1, last)
}
