package kernel

import (
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

func TestSoftmaxExported(t *testing.T) {
	x := []float32{0, float32(math.Log(2)), float32(math.Log(5))}
	Softmax(x)
	for i, want := range []float64{0.125, 0.25, 0.625} {
		near(t, "p", x[i], want, 1e-7)
	}
}

func TestGeluOverAWideRange(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		var x []float32
		for v := float32(-30); v <= 30; v += 0.0078125 {
			x = append(x, v)
		}
		x = append(x, 0, 1e-30, -1e-30, 1e20, -1e20, math.MaxFloat32, -math.MaxFloat32)
		before := slices.Clone(x)
		k.gelu(x)
		for i, v := range before {
			near(t, "gelu", x[i], exactGelu(float64(v)), 5e-7*math.Abs(float64(v)))
		}
		special := []float32{float32(math.Inf(1)), float32(math.NaN())}
		k.gelu(special)
		if !math.IsInf(float64(special[0]), 1) || special[1] == special[1] {
			t.Errorf("gelu(+Inf, NaN) = %v, want [+Inf NaN]", special)
		}
	})
}

// Longer rows than one call of a kernel takes.
func TestGeluOfManyNumbers(t *testing.T) {
	x := normal(rand.New(rand.NewPCG(1, 2)), 2*vectorBlock+5)
	before := slices.Clone(x)
	Gelu(x)
	for i, v := range before {
		near(t, "gelu", x[i], exactGelu(float64(v)), 5e-7*math.Abs(float64(v)))
	}
}
