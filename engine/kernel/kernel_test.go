package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// exported is the package as others see it, as one more implementation to test.
var exported = implementation{
	name:      "exported",
	dot:       Dot,
	axpy:      Axpy,
	add:       Add,
	linear:    (*Linear).Do,
	layerNorm: LayerNorm,
	expSum:    active.expSum,
	gelu:      Gelu,
}

// forEach runs f as a subtest for every implementation.
func forEach(t *testing.T, f func(t *testing.T, k *implementation)) {
	for _, k := range append([]implementation{exported}, implementations...) {
		t.Run(k.name, func(t *testing.T) { f(t, &k) })
	}
}

// normal returns n numbers drawn from the standard normal distribution.
func normal(random *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	fill(random, x)
	return x
}

// fill draws the numbers of x from the standard normal distribution.
func fill(random *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
}

func randomLinear(random *rand.Rand, positions, rows, cols int) *Linear {
	return &Linear{
		Y: make([]float32, positions*rows), X: normal(random, positions*cols),
		W: normal(random, rows*cols), B: normal(random, rows),
		T: positions, Rows: rows, Cols: cols,
	}
}

// near fails unless |got - want| ≤ tolerance.
func near(t *testing.T, what string, got float32, want, tolerance float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); !(d <= tolerance) {
		t.Fatalf("%s = %g, want %g within %g, is off by %g", what, got, want, tolerance, d)
	}
}

func sameBits(x, y []float32) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if math.Float32bits(x[i]) != math.Float32bits(y[i]) {
			return false
		}
	}
	return true
}

// guarded hands out slices between guard words, which are NaN: a kernel that
// reads one spoils its result, and check finds any that was written.
type guarded struct {
	offset int // where slices begin, in numbers after a multiple of 32 bytes
	blocks []guardedBlock
}

type guardedBlock struct{ whole, inside []float32 }

const (
	guardWords = 16
	guardBits  = 0x7fc0beef
)

func (g *guarded) floats(n int) []float32 {
	whole := make([]float32, n+2*guardWords+16)
	for i := range whole {
		whole[i] = math.Float32frombits(guardBits)
	}
	address := uintptr(unsafe.Pointer(&whole[guardWords]))
	from := guardWords + int(-address%32/4) + g.offset
	inside := whole[from : from+n : from+n]
	g.blocks = append(g.blocks, guardedBlock{whole, inside})
	return inside
}

func (g *guarded) check(t *testing.T) {
	t.Helper()
	for _, b := range g.blocks {
		n := len(b.inside)
		from := len(b.whole)
		if n > 0 {
			from = int(uintptr(unsafe.Pointer(&b.inside[0]))-uintptr(unsafe.Pointer(&b.whole[0]))) / 4
		}
		for i, v := range b.whole {
			if (i < from || i >= from+n) && math.Float32bits(v) != guardBits {
				t.Fatalf("the word %d from the start of a slice of %d was overwritten with %g", i-from, n, v)
			}
		}
	}
}

// sizes are all lengths around the widths of the kernels and a few long ones.
func sizes() []int {
	var s []int
	for n := range 131 {
		s = append(s, n)
	}
	return append(s, 1000, 1023, 1024, 1025, 2049, 4100)
}

func TestKernelsAgreeWithFloat64(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, op := range operations {
			t.Run(op.name, func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, 2))
				for _, n := range sizes() {
					for offset := range 8 {
						g := &guarded{offset: offset}
						op.test(t, k, random, n, g.floats)
						g.check(t)
					}
				}
			})
		}
	})
}

func TestDifferentLengthsPanic(t *testing.T) {
	three, four := make([]float32, 3), make([]float32, 4)
	tests := []struct {
		name string
		call func()
	}{
		{"Dot", func() { Dot(three, four) }},
		{"Axpy", func() { Axpy(1, four, three) }},
		{"Add", func() { Add(three, four) }},
		{"LayerNorm y", func() { LayerNorm(three, four, four, four, 0) }},
		{"LayerNorm x", func() { LayerNorm(four, three, four, four, 0) }},
		{"LayerNorm weight", func() { LayerNorm(four, four, three, four, 0) }},
		{"LayerNorm bias", func() { LayerNorm(four, four, four, three, 0) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { mustPanic(t, test.call) })
	}
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("did not panic")
		}
	}()
	f()
}

func TestNothingAllocates(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	x, y, weight, bias := normal(random, 100), normal(random, 100), normal(random, 100), normal(random, 100)
	l := randomLinear(random, 5, 9, 100)
	tests := []struct {
		name string
		call func()
	}{
		{"Dot", func() { Dot(x, y) }},
		{"Axpy", func() { Axpy(0.5, x, y) }},
		{"Add", func() { Add(y, x) }},
		{"Linear", func() { l.Do(0, 9) }},
		{"LayerNorm", func() { LayerNorm(y, x, weight, bias, 1e-5) }},
		{"Softmax", func() { Softmax(x) }},
		{"Gelu", func() { Gelu(x) }},
		{"LogSumExp", func() { LogSumExp(x) }},
	}
	for _, test := range tests {
		if n := testing.AllocsPerRun(100, test.call); n != 0 {
			t.Errorf("%s allocates %v times, want 0", test.name, n)
		}
	}
}

func TestLevelIsTheBestImplementation(t *testing.T) {
	want := "generic"
	for _, k := range detect() {
		want = k.name
	}
	if Level() != want {
		t.Errorf("Level() = %q, want %q", Level(), want)
	}
}
