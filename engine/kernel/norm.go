package kernel

import (
	"fmt"
	"math"
)

// LayerNorm writes the row x, brought to mean 0 and variance 1, times weight
// plus bias, to y:
//
//	y[i] = (x[i] - mean) / √(variance + epsilon) · weight[i] + bias[i]
//
// The variance is that of the population (divided by n) and is taken in a
// second pass, around the mean. y may be x.
func LayerNorm(y, x, weight, bias []float32, epsilon float32) {
	if n := len(x); len(y) != n || len(weight) != n || len(bias) != n {
		panic(fmt.Sprintf("kernel: LayerNorm: y, x, weight, bias hold %d, %d, %d, %d numbers; they must be as many",
			len(y), n, len(weight), len(bias)))
	}
	if len(x) == 0 {
		return
	}
	raceRead(x)
	raceRead(weight)
	raceRead(bias)
	raceWrite(y)
	active.layerNorm(y, x, weight, bias, epsilon)
}

func layerNormGeneric(y, x, weight, bias []float32, epsilon float32) {
	n := float64(len(x))
	var sum, squares float64
	for _, v := range x {
		sum += float64(v)
	}
	mean := sum / n
	for _, v := range x {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	scale := 1 / math.Sqrt(squares/n+float64(epsilon))
	for i, v := range x {
		unit := float32((float64(v) - mean) * scale)
		y[i] = float32(unit*weight[i]) + bias[i]
	}
}
