package kernel

import "math"

// vectorBlock is how many numbers one call of an elementwise kernel takes: the
// runtime cannot stop a goroutine inside assembly, and this is a few
// microseconds.
const vectorBlock = 4096

// Softmax turns x into exp(x[i]) / Σ exp(x[j]), with the maximum subtracted
// first so that nothing overflows. A row of nothing but -Inf has no probability
// to share and becomes all 0. A NaN makes the whole row NaN, and so does +Inf.
func Softmax(x []float32) {
	raceWrite(x)
	softmax(&active, x)
}

func softmax(k *implementation, x []float32) {
	sum := softmaxWeights(k, x)
	if sum == 0 {
		return
	}
	scale := 1 / sum
	for i := range x {
		x[i] *= scale
	}
}

// softmaxWeights turns x into exp(x[i] - maximum) and returns their sum.
func softmaxWeights(k *implementation, x []float32) float32 {
	shift := k.maximum(x)
	if math.IsInf(float64(shift), -1) {
		shift = 0 // -Inf - -Inf is NaN
	}
	var sum float64
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		sum += float64(k.expSum(x[:n], shift))
		x = x[n:]
	}
	return float32(sum)
}

// Gelu applies GPT-2's activation (gelu_new) to each number of x:
//
//	0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
//
// It is the tanh approximation of https://arxiv.org/abs/1606.08415, section 2.
func Gelu(x []float32) {
	raceWrite(x)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		active.gelu(x[:n])
		x = x[n:]
	}
}

// expSumGeneric replaces x[i] by exp(x[i]-shift) and returns the sum of them.
func expSumGeneric(x []float32, shift float32) float32 {
	var sum float64
	for i, v := range x {
		v = Exp(v - shift)
		x[i] = v
		sum += float64(v)
	}
	return float32(sum)
}

func geluGeneric(x []float32) {
	for i, v := range x {
		// 0.5·(1 + tanh(u)) = 1 / (1 + exp(-2u))
		v := float64(v)
		cube := v * v * v
		e := exp(-2 * math.Sqrt2 / math.SqrtPi * (v + float64(0.044715*cube)))
		x[i] = float32(v / (1 + e))
	}
}
