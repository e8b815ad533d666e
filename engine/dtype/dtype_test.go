package dtype

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// value is the number that a pattern of 1 sign bit, then exponent bits, then fraction bits stands
// for, by the formula of IEEE 754.
func value(pattern uint16, exponentBits, fractionBits int) float64 {
	fraction := int(pattern) & (1<<fractionBits - 1)
	exponent := int(pattern) >> fractionBits & (1<<exponentBits - 1)
	bias := 1<<(exponentBits-1) - 1
	var magnitude float64
	switch {
	case exponent == 1<<exponentBits-1 && fraction != 0:
		return math.NaN()
	case exponent == 1<<exponentBits-1:
		magnitude = math.Inf(1)
	case exponent == 0:
		magnitude = math.Ldexp(float64(fraction), 1-bias-fractionBits)
	default:
		magnitude = math.Ldexp(float64(fraction+1<<fractionBits), exponent-bias-fractionBits)
	}
	if pattern>>15 == 1 {
		return -magnitude
	}
	return magnitude
}

func TestHalfFormats(t *testing.T) {
	tests := []struct {
		dtype                      string
		exponentBits, fractionBits int
	}{
		{"F16", 5, 10},
		{"BF16", 8, 7},
	}
	for _, test := range tests {
		t.Run(test.dtype, func(t *testing.T) {
			data := make([]byte, 2<<16)
			for i := range 1 << 16 {
				binary.LittleEndian.PutUint16(data[2*i:], uint16(i))
			}
			got := make([]float32, 1<<16)
			Decoder(test.dtype)(got, data)
			for i, x := range got {
				want := value(uint16(i), test.exponentBits, test.fractionBits)
				if math.IsNaN(want) {
					if x == x {
						t.Fatalf("pattern %#04x: got %v, want NaN", i, x)
					}
				} else if float64(x) != want || math.Signbit(float64(x)) != math.Signbit(want) {
					t.Fatalf("pattern %#04x: got %v, want %v", i, x, want)
				}
			}
		})
	}
}

func TestF32KeepsBits(t *testing.T) {
	patterns := []uint32{0, 1 << 31, 1, 0x007fffff, 0x00800000, 0x3f800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00001}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		patterns = append(patterns, random.Uint32())
	}
	var data []byte
	for _, pattern := range patterns {
		data = binary.LittleEndian.AppendUint32(data, pattern)
	}
	got := make([]float32, len(patterns))
	Decoder("F32")(got, data)
	for i, pattern := range patterns {
		if bits := math.Float32bits(got[i]); bits != pattern {
			t.Errorf("got %#08x, want %#08x", bits, pattern)
		}
	}
}

// BenchmarkDecode counts the bytes of the file.
func BenchmarkDecode(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	const n = 1 << 16
	for _, dtype := range []string{"F32", "F16", "BF16"} {
		b.Run(dtype, func(b *testing.B) {
			size := int(Size(dtype))
			data := make([]byte, n*size)
			for i := range n {
				// weights of a model: small, either sign, no subnormals to speak of
				x := math.Float32bits(float32(random.NormFloat64() * 0.02))
				switch dtype {
				case "F32":
					binary.LittleEndian.PutUint32(data[4*i:], x)
				case "F16":
					binary.LittleEndian.PutUint16(data[2*i:], uint16(x>>16&0x8000|(x>>13-(127-15)<<10)&0x7fff))
				case "BF16":
					binary.LittleEndian.PutUint16(data[2*i:], uint16(x>>16))
				}
			}
			values := make([]float32, n)
			decode := Decoder(dtype)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				decode(values, data)
			}
		})
	}
}
