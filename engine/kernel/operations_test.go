package kernel

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// An operation is tested against its formula in float64, on n numbers in memory
// that the test hands out.
type operation struct {
	name string
	test func(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory)
}

var operations = []operation{
	{"add", testAdd},
	{"maximum", testMaximum},
	{"multiply", testMultiply},
	{"pack", testPack},
	{"layerNorm", testLayerNorm},
	{"layerNorm in place", testLayerNormInPlace},
	{"softmax", testSoftmax},
	{"gelu", activations[0].test},
	{"geluErf", activations[1].test},
	{"relu", activations[2].test},
	{"silu", activations[3].test},
	{"above", testAbove},
	{"indices", testIndices},
	{"keep", testKeep},
	{"scale", testScale},
	{"nearness", testNearness},
	{"moment", testMoment},
	{"roundSum", testRoundSum},
}

func testAdd(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, y, before := floatsIn(memory, n), floatsIn(memory, n), make([]float32, n)
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

func testMaximum(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x := floatsIn(memory, n)
	fill(random, x)
	want := math.Inf(-1)
	for _, v := range x {
		want = max(want, float64(v))
	}
	near(t, fmt.Sprintf("n=%d: maximum", n), k.maximum(x), want, 0)
	if n > 1 {
		x[n-1] = float32(math.NaN())
		want = math.Inf(-1)
		for _, v := range x[:n-1] {
			want = max(want, float64(v))
		}
		near(t, fmt.Sprintf("n=%d: maximum beside NaN", n), k.maximum(x), want, 0)
	}
}

func testMultiply(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x, y, before := floatsIn(memory, n), floatsIn(memory, n), make([]float32, n)
	fill(random, x)
	fill(random, y)
	copy(before, y)
	k.multiply(y, x)
	for i := range y {
		if want := before[i] * x[i]; y[i] != want {
			t.Fatalf("n=%d: y[%d] = %g, want exactly %g", n, i, y[i], want)
		}
	}
}

// testPack holds the blocks to the specification, bit for bit.
func testPack(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	size := (n + blockCols - 1) / blockCols * packedSize
	x, blocks, want := floatsIn(memory, n), memory(size), make([]byte, size)
	fill(random, x)
	for i := range x {
		x[i] *= float32(math.Exp2(float64(i/blockCols*40%250 - 120))) // tiny ones too
	}
	k.pack(blocks, x)
	packGeneric(want, x)
	if !bytes.Equal(blocks, want) {
		t.Fatalf("n=%d: packed to\n%v, want\n%v", n, blocks, want)
	}
}

func testLayerNorm(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	y, x, weight, bias := floatsIn(memory, n), floatsIn(memory, n), floatsIn(memory, n), floatsIn(memory, n)
	if n == 0 {
		return // rows of no width stop in LayerNorm
	}
	fill(random, x)
	fill(random, weight)
	fill(random, bias)
	k.layerNorm(y, x, weight, bias, 1e-5)
	checkLayerNorm(t, y, x, weight, bias)
}

func testLayerNormInPlace(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	y, weight, bias := floatsIn(memory, n), floatsIn(memory, n), floatsIn(memory, n)
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

func testSoftmax(t *testing.T, k *implementation, random *rand.Rand, n int, memory memory) {
	x := floatsIn(memory, n)
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
	near(t, fmt.Sprintf("n=%d: sum", n), k.sumExp(x, 0), sum, 1e-6*sum)
	softmax(k, x)
	for i := range x {
		p := want[i] / sum
		near(t, fmt.Sprintf("n=%d: p[%d]", n, i), x[i], p, 3e-6*p)
	}
}
