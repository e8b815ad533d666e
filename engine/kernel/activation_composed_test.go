package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var composedActivations = []struct {
	name     string
	exported func(x []float32)
	in       func(k *implementation, x []float32)
	exact    func(x float64) float64
	end      float32 // at +Inf
}{
	{"quickGelu", QuickGelu, quickGelu, func(x float64) float64 { return x / (1 + math.Exp(-1.702*x)) }, float32(math.Inf(1))},
	{"gelu10", Gelu10, gelu10, func(x float64) float64 { return min(max(exactGeluErf(x), -10), 10) }, 10},
	{"relu2", Relu2, relu2, func(x float64) float64 { return max(x, 0) * max(x, 0) }, float32(math.Inf(1))},
	{"relu6", Relu6, relu6, func(x float64) float64 { return min(max(x, 0), 6) }, 6},
	{"leakyRelu", LeakyRelu, leakyRelu, func(x float64) float64 { return max(x, 0) + 0.01*min(x, 0) }, float32(math.Inf(1))},
	{"tanh", Tanh, tanh, math.Tanh, 1},
	{"sigmoid", Sigmoid, sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 1},
	{"mish", Mish, mish, func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(min(x, 700)))) }, float32(math.Inf(1))},
}

func TestComposedActivations(t *testing.T) {
	for _, a := range composedActivations {
		check := func(t *testing.T, got, x []float32) {
			t.Helper()
			for i, v := range x {
				want := a.exact(float64(v))
				if math.Abs(want) > math.MaxFloat32 {
					want = math.Copysign(math.Inf(1), want)
				}
				near(t, fmt.Sprintf("%s(%g)", a.name, v), got[i], want, 5e-7*max(math.Abs(float64(v)), math.Abs(want)))
			}
		}
		forEach(t, func(t *testing.T, k *implementation) {
			var x []float32
			for v := float32(-30); v <= 30; v += 0.0078125 {
				x = append(x, v)
			}
			x = append(x, 0, 1e-30, -1e-30, 0.2499999, 0.25, -0.25, 1e18, -1e18, -1e20, -math.MaxFloat32)
			for part := range slices.Chunk(x, composedBlock) {
				before := slices.Clone(part)
				a.in(k, part)
				check(t, part, before)
			}
			special := []float32{float32(math.Inf(1)), float32(math.NaN())}
			a.in(k, special)
			if special[0] != a.end || special[1] == special[1] {
				t.Errorf("%s(+Inf, NaN) = %v, want [%v NaN]", a.name, special, a.end)
			}
		})
		long := normal(rand.New(rand.NewPCG(1, 2)), 2*composedBlock+5)
		before := slices.Clone(long)
		a.exported(long)
		check(t, long, before)
		// Under the race detector a pool forgets one block in four: over many runs that is no allocation a run.
		if n := testing.AllocsPerRun(200, func() { a.exported(long) }); n > 0 {
			t.Errorf("%s: %v allocations", a.name, n)
		}
	}
}
