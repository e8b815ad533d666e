package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestLinearShapes(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, cols := range []int{0, 1, 7, 8, 9, 33, 100} {
			for positions := range 9 {
				for rows := range 10 {
					l := randomLinear(random, positions, rows, cols)
					k.linear(l, 0, rows)
					checkLinear(t, l)
				}
			}
		}
		// More columns, and more positions, than a tile takes at once.
		for _, s := range []struct{ positions, rows, cols int }{{4, 5, 1023}, {5, 6, 1025}, {4, 7, 3072}, {50, 5, 3072}, {45, 9, 3001}} {
			l := randomLinear(random, s.positions, s.rows, s.cols)
			k.linear(l, 0, s.rows)
			checkLinear(t, l)
		}
	})
}

// A range of rows computes these and no others, and the bits do not depend on
// where the ranges lie.
func TestLinearRangesGiveTheSameBits(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(5, 6))
		for _, cols := range []int{5, 64, 1030} {
			const positions, rows = 4, 11
			l := randomLinear(random, positions, rows, cols)
			k.linear(l, 0, rows)
			whole := append([]float32(nil), l.Y...)
			for lo := range rows + 1 {
				for hi := lo; hi <= rows; hi++ {
					untouched := math.Float32frombits(guardBits)
					for i := range l.Y {
						l.Y[i] = untouched
					}
					k.linear(l, lo, hi)
					for i, got := range l.Y {
						want := untouched
						if r := i % rows; lo <= r && r < hi {
							want = whole[i]
						}
						if math.Float32bits(got) != math.Float32bits(want) {
							t.Fatalf("cols %d, rows %d..%d: Y[%d,%d] = %g, want %g", cols, lo, hi, i/rows, i%rows, got, want)
						}
					}
				}
			}
		}
	})
}

// A position has the same bits alone and in a block of any size: text does not
// depend on how a prompt was cut up.
func TestLinearPositionsGiveTheSameBits(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(7, 8))
		for _, cols := range []int{5, 64, 1030, 3072} {
			const positions, rows = 47, 6
			l := randomLinear(random, positions, rows, cols)
			k.linear(l, 0, rows)
			for _, block := range []int{1, 2, 3, 4, 5} {
				for from := 0; from+block <= positions; from += block {
					part := *l
					part.T = block
					part.X = l.X[from*cols : (from+block)*cols]
					part.Y = make([]float32, block*rows)
					k.linear(&part, 0, rows)
					if want := l.Y[from*rows : (from+block)*rows]; !sameBits(part.Y, want) {
						t.Fatalf("cols %d: positions %d..%d alone = %v, want %v", cols, from, from+block, part.Y, want)
					}
				}
			}
		}
	})
}

func TestLinearOverAPool(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	l := randomLinear(random, 7, 301, 130)
	l.Do(0, l.Rows)
	want := append([]float32(nil), l.Y...)
	for _, threads := range []int{1, 2, 3, 8} {
		for _, grain := range []int{1, 7, 16, 1000} {
			t.Run(fmt.Sprintf("threads=%d grain=%d", threads, grain), func(t *testing.T) {
				p := NewPool(threads)
				defer p.Close()
				clear(l.Y)
				p.Run(l.Rows, grain, l)
				if !sameBits(l.Y, want) {
					t.Error("the rows differ from those computed in one piece")
				}
			})
		}
	}
}

func TestLinearNaNAndInf(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			l := randomLinear(rand.New(rand.NewPCG(1, 2)), 4, 5, 19)
			l.W[2*l.Cols+17] = float32(bad)
			k.linear(l, 0, l.Rows)
			for i, v := range l.Y {
				finite := !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
				if spoilt := i%l.Rows == 2; finite == spoilt {
					t.Errorf("%g in row 2: Y[%d,%d] = %g", bad, i/l.Rows, i%l.Rows, v)
				}
			}
		}
	})
}

func TestLinearChecksItsShapes(t *testing.T) {
	fresh := func() *Linear { return randomLinear(rand.New(rand.NewPCG(1, 2)), 2, 3, 4) }
	tests := []struct {
		name   string
		lo, hi int
		change func(l *Linear)
	}{
		{"short Y", 0, 3, func(l *Linear) { l.Y = l.Y[1:] }},
		{"short X", 0, 3, func(l *Linear) { l.X = l.X[1:] }},
		{"short W", 0, 3, func(l *Linear) { l.W = l.W[1:] }},
		{"short B", 0, 3, func(l *Linear) { l.B = l.B[1:] }},
		{"negative T", 0, 3, func(l *Linear) { l.T = -1 }},
		{"low row", -1, 3, func(*Linear) {}},
		{"high row", 0, 4, func(*Linear) {}},
		{"backward range", 2, 1, func(*Linear) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := fresh()
			test.change(l)
			mustPanic(t, func() { l.Do(test.lo, test.hi) })
		})
	}
	t.Run("longer slices", func(t *testing.T) {
		l := fresh()
		l.Y, l.X = append(l.Y, 1), append(l.X, 1)
		l.Do(0, 3)
		checkLinear(t, l)
	})
}
