package kernel

import "math"

// vectorBlock is how many numbers one call of an elementwise kernel takes: the
// runtime cannot stop a goroutine inside assembly, and this is a few
// microseconds.
const vectorBlock = 4096

// softmaxWeights turns x into exp(x[i] - maximum), so that nothing overflows, and
// returns their sum. A row of nothing but -Inf becomes all 0. A NaN makes the
// sum NaN, and so does +Inf.
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
func Gelu(x []float32) { elementwise(active.gelu, x) }

// GeluErf applies the exact GELU of the same section to each number of x:
//
//	x·Φ(x) = 0.5·x·(1 + erf(x/√2))
func GeluErf(x []float32) { elementwise(active.geluErf, x) }

// Relu replaces each negative number of x by 0.
func Relu(x []float32) { elementwise(active.relu, x) }

// Silu applies the sigmoid linear unit of the same section, also called swish,
// to each number of x:
//
//	x / (1 + exp(-x))
func Silu(x []float32) { elementwise(active.silu, x) }

func elementwise(f func(x []float32), x []float32) {
	raceWrite(x)
	for len(x) > 0 {
		n := min(vectorBlock, len(x))
		f(x[:n])
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

func geluErfGeneric(x []float32) {
	for i, v := range x {
		// For x < 0 this is x·(1 - Φ(-x)), without cancellation.
		v := float64(v)
		t := min(math.Abs(v), upperTailEnd)
		x[i] = float32(max(v, 0) - float64(t*upperTail(t)))
	}
}

// upperTailEnd is a number whose upper tail, times itself, is 0 in float32.
const upperTailEnd = 15

// upperTail returns 1 - Φ(t), the probability that a standard normal number is
// larger than t, for t from 0 to upperTailEnd:
//
//	e^(-t²/2)·s·(tail[0] + tail[1]·s + ... + tail[9]·s⁹), s = 1 / (1 + 0.3·t)
//
// The form is that of Abramowitz and Stegun, 7.1.26; the coefficients, by the
// Remez algorithm, have a relative error of 3.5e-9.
func upperTail(t float64) float64 {
	s := 1 / (1 + float64(0.3*t))
	p := tail[len(tail)-1]
	for i := len(tail) - 2; i >= 0; i-- {
		p = float64(p*s) + tail[i]
	}
	return exp(float64(-0.5*t)*t) * s * p
}

var tail = [...]float64{
	0.11968669715513944, 0.1195716783347726, 0.11023649496746547, 0.0783848976420001, 0.09616993785009834,
	-0.07944682587698154, 0.1918114207536725, -0.2282329723411107, 0.11244355060196108, -0.020624880817584512,
}

func reluGeneric(x []float32) {
	for i, v := range x {
		x[i] = max(v, 0)
	}
}

func siluGeneric(x []float32) {
	for i, v := range x {
		v := float64(v)
		x[i] = float32(v / (1 + exp(-v)))
	}
}
