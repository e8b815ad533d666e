package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func heap(n int) []byte { return Aligned(n) }

// newMatrix returns random weights.
func newMatrix(t testing.TB, random *rand.Rand, f Format, rows, cols int, m memory) *Matrix {
	t.Helper()
	w, err := NewMatrix(f, rows, cols, m(Size(f, rows, cols)))
	if err != nil {
		t.Fatal(err)
	}
	w.SetRows(0, normal(random, rows*cols))
	return w
}

func newInput(random *rand.Rand, f Format, positions, cols int, m memory) *Input {
	in := &Input{Cols: cols, Float: floatsIn(m, positions*cols)}
	fill(random, in.Float)
	if f.Integer() {
		in.packed = m(positions * in.packedStride())
		clear(in.packed)
		for t := range positions {
			in.Pack(t, 0, cols)
		}
	}
	return in
}

func newLinear(t testing.TB, random *rand.Rand, f Format, positions, rows, cols int, m memory) *Linear {
	t.Helper()
	l := &Linear{
		Y: floatsIn(m, positions*rows), X: newInput(random, f, positions, cols, m),
		W: newMatrix(t, random, f, rows, cols, m), B: floatsIn(m, rows), T: positions,
	}
	fill(random, l.B)
	return l
}

// inputs are the activations of position t as a matrix of format f sees them.
func inputs(l *Linear, t int) []float64 {
	x := make([]float64, l.W.Cols)
	for c := range x {
		if !l.W.Format.Integer() {
			x[c] = float64(l.X.Row(t)[c])
			continue
		}
		block := l.X.packed[t*l.X.packedStride()+c/blockCols*packedSize:]
		scale := math.Float32frombits(binary.LittleEndian.Uint32(block[packedScale:]))
		x[c] = float64(scale) * float64(int8(block[packedQuants+c%blockCols]))
	}
	return x
}

// checkLinear holds the result to sums in float64 over what the formats hold.
func checkLinear(t *testing.T, l *Linear) {
	t.Helper()
	row := make([]float32, l.W.Cols)
	for p := range l.T {
		x := inputs(l, p)
		for r := range l.W.Rows {
			l.W.Row(row, r)
			var want, magnitude float64
			if l.B != nil {
				want = float64(l.B[r])
				magnitude = math.Abs(want)
			}
			for c, v := range x {
				want += v * float64(row[c])
				magnitude += math.Abs(v * float64(row[c]))
			}
			what := fmt.Sprintf("%v T=%d Rows=%d Cols=%d: Y[%d,%d]", l.W.Format, l.T, l.W.Rows, l.W.Cols, p, r)
			near(t, what, l.Y[p*l.W.Rows+r], want, 2e-6*magnitude)
		}
	}
}

func forEachFormat(t *testing.T, f func(t *testing.T, format Format)) {
	forEach(t, func(t *testing.T, _ *implementation) {
		for format := F32; format <= Q4; format++ {
			t.Run(format.String(), func(t *testing.T) { f(t, format) })
		}
	})
}

func TestLinearOfAllSizes(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		random := rand.New(rand.NewPCG(1, 2))
		for cols := 1; cols <= 130; cols++ {
			g := &guarded{}
			l := newLinear(t, random, f, 1+cols%20, 1+cols*7%50, cols, g.memory)
			if cols%3 == 0 {
				l.B = nil
			}
			l.Do(0, 0, l.W.Rows)
			checkLinear(t, l)
			g.check(t)
		}
		// More columns than pass by all positions at once.
		long := []struct{ positions, rows, cols int }{{1, 33, 1025}, {9, 20, 1025}, {17, 35, 3072}, {31, 16, 1100}}
		if testing.Short() {
			long = long[:2]
		}
		for _, s := range long {
			l := newLinear(t, random, f, s.positions, s.rows, s.cols, heap)
			l.Do(0, 0, s.rows)
			checkLinear(t, l)
		}
	})
}

// A range of rows computes these and no others, and the bits do not depend on
// where the ranges lie.
func TestLinearRangesGiveTheSameBits(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		random := rand.New(rand.NewPCG(5, 6))
		for _, cols := range []int{5, 64, 1030} {
			const positions, rows = 4, 3*RowUnit + 5
			l := newLinear(t, random, f, positions, rows, cols, heap)
			l.Do(0, 0, rows)
			whole := append([]float32(nil), l.Y...)
			for lo := 0; lo < rows; lo += RowUnit {
				for hi := lo; ; hi = min(hi+RowUnit, rows) {
					untouched := float32(math.Pi)
					for i := range l.Y {
						l.Y[i] = untouched
					}
					l.Do(0, lo, hi)
					for i, got := range l.Y {
						want := untouched
						if r := i % rows; lo <= r && r < hi {
							want = whole[i]
						}
						if math.Float32bits(got) != math.Float32bits(want) {
							t.Fatalf("cols %d, rows %d..%d: Y[%d,%d] = %g, want %g", cols, lo, hi, i/rows, i%rows, got, want)
						}
					}
					if hi == rows {
						break
					}
				}
			}
		}
	})
}

// A position has the same bits alone and in a block of any size: text does not
// depend on how a prompt was cut up.
func TestLinearPositionsGiveTheSameBits(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		random := rand.New(rand.NewPCG(7, 8))
		columns := []int{5, 64, 1030, 3072}
		if testing.Short() {
			columns = columns[:3]
		}
		for _, cols := range columns {
			const positions, rows = 33, 34
			l := newLinear(t, random, f, positions, rows, cols, heap)
			l.Do(0, 0, rows)
			for block := 1; block <= 9; block++ {
				for from := 0; from+block <= positions; from += block {
					part := &Linear{Y: make([]float32, block*rows), W: l.W, B: l.B, T: block, X: &Input{Cols: cols, Float: l.X.Float[from*cols:]}}
					if f.Integer() {
						part.X.packed = l.X.packed[from*l.X.packedStride():]
					}
					part.Do(0, 0, rows)
					if want := l.Y[from*rows : (from+block)*rows]; !sameBits(part.Y, want) {
						t.Fatalf("cols %d: positions %d..%d alone = %v, want %v", cols, from, from+block, part.Y, want)
					}
				}
			}
		}
	})
}

// The largest products of integers, all of one sign, have room in every sum on
// the way.
func TestLinearOfTheLargestNumbers(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		for _, sign := range []float32{1, -1} {
			const positions, rows, cols = 15, 32, 128
			l := newLinear(t, rand.New(rand.NewPCG(1, 2)), f, positions, rows, cols, heap)
			w := make([]float32, rows*cols)
			for i := range w {
				w[i] = 1
				if i%blockCols == 5 {
					w[i] = -1 // the other end of the levels of Q4
				}
			}
			l.W.SetRows(0, w)
			for p := range positions {
				for c := range l.X.Row(p) {
					l.X.Row(p)[c] = sign
				}
				l.X.Pack(p, 0, cols)
			}
			l.Do(0, 0, rows)
			checkLinear(t, l)
		}
	})
}

func TestLinearOverAPool(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for f := F32; f <= Q4; f++ {
		l := newLinear(t, random, f, 7, 301, 130, heap)
		l.Do(0, 0, l.W.Rows)
		want := append([]float32(nil), l.Y...)
		for _, threads := range []int{1, 2, 3, 8} {
			for _, grain := range []int{RowUnit, 3 * RowUnit, 1024} {
				t.Run(fmt.Sprintf("%v threads=%d grain=%d", f, threads, grain), func(t *testing.T) {
					p := NewPool(threads)
					defer p.Close()
					clear(l.Y)
					p.Run(l.W.Rows, grain, l)
					if !sameBits(l.Y, want) {
						t.Error("the rows differ from those computed in one piece")
					}
				})
			}
		}
	}
}

// What comes out may be activated and packed on the way.
// The threads of a pool get the same number of rows of GPT-2's matrices, within
// a few hundredths, in pieces of at least half the size that is wanted.
func TestEvenPieces(t *testing.T) {
	for _, test := range []struct{ rows, most, threads, want int }{
		{2304, 10, 2, 9}, {3072, 10, 2, 8}, {768, 6, 2, 6}, {50257, 10, 2, 10}, {2304, 10, 4, 9}, {32, 1, 8, 1}, {5, 1, 2, 1},
	} {
		got := evenPieces(test.rows, test.most, test.threads)
		if got != test.want {
			t.Errorf("%d rows, %d units at most, %d threads: pieces of %d units, want %d", test.rows, test.most, test.threads, got, test.want)
		}
	}
}

func TestLinearThenPack(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		random := rand.New(rand.NewPCG(11, 12))
		const positions, rows, cols = 5, 83, 70
		l := newLinear(t, random, f, positions, rows, cols, heap)
		l.Do(0, 0, rows)
		want := NewInput(positions, rows, f)
		copy(want.Float, l.Y)
		Gelu(want.Float)
		got := NewInput(positions, rows, f)
		l.Y, l.Then, l.Out = got.Float, Gelu, got
		for lo := 0; lo < rows; lo += RowUnit {
			l.Do(0, lo, min(lo+RowUnit, rows))
		}
		for p := range positions {
			want.Pack(p, 0, rows)
		}
		if !sameBits(got.Float, want.Float) || string(got.packed) != string(want.packed) {
			t.Error("not what comes out in two steps")
		}
	})
}

// A damaged weight spoils its own row, and only that.
func TestLinearNaNAndInf(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			const rows, cols = 5, 67
			random := rand.New(rand.NewPCG(1, 2))
			l := newLinear(t, random, f, 4, rows, cols, heap)
			w := normal(random, rows*cols)
			w[2*cols+17] = float32(bad)
			l.W.SetRows(0, w)
			l.Do(0, 0, rows)
			for i, v := range l.Y {
				finite := !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
				if spoilt := i%rows == 2; finite == spoilt {
					t.Errorf("%g in row 2: Y[%d,%d] = %g", bad, i/rows, i%rows, v)
				}
			}
		}
	})
}

// So does a damaged activation with its position.
func TestLinearOfDamagedActivations(t *testing.T) {
	forEachFormat(t, func(t *testing.T, f Format) {
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			const positions, rows, cols = 4, 20, 67
			l := newLinear(t, rand.New(rand.NewPCG(1, 2)), f, positions, rows, cols, heap)
			l.X.Row(2)[40] = float32(bad)
			l.X.Pack(2, 0, cols)
			l.Do(0, 0, rows)
			for i, v := range l.Y {
				finite := !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
				if spoilt := i/rows == 2; finite == spoilt {
					t.Errorf("%g in position 2: Y[%d,%d] = %g", bad, i/rows, i%rows, v)
				}
			}
		}
	})
}

func TestLinearChecksItsShapes(t *testing.T) {
	fresh := func() *Linear { return newLinear(t, rand.New(rand.NewPCG(1, 2)), Q8, 2, 40, 4, heap) }
	tests := []struct {
		name   string
		lo, hi int
		change func(l *Linear)
	}{
		{"short Y", 0, 40, func(l *Linear) { l.Y = l.Y[1:] }},
		{"short X", 0, 40, func(l *Linear) { l.X.Float = l.X.Float[1:] }},
		{"other X", 0, 40, func(l *Linear) { l.X.Cols = 3 }},
		{"unpacked X", 0, 40, func(l *Linear) { l.X.packed = nil }},
		{"short B", 0, 40, func(l *Linear) { l.B = l.B[1:] }},
		{"negative T", 0, 40, func(l *Linear) { l.T = -1 }},
		{"low row", -32, 40, func(*Linear) {}},
		{"high row", 0, 41, func(*Linear) {}},
		{"backward range", 32, 0, func(*Linear) {}},
		{"odd range", 16, 40, func(*Linear) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := fresh()
			test.change(l)
			mustPanic(t, func() { l.Do(0, test.lo, test.hi) })
		})
	}
	t.Run("longer slices", func(t *testing.T) {
		l := fresh()
		l.Y, l.X.Float = append(l.Y, 1), append(l.X.Float, 1)
		l.Do(0, 0, 40)
		checkLinear(t, l)
	})
}
