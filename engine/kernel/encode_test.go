package kernel

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// oddPatches are those at the edges of what can be encoded.
func oddPatches(random *rand.Rand) map[string]func(r, c int) float32 {
	sign := func() float32 { return float32(random.IntN(2)*2 - 1) }
	return map[string]func(r, c int) float32{
		"zeros":            func(r, c int) float32 { return 0 },
		"negative zeros":   func(r, c int) float32 { return float32(math.Copysign(0, -1)) },
		"one number":       func(r, c int) float32 { return float32(r) - 7.5 },
		"two numbers":      func(r, c int) float32 { return sign() * float32(r+1) },
		"one is not 0":     func(r, c int) float32 { return float32(max(0, 1-(r+c)%32)) },
		"far from 0":       func(r, c int) float32 { return 100 + 1e-3*random.Float32() },
		"very far from 0":  func(r, c int) float32 { return 16000 + 1e-3*random.Float32() },
		"subnormal halves": func(r, c int) float32 { return sign() * 1e-5 * random.Float32() },
		"tiny":             func(r, c int) float32 { return sign() * 1e-7 * random.Float32() },
		"subnormal":        func(r, c int) float32 { return sign() * 1e-42 * random.Float32() },
		"all sizes":        func(r, c int) float32 { return sign() * float32(math.Exp(20*random.Float64()-12)) },
		"on the levels":    func(r, c int) float32 { return float32(levels[c%16]) },
		"between levels":   func(r, c int) float32 { return float32(int8(r*32+c)) + 0.5 },
		"bytes":            func(r, c int) float32 { return float32(int8(r*32 + c)) },
		"large":            func(r, c int) float32 { return sign() * 1e30 * random.Float32() },
		"over half a half": func(r, c int) float32 { return sign() * 40000 * random.Float32() },
		"an infinity":      func(r, c int) float32 { return float32(math.Inf(r*32 + c - 100)) },
		"one infinity":     func(r, c int) float32 { return float32(1 / float64((r*32+c)-111)) },
		"NaN":              func(r, c int) float32 { return float32(math.Sqrt(float64(20*32 - r*32 - c - 200))) },
	}
}

// encodeHalves encodes a patch column by column.
func encodeHalves(encode func(w *[panelRows]uint16, column *[panelRows]float32)) func(scales []uint16, quants []byte, p *patch) {
	return func(_ []uint16, quants []byte, p *patch) {
		for c := range p {
			encode((*[panelRows]uint16)(halves(quants)[c*panelRows:]), &p[c])
		}
	}
}

// Weights are encoded to the same bits by every implementation: a file that one
// machine has quantised serves another.
func TestEncodedBitsAreThoseOfTheGenericCode(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	patches := map[string]*patch{}
	for name, number := range oddPatches(random) {
		p := new(patch)
		for c := range p {
			for r := range p[c] {
				p[c][r] = number(r, c)
			}
		}
		patches[name] = p
	}
	for i := range 2000 {
		p, size := new(patch), math.Exp(16*random.Float64()-12)
		shift, power := size*random.NormFloat64()*float64(i%3), 1+float64(i%4)
		for c := range p {
			for r := range p[c] {
				v := random.NormFloat64()
				p[c][r] = float32(size*math.Copysign(math.Pow(math.Abs(v), power), v) + shift)
			}
		}
		patches[fmt.Sprint("random ", i)] = p
	}
	forEach(t, func(t *testing.T, k *implementation) {
		for name, p := range patches {
			for _, e := range []struct {
				format   string
				size     int
				numbers  int
				got, ref func(scales []uint16, quants []byte, p *patch)
			}{
				{"q8", panelRows * blockCols, panelRows, k.encodeQ8, encodeQ8Generic},
				{"q4", panelRows * blockCols / 2, 2 * panelRows, k.encodeQ4, encodeQ4Generic},
				{"f16", 2 * panelRows * blockCols, 0, encodeHalves(k.encodeF16), encodeHalves(encodeF16Generic)},
			} {
				g := &guarded{}
				scales, quants := halves(g.memory(2*e.numbers)), g.memory(e.size)
				wantScales, want := make([]uint16, e.numbers), bytes.Clone(quants)
				e.got(scales, quants, p)
				e.ref(wantScales, want, p)
				g.check(t)
				for i, s := range scales {
					if s != wantScales[i] {
						t.Fatalf("%s, %s: scale or offset %d is %#04x, want %#04x; the row is %v", e.format, name, i, s, wantScales[i], p.row(i%panelRows))
					}
				}
				for i, q := range quants {
					if q != want[i] {
						t.Fatalf("%s, %s: byte %d is %#02x, want %#02x; the patch is %v", e.format, name, i, q, want[i], p)
					}
				}
			}
		}
	})
}
