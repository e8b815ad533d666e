//go:build arm64 && !purego

package kernel

import "math"

func expSumNEON(x []float32, shift float32) float32 {
	var sum float32
	n := len(x) &^ 7
	if n > 0 {
		sum = expSum8NEON(&x[0], n, shift)
	}
	if n < len(x) {
		rest := eight(x[n:])
		sum += expSum8NEON(&rest[0], 8, shift)
		copy(x[n:], rest[:])
	}
	return sum
}

// eight returns x and numbers whose exponentials add nothing.
func eight(x []float32) (rest [8]float32) {
	for i := range rest {
		rest[i] = float32(math.Inf(-1))
	}
	copy(rest[:], x)
	return rest
}

// for i := range n { x[i] = exp(x[i] - shift); sum += x[i] }
//
// Each exponential is within one unit in the last place.
//
//go:noescape
func expSum8NEON(x *float32, n int, shift float32) (sum float32)

func sumExpNEON(x []float32, shift float32) float32 {
	var sum float32
	n := len(x) &^ 7
	if n > 0 {
		sum = sumExp8NEON(&x[0], n, shift)
	}
	if n < len(x) {
		rest := eight(x[n:])
		sum += sumExp8NEON(&rest[0], 8, shift)
	}
	return sum
}

// for i := range n { sum += exp(x[i] - shift) }
//
//go:noescape
func sumExp8NEON(x *float32, n int, shift float32) (sum float32)

func geluNEON(x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		gelu8NEON(&x[0], n)
	}
	if n < len(x) {
		var rest [8]float32
		copy(rest[:], x[n:])
		gelu8NEON(&rest[0], 8)
		copy(x[n:], rest[:])
	}
}

// for i := range n { x[i] /= 1 + exp(-2*sqrt(2/π)*(x[i] + 0.044715*x[i]³)) }
//
//go:noescape
func gelu8NEON(x *float32, n int)

func geluErfNEON(x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		geluErf8NEON(&x[0], n)
	}
	if n < len(x) {
		var rest [8]float32
		copy(rest[:], x[n:])
		geluErf8NEON(&rest[0], 8)
		copy(x[n:], rest[:])
	}
}

// for i := range n { x[i] *= Φ(x[i]) }, as in geluErfGeneric
//
//go:noescape
func geluErf8NEON(x *float32, n int)

func reluNEON(x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		relu8NEON(&x[0], n)
	}
	reluGeneric(x[n:])
}

// for i := range n { x[i] = max(x[i], 0) }
//
//go:noescape
func relu8NEON(x *float32, n int)

func siluNEON(x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		silu8NEON(&x[0], n)
	}
	if n < len(x) {
		var rest [8]float32
		copy(rest[:], x[n:])
		silu8NEON(&rest[0], 8)
		copy(x[n:], rest[:])
	}
}

// for i := range n { x[i] /= 1 + exp(-x[i]) }
//
//go:noescape
func silu8NEON(x *float32, n int)
