package gguf

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The fixture has the blocks of every quantised type and what ggml makes of them.
func TestDequantiseEqualsGGML(t *testing.T) {
	_, tensors := fixture(t)
	tested := 0
	for name, want := range tensors {
		kind, found := cutSuffix(name, ".f32")
		if !found {
			continue
		}
		tested++
		got, expected := all(t, tensors[kind]), all(t, want)
		if !slices.Equal(tensors[kind].Shape, want.Shape) {
			t.Errorf("%s: shape %v, want %v", kind, tensors[kind].Shape, want.Shape)
		}
		for i := range expected {
			if math.Float32bits(got[i]) != math.Float32bits(expected[i]) {
				t.Errorf("%s: element %d is %g, want %g", kind, i, got[i], expected[i])
				break
			}
		}
	}
	if tested != 12 {
		t.Errorf("%d types tested, want 11 and BF16", tested)
	}
}

func cutSuffix(name, suffix string) (string, bool) {
	if len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix {
		return name[:len(name)-len(suffix)], true
	}
	return name, false
}

func TestQuantiseEqualsGGML(t *testing.T) {
	_, tensors := fixture(t)
	x := all(t, tensors["x"])
	for _, kind := range []Type{F16, Q8_0, Q4_0} {
		tensor := tensors["x."+kind.String()]
		want := make([]byte, tensor.size)
		if err := readFull(tensor.file, want, tensor.begin); err != nil {
			t.Fatal(err)
		}
		got, err := tensor.layout.encode(nil, x)
		if err != nil {
			t.Fatal(err)
		}
		if i := differ(got, want); i >= 0 {
			t.Errorf("%s: byte %d of block %d differs", kind, i%int(tensor.layout.bytes), i/int(tensor.layout.bytes))
		}
	}
}

// differ returns the first place where the two differ, -1 where none does.
func differ(a, b []byte) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// What was quantised once stays as it is when it is quantised again: a file converted twice is the file converted once.
func TestQuantisingAgainChangesNothing(t *testing.T) {
	_, tensors := fixture(t)
	for _, kind := range []Type{Q8_0, Q4_0} {
		tensor := tensors["x."+kind.String()]
		once := all(t, tensor)
		again, err := tensor.layout.encode(nil, once)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float32, len(once))
		tensor.layout.decode(values, again)
		if !slices.Equal(values, once) {
			t.Errorf("%s: the values have changed", kind)
		}
	}
}

// Each value of a block is off by at most half a step of Q8_0, and by one step of Q4_0, whose range is not symmetric; and
// by what the scale loses as a binary16.
func TestQuantisationError(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		kind        Type
		steps, most float64
	}{{Q8_0, 127, 0.5 + 127*0x1p-11}, {Q4_0, 8, 1 + 8*0x1p-11}} {
		l := layouts[c.kind]
		for range 1000 {
			x, y := make([]float32, 32), make([]float32, 32)
			var extreme float64
			for i := range x {
				x[i] = float32(random.NormFloat64())
				extreme = max(extreme, math.Abs(float64(x[i])))
			}
			data, err := l.encode(nil, x)
			if err != nil {
				t.Fatal(err)
			}
			l.decode(y, data)
			for i := range x {
				if d := math.Abs(float64(x[i] - y[i])); d > c.most*extreme/c.steps {
					t.Fatalf("%s: %g became %g in a block up to %g", c.kind, x[i], y[i], extreme)
				}
			}
		}
	}
}

func TestValuesThatDoNotFit(t *testing.T) {
	block := func(x float32) []float32 { return append(make([]float32, 31), x) }
	for _, c := range []struct {
		kind Type
		x    float32
		want string
	}{
		{F16, 65520, "value 65520, but F16 holds at most 65504; store the tensor as F32"},
		{Q8_0, 1e7, "a block with the scale 78740.16, but blocks hold at most 65504; store the tensor as F32"},
		{Q4_0, -1e6, "a block with the scale 125000, but blocks hold at most 65504; store the tensor as F32"},
		{Q8_0, float32(math.NaN()), "value NaN, expected finite numbers; the weights are damaged"},
		{Q4_0, float32(math.Inf(1)), "value +Inf, expected finite numbers; the weights are damaged"},
	} {
		_, err := layouts[c.kind].encode(nil, block(c.x))
		checkError(t, err, c.want)
	}
	// F16 has infinities and NaN of its own.
	if _, err := encodeF16(nil, []float32{65519, float32(math.Inf(1)), float32(math.NaN())}); err != nil {
		t.Error(err)
	}
}

// Magnitudes whose inverse is infinite are stored as zeros, whatever a processor makes of such a conversion.
func TestTinyBlocksAreZero(t *testing.T) {
	x := make([]float32, 32)
	x[3], x[20] = 1e-44, -2e-40
	for _, kind := range []Type{Q8_0, Q4_0} {
		data, err := layouts[kind].encode(nil, x)
		if err != nil {
			t.Fatal(err)
		}
		zeros, _ := layouts[kind].encode(nil, make([]float32, 32))
		y := make([]float32, 32)
		layouts[kind].decode(y, data)
		if !bytes.Equal(data[2:], zeros[2:]) || slices.ContainsFunc(y, func(x float32) bool { return x != 0 }) {
			t.Errorf("%s: % x, want % x", kind, data, zeros)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	_, tensors := fixture(b)
	for _, kind := range []Type{Q8_0, Q4_0, Q4_K, Q6_K} {
		b.Run(kind.String(), func(b *testing.B) {
			l := layouts[kind]
			data := make([]byte, tensors[kind.String()].size)
			dst := make([]float32, int64(len(data))/l.bytes*l.elements)
			b.SetBytes(int64(4 * len(dst)))
			for b.Loop() {
				l.decode(dst, data)
			}
		})
	}
}
