//go:build arm64 && !purego

package kernel

import "math"

func layerNormNEON(y, x, weight, bias []float32, epsilon float32) {
	n := len(x) &^ 7
	var sum, squares float32
	if n > 0 {
		sum = sum8NEON(&x[0], n)
	}
	for _, v := range x[n:] {
		sum += v
	}
	mean := sum / float32(len(x))
	if n > 0 {
		squares = squares8NEON(&x[0], n, mean)
	}
	for _, v := range x[n:] {
		squares += float32((v - mean) * (v - mean))
	}
	variance := squares / float32(len(x))
	scale := float32(1 / math.Sqrt(float64(variance)+float64(epsilon)))
	if n > 0 {
		_, _, _ = y[n-1], weight[n-1], bias[n-1]
		normalize8NEON(&y[0], &x[0], &weight[0], &bias[0], n, mean, scale)
	}
	for i := n; i < len(x); i++ {
		unit := (x[i] - mean) * scale
		y[i] = float32(unit*weight[i]) + bias[i]
	}
}

// for i := range n { sum += x[i] }
//
//go:noescape
func sum8NEON(x *float32, n int) (sum float32)

// for i := range n { sum += (x[i] - mean) * (x[i] - mean) }
//
//go:noescape
func squares8NEON(x *float32, n int, mean float32) (sum float32)

// for i := range n { y[i] = (x[i]-mean)*scale*weight[i] + bias[i] }
//
//go:noescape
func normalize8NEON(y, x, weight, bias *float32, n int, mean, scale float32)
