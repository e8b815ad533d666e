//go:build amd64 && !purego

package kernel

// for i := range x { x[i] = exp(x[i] - shift); sum += x[i] }
//
// Each exponential is within one unit in the last place. A softmax over 1024
// numbers takes 1.6 µs on an AMD EPYC (Zen 4), against 7 for the generic code.
//
//go:noescape
func expSumAVX2(x []float32, shift float32) (sum float32)

// The same bits, with vectors of 512 bits.
//
//go:noescape
func expSumAVX512(x []float32, shift float32) (sum float32)

// for i := range x { sum += exp(x[i] - shift) }
//
//go:noescape
func sumExpAVX2(x []float32, shift float32) (sum float32)

// for i := range x { x[i] /= 1 + exp(-2*sqrt(2/π)*(x[i] + 0.044715*x[i]³)) }
//
// 0.7 ns a number on an AMD EPYC (Zen 4), against 23 for the generic code.
//
//go:noescape
func geluAVX2(x []float32)

// The same bits, with vectors of 512 bits.
//
//go:noescape
func geluAVX512(x []float32)

// for i := range x { x[i] *= Φ(x[i]) }, as in geluErfGeneric
//
// 1 ns a number on an AMD EPYC (Zen 4), against 21 for the generic code.
//
//go:noescape
func geluErfAVX2(x []float32)

// for i := range x { x[i] = max(x[i], 0) }
//
//go:noescape
func reluAVX2(x []float32)

// for i := range x { x[i] /= 1 + exp(-x[i]) }
//
// 0.5 ns a number on an AMD EPYC (Zen 4), against 19 for the generic code.
//
//go:noescape
func siluAVX2(x []float32)
