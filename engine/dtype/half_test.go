package dtype

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// finite are the numbers of all finite binary16 from 0 up, by the formula of IEEE 754, and after them 2^16, where
// rounding goes on as if there were another.
func finite() []float64 {
	var numbers []float64
	for pattern := range uint16(0x7c00) {
		numbers = append(numbers, value(pattern, 5, 10))
	}
	return append(numbers, 0x1p16)
}

// nearest is the pattern of the number nearest to x, which is not negative; the even pattern of two as near.
func nearest(numbers []float64, x float64) uint16 {
	i, _ := slices.BinarySearch(numbers, x)
	if i == len(numbers) {
		i--
	}
	if i == 0 {
		return 0
	}
	below, above := x-numbers[i-1], numbers[i]-x
	if below < above || below == above && i%2 == 1 {
		i--
	}
	return uint16(i)
}

// half is how F16 stores a number, and widen what it reads.
func half(x float32) uint16 { return binary.LittleEndian.Uint16(AppendF16(nil, []float32{x})) }

func widen(pattern uint16) float32 {
	x := make([]float32, 1)
	Decoder("F16")(x, binary.LittleEndian.AppendUint16(nil, pattern))
	return x[0]
}

func TestHalfRoundsToNearest(t *testing.T) {
	numbers := finite()
	check := func(x float32) {
		t.Helper()
		want := nearest(numbers, float64(x))
		if got := half(x); got != want {
			t.Fatalf("%g (%#08x): got %#04x, want %#04x", x, math.Float32bits(x), got, want)
		}
		if got := half(-x); got != want|0x8000 {
			t.Fatalf("%g: got %#04x, want %#04x", -x, got, want|0x8000)
		}
	}
	for i := range len(numbers) - 1 {
		middle := float32((numbers[i] + numbers[i+1]) / 2) // exact: one bit more than a binary16 has
		for _, x := range []float32{float32(numbers[i]), middle, math.Nextafter32(middle, 0), math.Nextafter32(middle, 1e6)} {
			check(x)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		check(math.Float32frombits(random.Uint32N(0xff << 23)))
	}
}

func TestHalfOfSpecialNumbers(t *testing.T) {
	for pattern := range 1 << 16 {
		x := widen(uint16(pattern))
		got := half(x)
		if x != x {
			if got&0x7e00 != 0x7e00 {
				t.Fatalf("NaN: got %#04x", got)
			}
		} else if got != uint16(pattern) {
			t.Fatalf("%#04x is %g, which is stored as %#04x", pattern, x, got)
		}
	}
	for x, want := range map[float32]uint16{65519.996: 0x7bff, 65520: 0x7c00, 1e30: 0x7c00, float32(math.Inf(-1)): 0xfc00, 0x1p-25: 0, 0x1.000002p-25: 1} {
		if got := half(x); got != want {
			t.Errorf("%g: got %#04x, want %#04x", x, got, want)
		}
	}
}

func TestAppendIsTheInverseOfDecode(t *testing.T) {
	values := []float32{0, 1, -2.5, 65504, 0x1p-24}
	for name, data := range map[string][]byte{"F32": AppendF32(nil, values), "F16": AppendF16(nil, values)} {
		if int64(len(data)) != Size(name)*int64(len(values)) {
			t.Errorf("%s: %d bytes", name, len(data))
		}
		got := make([]float32, len(values))
		Decoder(name)(got, data)
		if !slices.Equal(got, values) {
			t.Errorf("%s: got %v, want %v", name, got, values)
		}
	}
}

func TestF64IsRounded(t *testing.T) {
	numbers := []float64{1, -0.1, 1e300, 1e-300, math.Inf(-1), 1 + 0x1p-24 + 0x1p-40}
	var data []byte
	for _, x := range numbers {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
	}
	got := make([]float32, len(numbers))
	Decoder("F64")(got, data)
	want := []float32{1, -0.1, float32(math.Inf(1)), 0, float32(math.Inf(-1)), 1 + 0x1p-23}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
