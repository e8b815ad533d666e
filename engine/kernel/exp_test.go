package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// unit returns the distance between x, rounded to float32, and the next float32
// further from 0.
func unit(x float64) float64 {
	_, exponent := math.Frexp(x)
	return math.Ldexp(1, max(exponent-24, -149))
}

// wholeRange calls f with numbers spread over all float32 x whose e^x is
// neither 0 nor infinite.
func wholeRange(f func(x float32)) {
	step := uint32(4001)
	if testing.Short() {
		step = 40009
	}
	for bits := uint32(0); bits <= math.Float32bits(88.7228); bits += step {
		f(math.Float32frombits(bits))
	}
	for bits := uint32(0); bits <= math.Float32bits(103.97); bits += step {
		f(-math.Float32frombits(bits))
	}
}

func TestExpIsWithinHalfAUnit(t *testing.T) {
	wholeRange(func(x float32) {
		want := math.Exp(float64(x))
		if off := math.Abs(float64(Exp(x))-want) / unit(want); off > 0.51 {
			t.Fatalf("Exp(%g) = %g, want %g within 0.51 units in the last place, is off by %.3f", x, Exp(x), want, off)
		}
	})
}

// The exponential inside softmax may be coarser than Exp, by little.
func TestExpSumIsWithinOneUnit(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		var x [8]float32
		wholeRange(func(v float32) {
			for i := range x {
				x[i] = v
			}
			k.expSum(x[:], 0)
			want := math.Exp(float64(v))
			if off := math.Abs(float64(x[0])-want) / unit(want); off > 1 {
				t.Fatalf("exp(%g) = %g, want %g within a unit in the last place, is off by %.3f", v, x[0], want, off)
			}
			for _, other := range x[1:] {
				if other != x[0] {
					t.Fatalf("exp(%g) = %v: the lanes differ", v, x)
				}
			}
		})
	})
}

func TestExpAtTheEnds(t *testing.T) {
	inf := float32(math.Inf(1))
	tests := []struct {
		x     float32
		limit float32 // what e^x is exactly, or -1 to ask math.Exp
	}{
		{0, 1},
		{float32(math.Copysign(0, -1)), 1},
		{1, -1},
		{88.72283, -1}, // the largest with a finite result
		{88.72284, inf},
		{89.5, inf},
		{math.MaxFloat32, inf},
		{inf, inf},
		{-87.4, -1}, // denormal from here on
		{-103.9, math.SmallestNonzeroFloat32},
		{-104, 0},
		{-105, 0},
		{-math.MaxFloat32, 0},
		{-inf, 0},
	}
	check := func(t *testing.T, x, got, limit float32, units float64) {
		t.Helper()
		want := math.Exp(float64(x))
		if limit >= 0 && got != limit || limit < 0 && !(math.Abs(float64(got)-want) <= units*unit(want)) {
			t.Errorf("exp(%g) = %g, want %g", x, got, want)
		}
	}
	for _, test := range tests {
		check(t, test.x, Exp(test.x), test.limit, 0.51)
	}
	if got := Exp(float32(math.NaN())); got == got {
		t.Errorf("Exp(NaN) = %g, want NaN", got)
	}
	forEach(t, func(t *testing.T, k *implementation) {
		for _, test := range tests {
			x := []float32{test.x}
			k.expSum(x, 0)
			check(t, test.x, x[0], test.limit, 1)
		}
		x := []float32{float32(math.NaN())}
		if sum := k.expSum(x, 0); x[0] == x[0] || sum == sum {
			t.Errorf("exp(NaN) = %g, sum %g, want NaN", x[0], sum)
		}
	})
}

func TestLogSumExp(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	tests := []struct {
		name string
		x    []float32
		want float64
	}{
		{"empty", nil, math.Inf(-1)},
		{"one", []float32{3.5}, 3.5},
		{"two alike", []float32{1, 1}, 1 + math.Ln2},
		{"large", []float32{1e30, 1e30}, float64(float32(1e30)) + math.Ln2},
		{"large negative", []float32{-1000, -1000}, -1000 + math.Ln2},
		{"one impossible", []float32{-inf, 2}, 2},
		{"all impossible", []float32{-inf, -inf}, math.Inf(-1)},
		{"certain", []float32{inf, 2}, math.Inf(1)},
		{"NaN", []float32{1, nan}, math.NaN()},
		{"nothing but NaN", []float32{nan, nan}, math.NaN()},
		{"impossible and NaN", []float32{-inf, nan}, math.NaN()},
		{"certain and NaN", []float32{inf, nan}, math.NaN()},
	}
	forEach(t, func(t *testing.T, _ *implementation) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				got := LogSumExp(test.x)
				if math.IsNaN(test.want) && math.IsNaN(got) || got == test.want {
					return
				}
				if !(math.Abs(got-test.want) <= 3e-7*max(1, math.Abs(test.want))) {
					t.Errorf("LogSumExp(%v) = %g, want %g", test.x, got, test.want)
				}
			})
		}
		random := rand.New(rand.NewPCG(1, 2))
		for _, n := range []int{1, 7, 8, 100, 513, 50257} {
			x := normal(random, n)
			var sum float64
			for _, v := range x {
				sum += math.Exp(float64(v))
			}
			if got, want := LogSumExp(x), math.Log(sum); !(math.Abs(got-want) <= 3e-7) {
				t.Errorf("LogSumExp of %d numbers = %.12g, want %.12g", n, got, want)
			}
		}
	})
}
