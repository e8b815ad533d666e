package kernel

import "fmt"

// Linear is the product Y = X Wᵀ + B for a block of T positions. It is a
// [Work] over the output rows 0..Rows-1 (the rows of W, the columns of Y), and
// ranges that begin and end at multiples of 4 are the quickest.
//
// Each output is one sum in one order: it has the same bits whether its
// position is computed alone or in a block, and whatever the ranges.
type Linear struct {
	Y []float32 // (T, Rows); each Do writes its own rows and nothing else
	X []float32 // (T, Cols)
	W []float32 // (Rows, Cols)
	B []float32 // (Rows), or nil for no bias

	T, Rows, Cols int
}

// Do computes output rows lo..hi-1 for all positions. The slices may be longer
// than the shapes ask, not shorter.
func (l *Linear) Do(lo, hi int) {
	l.check(lo, hi)
	raceRead(l.X[:l.T*l.Cols])
	raceRead(l.W[lo*l.Cols : hi*l.Cols])
	for t := range l.T {
		raceWrite(l.Y[t*l.Rows+lo : t*l.Rows+hi])
	}
	active.linear(l, lo, hi)
}

func (l *Linear) check(lo, hi int) {
	switch {
	case l.T < 0 || l.Rows < 0 || l.Cols < 0:
		panic(fmt.Sprintf("kernel: Linear: negative size: T %d, Rows %d, Cols %d", l.T, l.Rows, l.Cols))
	case lo < 0 || hi < lo || hi > l.Rows:
		panic(fmt.Sprintf("kernel: Linear: rows %d..%d lie outside 0..%d", lo, hi, l.Rows))
	case len(l.Y) < l.T*l.Rows:
		panic(fmt.Sprintf("kernel: Linear: Y holds %d numbers, (T, Rows) = (%d, %d) needs %d", len(l.Y), l.T, l.Rows, l.T*l.Rows))
	case len(l.X) < l.T*l.Cols:
		panic(fmt.Sprintf("kernel: Linear: X holds %d numbers, (T, Cols) = (%d, %d) needs %d", len(l.X), l.T, l.Cols, l.T*l.Cols))
	case len(l.W) < l.Rows*l.Cols:
		panic(fmt.Sprintf("kernel: Linear: W holds %d numbers, (Rows, Cols) = (%d, %d) needs %d", len(l.W), l.Rows, l.Cols, l.Rows*l.Cols))
	case l.B != nil && len(l.B) < l.Rows:
		panic(fmt.Sprintf("kernel: Linear: B holds %d numbers, Rows = %d needs as many", len(l.B), l.Rows))
	}
}

func linearGeneric(l *Linear, lo, hi int) {
	for r := lo; r < hi; r++ {
		w := l.W[r*l.Cols : (r+1)*l.Cols]
		var b float32
		if l.B != nil {
			b = l.B[r]
		}
		// A row of weights serves all positions while it is in the cache.
		for t := range l.T {
			l.Y[t*l.Rows+r] = b + dotGeneric(w, l.X[t*l.Cols:(t+1)*l.Cols])
		}
	}
}
