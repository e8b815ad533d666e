package kernel

import "math"

// What follows works on a row of logits: weights, counts and sums over the
// candidates above a bound, for sampling without sorting a vocabulary.

// weightRounding rounds a float64 from 0 to 2^15 to a multiple of 2^-36 when it
// is added and subtracted again.
const weightRounding = 1.5 * (1 << 16)

// lowestExponent is a number whose exponential is 0 in float32.
const lowestExponent = -104

// Weights sets w to exp(x[i] - shift), rounded to multiples of 2^-36, and
// returns their sum. shift is the largest of x. So rounded, sums of up to 131,072
// weights are exact in float64, whatever their order and grouping: which
// candidates make up a given mass does not depend on how they are looked for.
func Weights(w, x []float32, shift float32) float64 {
	mustMatch("Weights", "w", len(w), "x", len(x))
	raceRead(x)
	raceWrite(w)
	var sum float64
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		copy(w, x[:n])
		active.expSum(w[:n], shift)
		sum += active.roundSum(w[:n])
		w, x = w[n:], x[n:]
	}
	return sum
}

// Above counts the numbers of x that are at least the bound, and returns the sum
// of their weights.
func Above(x, w []float32, bound float32) (count int, mass float64) {
	mustMatch("Above", "x", len(x), "w", len(w))
	raceRead(x)
	raceRead(w)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		c, m := active.above(x[:n], w[:n], bound)
		count, mass = count+c, mass+m
		x, w = x[n:], w[n:]
	}
	return count, mass
}

// Count counts the numbers of x that are at least the bound.
func Count(x []float32, bound float32) int {
	raceRead(x)
	count := 0
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		count += active.count(x[:n], bound)
		x = x[n:]
	}
	return count
}

// Indices sets the first of to to the indices of the numbers of x from low up to
// high, which is not among them, in order, and returns how many those are. to
// has room for len(x).
func Indices(to []int32, x []float32, low, high float32) int {
	mustMatch("Indices", "to", len(to), "x", len(x))
	raceRead(x)
	raceWrite(to)
	found := 0
	for from := 0; from < len(x); from += vectorBlock {
		found += active.indices(to[found:], x[from:min(from+vectorBlock, len(x))], low, high, int32(from))
	}
	return found
}

// Keep replaces the numbers of x whose keys are below the bound.
func Keep(x, key []float32, bound, other float32) {
	mustMatch("Keep", "x", len(x), "key", len(key))
	raceRead(key)
	raceWrite(x)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		active.keep(x[:n], key[:n], bound, other)
		x, key = x[n:], key[n:]
	}
}

// Scale replaces each number x by (x - shift)·factor, computed in float64.
func Scale(x []float32, shift, factor float64) {
	raceWrite(x)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		active.scale(x[:n], shift, factor)
		x = x[n:]
	}
}

// Moment returns Σ w[i]·(x[i] - shift), where a difference below -104, such as
// that of -Inf, counts as -104: its weight is 0.
func Moment(w, x []float32, shift float64) float64 {
	mustMatch("Moment", "w", len(w), "x", len(x))
	raceRead(w)
	raceRead(x)
	var sum float64
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		sum += active.moment(w[:n], x[:n], shift)
		w, x = w[n:], x[n:]
	}
	return sum
}

// Nearness sets y to -|x[i] - mean|, computed in float64.
func Nearness(y, x []float32, mean float64) {
	mustMatch("Nearness", "y", len(y), "x", len(x))
	raceRead(x)
	raceWrite(y)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		active.nearness(y[:n], x[:n], mean)
		y, x = y[n:], x[n:]
	}
}

// Entropy returns that of the softmax of x in nats, and log Σ exp(x[i]); both are
// NaN where x holds a NaN or +Inf. It works in room, which is as long as x.
func Entropy(x, room []float32) (entropy, logSum float64) {
	mustMatch("Entropy", "x", len(x), "room", len(room))
	raceRead(x)
	shift := active.maximum(x)
	if math.IsInf(float64(shift), -1) {
		shift = 0 // -Inf - -Inf is NaN
	}
	const block = 512 // numbers whose sum is taken in float32
	var sum, moment float64
	for len(x) > 0 {
		n := min(block, len(x))
		w := room[:n] // stays in the cache
		copy(w, x)
		sum += float64(active.expSum(w, shift))
		moment += active.moment(w, x[:n], float64(shift))
		x = x[n:]
	}
	return math.Log(sum) - moment/sum, float64(shift) + math.Log(sum)
}

// roundSumGeneric rounds w to multiples of 2^-36 and returns their sum.
func roundSumGeneric(w []float32) float64 {
	var sum float64
	for i, v := range w {
		r := (float64(v) + weightRounding) - weightRounding
		w[i] = float32(r)
		sum += r
	}
	return sum
}

func aboveGeneric(x, w []float32, bound float32) (count int, mass float64) {
	for i, v := range x {
		if v >= bound {
			count++
			mass += float64(w[i])
		}
	}
	return count, mass
}

func countGeneric(x []float32, bound float32) int {
	count := 0
	for _, v := range x {
		if v >= bound {
			count++
		}
	}
	return count
}

// indicesGeneric adds base to each index.
func indicesGeneric(to []int32, x []float32, low, high float32, base int32) int {
	found := 0
	for i, v := range x {
		if v >= low && v < high {
			to[found] = base + int32(i)
			found++
		}
	}
	return found
}

func keepGeneric(x, key []float32, bound, other float32) {
	for i, k := range key {
		if !(k >= bound) {
			x[i] = other
		}
	}
}

func scaleGeneric(x []float32, shift, factor float64) {
	for i, v := range x {
		x[i] = float32((float64(v) - shift) * factor)
	}
}

func momentGeneric(w, x []float32, shift float64) float64 {
	var sum float64
	for i, v := range x {
		sum += float64(float64(w[i]) * max(float64(v)-shift, lowestExponent))
	}
	return sum
}

func nearnessGeneric(y, x []float32, mean float64) {
	for i, v := range x {
		y[i] = float32(-math.Abs(float64(v) - mean))
	}
}
