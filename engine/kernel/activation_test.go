package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSoftmaxIsADistribution(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, n := range []int{1, 2, 9, 64, 1024, 50257} {
			for _, spread := range []float32{0, 1e-3, 1, 30, 1e30} {
				x := normal(random, n)
				for i := range x {
					x[i] *= spread
				}
				before := slices.Clone(x)
				softmax(k, x)
				var sum float64
				for i, p := range x {
					if !(p >= 0 && p <= 1.000001) {
						t.Fatalf("n=%d spread=%g: p[%d] = %g, want a probability", n, spread, i, p)
					}
					sum += float64(p)
				}
				if !(math.Abs(sum-1) <= 2e-6) {
					t.Fatalf("n=%d spread=%g: sum = %.9g, want 1 within 2e-6", n, spread, sum)
				}
				for i := 1; i < n; i++ {
					if before[i] < before[i-1] && x[i] > x[i-1] || before[i] > before[i-1] && x[i] < x[i-1] || before[i] == before[i-1] && x[i] != x[i-1] {
						t.Fatalf("n=%d spread=%g: order of %g, %g became %g, %g", n, spread, before[i-1], before[i], x[i-1], x[i])
					}
				}
			}
		}
	})
}

func TestSoftmaxOfShiftedRows(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		x := []float32{1, 2, 3, 4}
		y := []float32{1001, 1002, 1003, 1004}
		softmax(k, x)
		softmax(k, y)
		if !sameBits(x, y) {
			t.Errorf("softmax = %v, of the same row plus 1000 %v; want no difference", x, y)
		}
	})
}

func TestSoftmaxOfSpecialValues(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	tests := []struct {
		name    string
		x, want []float32
	}{
		{"empty", nil, nil},
		{"masked", []float32{-inf, 5, -inf, 5}, []float32{0, 0.5, 0, 0.5}},
		{"all masked", []float32{-inf, -inf, -inf}, []float32{0, 0, 0}},
		{"NaN", []float32{1, nan, 2}, []float32{nan, nan, nan}},
		{"NaN and masked", []float32{-inf, nan}, []float32{nan, nan}},
		{"nothing but NaN", []float32{nan}, []float32{nan}},
		{"+Inf", []float32{1, inf}, []float32{nan, nan}},
	}
	forEach(t, func(t *testing.T, k *implementation) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				x := slices.Clone(test.x)
				softmax(k, x)
				if !slices.EqualFunc(x, test.want, func(a, b float32) bool { return a == b || a != a && b != b }) {
					t.Errorf("softmax(%v) = %v, want %v", test.x, x, test.want)
				}
			})
		}
	})
}

func TestSoftmaxOfLogarithms(t *testing.T) {
	x := []float32{0, float32(math.Log(2)), float32(math.Log(5))}
	softmax(&active, x)
	for i, want := range []float64{0.125, 0.25, 0.625} {
		near(t, "p", x[i], want, 1e-7)
	}
}

// softmax turns x into probabilities as attention does, which scales last. A row without any stays 0.
func softmax(k *implementation, x []float32) {
	if sum := softmaxWeights(k, x); sum != 0 {
		for i := range x {
			x[i] *= 1 / sum
		}
	}
}

// An activation is an elementwise function with its formula in float64.
type activation struct {
	name     string
	exported func(x []float32)
	in       func(k *implementation) func(x []float32)
	exact    func(x float64) float64
}

var activations = []activation{
	{"gelu", Gelu, func(k *implementation) func(x []float32) { return k.gelu }, func(x float64) float64 {
		return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}},
	{"geluErf", GeluErf, func(k *implementation) func(x []float32) { return k.geluErf }, exactGeluErf},
	{"relu", Relu, func(k *implementation) func(x []float32) { return k.relu }, func(x float64) float64 { return math.Max(x, 0) }},
	{"silu", Silu, func(k *implementation) func(x []float32) { return k.silu }, exactSilu},
}

func exactGeluErf(x float64) float64 { return 0.5 * x * math.Erfc(-x/math.Sqrt2) }

func exactSilu(x float64) float64 { return x / (1 + math.Exp(-x)) }

// check holds what became of numbers to the formula.
func (a activation) check(t *testing.T, got, x []float32) {
	t.Helper()
	for i, v := range x {
		near(t, fmt.Sprintf("%s(%g)", a.name, v), got[i], a.exact(float64(v)), 5e-7*math.Abs(float64(v)))
	}
}

func (a activation) test(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x := floatsIn(memory, n)
	fill(random, x)
	for i := range x {
		x[i] *= 3
	}
	before := slices.Clone(x)
	a.in(k)(x)
	a.check(t, x, before)
}

func TestActivationsOverAWideRange(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, a := range activations {
			var x []float32
			for v := float32(-30); v <= 30; v += 0.0078125 {
				x = append(x, v)
			}
			x = append(x, 0, 1e-30, -1e-30, 1e20, -1e20, math.MaxFloat32, -math.MaxFloat32)
			before := slices.Clone(x)
			a.in(k)(x)
			a.check(t, x, before)
			for _, n := range []int{2, 8} { // fewer than a vector holds, and as many
				special := slices.Repeat([]float32{float32(math.Inf(1)), float32(math.NaN())}, n/2)
				a.in(k)(special)
				for i := 0; i < n; i += 2 {
					if !math.IsInf(float64(special[i]), 1) || special[i+1] == special[i+1] {
						t.Errorf("%s(+Inf, NaN) = %v, want [+Inf NaN]", a.name, special[i:i+2])
					}
				}
			}
		}
	})
}

// The generic code is exact but for the rounding to float32, also where GELU
// comes close to 0.
func TestGenericActivationsAreExact(t *testing.T) {
	for _, test := range []struct {
		name    string
		of      func(x []float32)
		exact   func(x float64) float64
		largest float32
	}{
		{"geluErf", geluErfGeneric, exactGeluErf, 16},
		{"silu", siluGeneric, exactSilu, 88},
	} {
		for bits := uint32(0); bits <= math.Float32bits(test.largest); bits += 4001 {
			for _, v := range []float32{math.Float32frombits(bits), -math.Float32frombits(bits)} {
				x, want := []float32{v}, test.exact(float64(v))
				test.of(x)
				if off := math.Abs(float64(x[0])-want) / unit(want); off > 0.6 {
					t.Fatalf("%s(%g) = %g, want %g within 0.6 units in the last place, is off by %.3f", test.name, v, x[0], want, off)
				}
			}
		}
	}
}

// Longer rows than one call of a kernel takes.
func TestActivationsOfManyNumbers(t *testing.T) {
	for _, a := range activations {
		x := normal(rand.New(rand.NewPCG(1, 2)), 2*vectorBlock+5)
		before := slices.Clone(x)
		a.exported(x)
		a.check(t, x, before)
	}
}
