package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestLayerNormHasMeanZeroAndVarianceOne(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, n := range []int{16, 100, 768, 1600} {
			for _, centre := range []float32{0, 1, 1000} {
				x, y := normal(random, n), make([]float32, n)
				weight, bias := make([]float32, n), make([]float32, n)
				for i := range x {
					x[i] = 3*x[i] + centre
					weight[i] = 1
				}
				k.layerNorm(y, x, weight, bias, 0)
				var mean, variance float64
				for _, v := range y {
					mean += float64(v) / float64(n)
				}
				for _, v := range y {
					variance += (float64(v) - mean) * (float64(v) - mean) / float64(n)
				}
				// A float32 around 1000 is rounded to 3e-5.
				tolerance := 2e-6 + 1e-7*float64(centre)
				if !(math.Abs(mean) <= tolerance && math.Abs(variance-1) <= tolerance) {
					t.Errorf("n=%d around %g: mean %g, variance %.9g; want 0 and 1 within %g", n, centre, mean, variance, tolerance)
				}
			}
		}
	})
}

func TestLayerNormOfEqualNumbersIsTheBias(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, n := range []int{1, 8, 13, 64} {
			x, y := make([]float32, n), make([]float32, n)
			weight, bias := normal(rand.New(rand.NewPCG(1, 2)), n), normal(rand.New(rand.NewPCG(3, 4)), n)
			for i := range x {
				x[i] = 0.5
			}
			k.layerNorm(y, x, weight, bias, 1e-5)
			if !sameBits(y, bias) {
				t.Errorf("n=%d: %v, want the bias %v", n, y, bias)
			}
		}
	})
}

func TestLayerNormOfNothing(t *testing.T) {
	LayerNorm(nil, nil, nil, nil, 1e-5)
}

func TestLayerNormNaN(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		x := normal(rand.New(rand.NewPCG(1, 2)), 21)
		x[20] = float32(math.NaN())
		weight, bias, y := normal(rand.New(rand.NewPCG(3, 4)), 21), make([]float32, 21), make([]float32, 21)
		k.layerNorm(y, x, weight, bias, 1e-5)
		for i, v := range y {
			if v == v {
				t.Errorf("y[%d] = %g, want NaN", i, v)
			}
		}
	})
}
