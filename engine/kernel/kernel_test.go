package kernel

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// forEach runs f as a subtest for every implementation, which is also the one
// behind the exported functions meanwhile.
func forEach(t *testing.T, f func(t *testing.T, k *implementation)) {
	for _, k := range implementations {
		t.Run(k.name, func(t *testing.T) {
			before := active
			active = k
			defer func() { active = before }()
			f(t, &k)
		})
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

// near fails unless |got - want| ≤ tolerance.
func near(t *testing.T, what string, got float32, want, tolerance float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); float64(got) != want && !(d <= tolerance) {
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

// memory hands out n bytes for a slice of the test.
type memory func(n int) []byte

func floatsIn(m memory, n int) []float32 {
	if n == 0 {
		return nil
	}
	return floats(m(4 * n))
}

// guarded hands out slices between guard words, which are NaN as float32 and as
// binary16: a kernel that reads one spoils its result, and check finds any that
// was written.
type guarded struct {
	offset int // where slices begin, in bytes after a multiple of 64
	blocks []guardedBlock
}

type guardedBlock struct {
	whole    []byte
	from, to int // of the slice
}

const guardBytes = 128

func (g *guarded) memory(n int) []byte {
	whole := Aligned(guardBytes + g.offset + n + guardBytes)
	for i := range whole {
		whole[i] = 0x7f
	}
	b := guardedBlock{whole, guardBytes + g.offset, guardBytes + g.offset + n}
	g.blocks = append(g.blocks, b)
	return whole[b.from:b.to:b.to]
}

func (g *guarded) check(t *testing.T) {
	t.Helper()
	for _, b := range g.blocks {
		for i, v := range b.whole {
			if (i < b.from || i >= b.to) && v != 0x7f {
				t.Fatalf("byte %d from the start of a slice of %d was overwritten with %#x", i-b.from, b.to-b.from, v)
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

// offsets are where slices may begin, in bytes after a vector. With -short, as the
// gate has it under emulation, tests leave out what takes long: tails of all
// lengths stay.
func offsets() []int {
	if testing.Short() {
		return []int{4}
	}
	return []int{0, 4, 8, 12, 16, 20, 24, 28}
}

func TestKernelsAgreeWithFloat64(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, op := range operations {
			t.Run(op.name, func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, 2))
				for _, n := range sizes() {
					for _, offset := range offsets() {
						g := &guarded{offset: offset}
						op.test(t, k, random, n, g.memory)
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
	tests := []struct {
		name string
		call func()
	}{
		{"Add", func() { Add(y, x) }},
		{"LayerNorm", func() { LayerNorm(y, x, weight, bias, 1e-5) }},
		{"softmax", func() { softmax(&active, x) }},
		{"Gelu", func() { Gelu(x) }},
		{"GeluErf", func() { GeluErf(x) }},
		{"Relu", func() { Relu(x) }},
		{"Silu", func() { Silu(x) }},
		{"LogSumExp", func() { LogSumExp(x) }},
	}
	for f := F32; f <= Q4; f++ {
		l := newLinear(t, random, f, 5, 41, 100, heap)
		tests = append(tests, struct {
			name string
			call func()
		}{"Linear in " + f.String(), func() { l.Do(0, 0, 41) }})
	}
	for _, test := range tests {
		if n := testing.AllocsPerRun(100, test.call); n != 0 {
			t.Errorf("%s allocates %v times, want 0", test.name, n)
		}
	}
}

func TestChooseLevel(t *testing.T) {
	best := implementations[len(implementations)-1].name
	for _, test := range []struct{ name, want, err string }{
		{"", best, ""},
		{"generic", "generic", ""},
		{best, best, ""},
		{"sse9", best, "INKLING_KERNEL=sse9: this processor runs generic"},
	} {
		k, err := choose(test.name)
		if k.name != test.want || (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(err.Error(), test.err) {
			t.Errorf("%q: %s, %v; want %s, %q", test.name, k.name, err, test.want, test.err)
		}
	}
}
