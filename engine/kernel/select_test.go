package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// oddities are some of a row's numbers at which an order or a sum may go wrong.
func oddities(random *rand.Rand, x []float32) {
	for i := range x {
		switch random.IntN(20) {
		case 0:
			x[i] = float32(math.NaN())
		case 1:
			x[i] = float32(math.Inf(-1))
		case 2:
			x[i] = float32(math.Inf(1))
		case 3:
			x[i] = 0.5 // the bound
		}
	}
}

func testAbove(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, w := floatsIn(memory, n), floatsIn(memory, n)
	fill(random, x)
	fill(random, w)
	oddities(random, x)
	for i, v := range w {
		w[i] = float32(math.Round(float64(v)*4096)) / 4096 // sums are exact
	}
	count, mass := 0, 0.0
	for i, v := range x {
		if v >= 0.5 {
			count++
			mass += float64(w[i])
		}
	}
	if c, m := k.above(x, w, 0.5); c != count || m != mass {
		t.Fatalf("n=%d: above gives %d, %g, want %d, %g", n, c, m, count, mass)
	}
	if c := k.count(x, 0.5); c != count {
		t.Fatalf("n=%d: count is %d, want %d", n, c, count)
	}
}

func testIndices(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x := floatsIn(memory, n)
	fill(random, x)
	oddities(random, x)
	for _, high := range []float32{1, float32(math.Inf(1)), 0.5} {
		to := make([]int32, n)
		var want []int32
		for i, v := range x {
			if v >= 0.5 && v < high {
				want = append(want, 7+int32(i))
			}
		}
		if found := k.indices(to, x, 0.5, high, 7); !slices.Equal(to[:found], want) {
			t.Fatalf("n=%d: the indices are %d, want %d", n, to[:found], want)
		}
	}
}

func testKeep(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, key := floatsIn(memory, n), floatsIn(memory, n)
	fill(random, x)
	fill(random, key)
	oddities(random, key)
	want := slices.Clone(x)
	for i, v := range key {
		if !(v >= 0.5) {
			want[i] = -7
		}
	}
	if k.keep(x, key, 0.5, -7); !slices.Equal(x, want) {
		t.Fatalf("n=%d: kept %g, want %g", n, x, want)
	}
}

func testScale(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x := floatsIn(memory, n)
	fill(random, x)
	want := make([]float32, n)
	for i, v := range x {
		want[i] = float32((float64(v) - 0.1) * 1.7)
	}
	if k.scale(x, 0.1, 1.7); !sameBits(x, want) {
		t.Fatalf("n=%d: scaled to %g, want %g", n, x, want)
	}
}

func testNearness(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, y := floatsIn(memory, n), floatsIn(memory, n)
	fill(random, x)
	want := make([]float32, n)
	for i, v := range x {
		want[i] = float32(-math.Abs(float64(v) - 0.3))
	}
	if k.nearness(y, x, 0.3); !sameBits(y, want) {
		t.Fatalf("n=%d: nearness %g, want %g", n, y, want)
	}
}

func testMoment(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, w := floatsIn(memory, n), floatsIn(memory, n)
	fill(random, x)
	fill(random, w)
	want := 0.0
	for i := range x {
		if i%5 == 3 {
			x[i], w[i] = float32(math.Inf(-1)), 0
		} else {
			want += float64(w[i]) * (float64(x[i]) - 0.2)
		}
	}
	if got := k.moment(w, x, 0.2); !(math.Abs(got-want) <= 1e-10*float64(n+1)) {
		t.Fatalf("n=%d: moment %g, want %g", n, got, want)
	}
}

func testRoundSum(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	w := floatsIn(memory, n)
	want, sum := make([]float32, n), 0.0
	for i := range w {
		w[i] = float32(math.Exp(-40 * random.Float64()))
		want[i] = float32(math.RoundToEven(float64(w[i])*(1<<36)) / (1 << 36))
		sum += float64(want[i])
	}
	if got := k.roundSum(w); got != sum || !sameBits(w, want) {
		t.Fatalf("n=%d: sum %v, want %v", n, got, sum)
	}
}

// The sum of weights does not depend on their order, to the last bit.
func TestWeightsAddUpInAnyOrder(t *testing.T) {
	forEach(t, func(t *testing.T, _ *implementation) {
		random := rand.New(rand.NewPCG(3, 4))
		x := make([]float32, 50257)
		for i := range x {
			x[i] = float32(5 * random.NormFloat64())
		}
		w := make([]float32, len(x))
		most := Max(x)
		sum := Weights(w, x, most)
		exact := 0.0
		for i, v := range x {
			want := math.Exp(float64(v) - float64(most))
			if d := math.Abs(float64(w[i]) - want); !(d <= 2e-6*want+1.0/(1<<37)) {
				t.Fatalf("weight of %g is %g, want %g", v, w[i], want)
			}
			exact += want
		}
		if !(math.Abs(sum-exact) <= 1e-6*exact) {
			t.Errorf("the weights add up to %g, want %g", sum, exact)
		}
		for range 5 {
			random.Shuffle(len(w), func(i, j int) { w[i], w[j] = w[j], w[i] })
			other := 0.0
			for _, v := range w {
				other += float64(v)
			}
			if other != sum {
				t.Fatalf("the weights add up to %v and, in another order, to %v", sum, other)
			}
		}
	})
}

func TestEntropy(t *testing.T) {
	inf := float32(math.Inf(1))
	forEach(t, func(t *testing.T, _ *implementation) {
		random := rand.New(rand.NewPCG(5, 6))
		rows := [][]float32{{1}, {2, 2, 2, 2}, {-inf, 3, 3}, {1000, 0}, {-1000, -1000, -inf}}
		for _, n := range []int{7, 100, 513, 50257} {
			rows = append(rows, normal(random, n))
		}
		for _, x := range rows {
			top := float64(Max(x))
			sum, moment := 0.0, 0.0
			for _, v := range x {
				if e := math.Exp(float64(v) - top); e > 0 {
					sum += e
					moment += e * (float64(v) - top)
				}
			}
			wantEntropy, wantSum := math.Log(sum)-moment/sum, top+math.Log(sum)
			if e, s := Entropy(x, make([]float32, len(x))); !(math.Abs(e-wantEntropy) <= 1e-6*max(1, wantEntropy)) || !(math.Abs(s-wantSum) <= 1e-6) {
				t.Errorf("%d numbers: entropy %g, log-sum %g, want %g, %g", len(x), e, s, wantEntropy, wantSum)
			}
		}
		for _, x := range [][]float32{{1, float32(math.NaN())}, {inf, 1}} {
			if e, s := Entropy(x, make([]float32, len(x))); e == e || s == s {
				t.Errorf("entropy of %g is %g, log-sum %g, want NaN", x, e, s)
			}
		}
	})
}
