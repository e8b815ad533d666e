package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// An operation is tested against its formula in float64, on n numbers in slices
// that floats hands out.
type operation struct {
	name string
	test func(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(n int) []float32)
}

var operations = []operation{
	{"dot", testDot},
	{"axpy", testAxpy},
	{"add", testAdd},
	{"linear", testLinear},
	{"layerNorm", testLayerNorm},
	{"layerNorm in place", testLayerNormInPlace},
	{"softmax", testSoftmax},
	{"gelu", testGelu},
}

// exactDot returns Σ x·y and Σ |x·y|, the measure of what rounding may do.
func exactDot(x, y []float32) (sum, magnitude float64) {
	for i := range x {
		p := float64(x[i]) * float64(y[i])
		sum += p
		magnitude += math.Abs(p)
	}
	return sum, magnitude
}

func testDot(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	x, y := floats(n), floats(n)
	fill(random, x)
	fill(random, y)
	want, magnitude := exactDot(x, y)
	near(t, fmt.Sprintf("n=%d: dot", n), k.dot(x, y), want, 1e-6*magnitude)
}

func testAxpy(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	a := float32(random.NormFloat64())
	x, y, before := floats(n), floats(n), make([]float32, n)
	fill(random, x)
	fill(random, y)
	copy(before, y)
	k.axpy(a, x, y)
	for i := range y {
		ax := float64(a) * float64(x[i])
		tolerance := 1.2e-7 * (math.Abs(ax) + math.Abs(float64(before[i])))
		near(t, fmt.Sprintf("n=%d: y[%d]", n, i), y[i], float64(before[i])+ax, tolerance)
	}
}

func testAdd(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	x, y, before := floats(n), floats(n), make([]float32, n)
	fill(random, x)
	fill(random, y)
	copy(before, y)
	k.add(y, x)
	for i := range y {
		if want := before[i] + x[i]; y[i] != want {
			t.Fatalf("n=%d: y[%d] = %g, want exactly %g", n, i, y[i], want)
		}
	}
}

// testLinear takes n for the columns and sweeps positions and rows over what
// the tiles leave over.
func testLinear(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	shape := n % 20
	positions, rows := 1+shape%5, 1+shape/5*3
	l := &Linear{
		Y: floats(positions * rows), X: floats(positions * n), W: floats(rows * n), B: floats(rows),
		T: positions, Rows: rows, Cols: n,
	}
	fill(random, l.X)
	fill(random, l.W)
	fill(random, l.B)
	if n%2 == 1 {
		l.B = nil
	}
	k.linear(l, 0, rows)
	checkLinear(t, l)
}

func checkLinear(t *testing.T, l *Linear) {
	t.Helper()
	for p := range l.T {
		for r := range l.Rows {
			want, magnitude := exactDot(l.X[p*l.Cols:(p+1)*l.Cols], l.W[r*l.Cols:(r+1)*l.Cols])
			if l.B != nil {
				want += float64(l.B[r])
				magnitude += math.Abs(float64(l.B[r]))
			}
			what := fmt.Sprintf("T=%d Rows=%d Cols=%d: Y[%d,%d]", l.T, l.Rows, l.Cols, p, r)
			near(t, what, l.Y[p*l.Rows+r], want, 1e-6*magnitude)
		}
	}
}

func testLayerNorm(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	y, x, weight, bias := floats(n), floats(n), floats(n), floats(n)
	if n == 0 {
		return // rows of no width stop in LayerNorm
	}
	fill(random, x)
	fill(random, weight)
	fill(random, bias)
	k.layerNorm(y, x, weight, bias, 1e-5)
	checkLayerNorm(t, y, x, weight, bias)
}

func testLayerNormInPlace(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	y, weight, bias := floats(n), floats(n), floats(n)
	if n == 0 {
		return
	}
	fill(random, y)
	fill(random, weight)
	fill(random, bias)
	x := append([]float32(nil), y...)
	k.layerNorm(y, y, weight, bias, 1e-5)
	checkLayerNorm(t, y, x, weight, bias)
}

func checkLayerNorm(t *testing.T, y, x, weight, bias []float32) {
	t.Helper()
	n := float64(len(x))
	var mean, variance, largest float64
	for _, v := range x {
		mean += float64(v) / n
		largest = max(largest, math.Abs(float64(v)))
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / n
	}
	scale := 1 / math.Sqrt(variance+1e-5)
	for i := range y {
		w, b := float64(weight[i]), float64(bias[i])
		want := (float64(x[i])-mean)*scale*w + b
		tolerance := 1e-6 * (math.Abs(w)*(1+largest*scale) + math.Abs(b))
		near(t, fmt.Sprintf("n=%d: y[%d]", len(x), i), y[i], want, tolerance)
	}
}

func testSoftmax(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	x := floats(n)
	fill(random, x)
	for i := range x {
		x[i] *= 4
	}
	var sum float64
	want := make([]float64, n)
	for i, v := range x {
		want[i] = math.Exp(float64(v))
		sum += want[i]
	}
	softmax(k, x)
	for i := range x {
		p := want[i] / sum
		near(t, fmt.Sprintf("n=%d: p[%d]", n, i), x[i], p, 3e-6*p)
	}
}

func testGelu(t *testing.T, k *implementation, random *rand.Rand, n int, floats func(int) []float32) {
	x := floats(n)
	fill(random, x)
	for i := range x {
		x[i] *= 3
	}
	before := append([]float32(nil), x...)
	k.gelu(x)
	for i, v := range before {
		near(t, fmt.Sprintf("gelu(%g)", v), x[i], exactGelu(float64(v)), 5e-7*math.Abs(float64(v)))
	}
}

func exactGelu(x float64) float64 {
	return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
}
