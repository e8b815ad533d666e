package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Linear is the product Y = X Wᵀ + B for a block of T positions. It is a
// [Work] over the output rows 0..W.Rows-1 (the columns of Y), in ranges that
// begin at multiples of [RowUnit].
//
// Each output is one sum in one order, from the bias on: it has the same bits
// whether its position is computed alone or in a block, and whatever the
// ranges.
type Linear struct {
	Y []float32 // (T, W.Rows); each Do writes its own columns and nothing else
	X *Input    // T positions of W.Cols
	W *Matrix
	B []float32 // (W.Rows), or nil for no bias
	T int

	// Then, unless nil, is applied to what has been computed while that is in
	// the cache.
	Then func(y []float32)
	// Out, unless nil, is the Input whose Float is Y: what has been computed is
	// packed.
	Out *Input

	edge [maxTile * panelRows]float32 // the last panel's sums where W ends within it
}

// RowUnit is the multiple at which ranges of rows begin: two panels of
// weights, and one block of the activations that come out.
const RowUnit = 32

// maxTile is the most positions that a kernel computes in one call.
const maxTile = 8

// Run computes all rows on a pool: where there are few positions in pieces of
// 256 KiB of weights, with two or more for each thread. Every piece is a stream
// of its own from memory, which takes a moment to flow: with pieces of 64 KiB
// decoding is 5% slower.
func (l *Linear) Run(p *Pool) {
	const pieceBytes, pieceProducts = 256 << 10, 1 << 21
	row := panelSize(l.W.Format, l.W.Cols) / panelRows
	rows := min(l.W.Rows/(2*p.Threads()), pieceBytes/row, pieceProducts/(l.W.Cols*max(l.T/maxTile, 1)))
	p.Run(l.W.Rows, evenPieces(l.W.Rows, max(rows/RowUnit, 1), p.Threads())*RowUnit, l)
}

// evenPieces is how many units of rows a piece has, most or down to half of
// that, so that the threads end together: a thread that is one piece behind
// keeps all others waiting. 2304 rows in pieces of 320 would take two threads
// 11% longer than in pieces of 288.
func evenPieces(rows, most, threads int) int {
	units := (rows + RowUnit - 1) / RowUnit
	longest := func(piece int) int { // what the busiest thread computes
		pieces := (units + piece - 1) / piece
		return (pieces + threads - 1) / threads * piece
	}
	best := most
	for piece := most - 1; piece >= (most+1)/2; piece-- {
		if 100*longest(piece) < 99*longest(best) { // larger ones otherwise
			best = piece
		}
	}
	return best
}

// Do computes output rows lo..hi-1 for all positions. The slices may be longer
// than the shapes ask, not shorter.
func (l *Linear) Do(_, lo, hi int) {
	l.check(lo, hi)
	if lo == hi {
		return
	}
	w := l.W
	size := panelSize(w.Format, w.Cols)
	raceRead(w.data[lo/panelRows*size : panels(hi)*size])
	for t := range l.T {
		raceRead(l.X.Row(t))
		raceWrite(l.Y[t*w.Rows+lo : t*w.Rows+hi])
	}
	active.linear(l, lo, hi)
	for t := range l.T {
		if l.Then != nil {
			l.Then(l.Y[t*w.Rows+lo : t*w.Rows+hi])
		}
		if l.Out != nil {
			l.Out.Pack(t, lo, hi)
		}
	}
}

func (l *Linear) check(lo, hi int) {
	w := l.W
	switch {
	case l.T < 0:
		panic(fmt.Sprintf("kernel: Linear: T is %d", l.T))
	case lo < 0 || hi < lo || hi > w.Rows || lo%RowUnit != 0 || hi%RowUnit != 0 && hi != w.Rows:
		panic(fmt.Sprintf("kernel: Linear: rows %d..%d of %d, expected multiples of %d within", lo, hi, w.Rows, RowUnit))
	case len(l.Y) < l.T*w.Rows:
		panic(fmt.Sprintf("kernel: Linear: Y holds %d numbers, (T, Rows) = (%d, %d) needs %d", len(l.Y), l.T, w.Rows, l.T*w.Rows))
	case l.X.Cols != w.Cols:
		panic(fmt.Sprintf("kernel: Linear: X has %d columns, W has %d", l.X.Cols, w.Cols))
	case len(l.X.Float) < l.T*w.Cols:
		panic(fmt.Sprintf("kernel: Linear: X holds %d numbers, (T, Cols) = (%d, %d) needs %d", len(l.X.Float), l.T, w.Cols, l.T*w.Cols))
	case w.Format.Integer() && l.X.packed == nil:
		panic(fmt.Sprintf("kernel: Linear: X is not packed, %v needs it", w.Format))
	case l.B != nil && len(l.B) < w.Rows:
		panic(fmt.Sprintf("kernel: Linear: B holds %d numbers, Rows = %d needs as many", len(l.B), w.Rows))
	}
}

// linearGeneric takes one panel after the other; its weights serve all
// positions while they are in the cache.
func linearGeneric(l *Linear, lo, hi int) {
	w := l.W
	for r := lo; r < hi; r += panelRows {
		panel, rows := w.panel(r), min(panelRows, hi-r)
		for t := range l.T {
			var sums [panelRows]float32
			if l.B != nil {
				copy(sums[:rows], l.B[r:])
			}
			sumPanel(w.Format, panel, &sums, l.X.operand(w.Format), t, w.Cols)
			copy(l.Y[t*w.Rows+r:][:rows], sums[:])
		}
	}
}

// An operand is what panels are multiplied with, position by position.
type operand struct {
	float  []float32 // for F32 and F16
	packed []byte    // for Q8 and Q4
	stride int       // from one position to the next: numbers of float, bytes of packed
}

// sumPanel adds the products of a panel's first n columns with position t of x
// to sums.
func sumPanel(f Format, panel []byte, sums *[panelRows]float32, x operand, t, n int) {
	switch f {
	case F32:
		w := floats(panel)
		for c, v := range x.float[t*x.stride:][:n] {
			column := (*[panelRows]float32)(w[c*panelRows:])
			for r := range sums {
				sums[r] += float32(column[r] * v)
			}
		}
	case F16:
		w := halves(panel)
		for c, v := range x.float[t*x.stride:][:n] {
			column := (*[panelRows]uint16)(w[c*panelRows:])
			for r := range sums {
				sums[r] += float32(FromHalf(column[r]) * v)
			}
		}
	case Q8:
		packed := x.packed[t*x.stride:]
		for b := range (n + blockCols - 1) / blockCols {
			in := packed[b*packedSize:][:packedSize]
			scales, quants := q8Block(panel, b)
			var dots [panelRows]int32
			for g := range blockCols / groupCols {
				group := (*[panelRows * groupCols]byte)(quants[g*panelRows*groupCols:])
				v := (*[groupCols]byte)(in[packedQuants+g*groupCols:])
				for r := range dots {
					for j := range v {
						dots[r] += int32(int8(group[r*groupCols+j])) * int32(int8(v[j]))
					}
				}
			}
			scale := math.Float32frombits(binary.LittleEndian.Uint32(in[packedScale:]))
			for r := range sums {
				sums[r] += float32(float32(float32(dots[r])*scale) * FromHalf(scales[r]))
			}
		}
	case Q4:
		packed := x.packed[t*x.stride:]
		for b := range (n + blockCols - 1) / blockCols {
			in := packed[b*packedSize:][:packedSize]
			scales, quants := q4Block(panel, b)
			var dots [panelRows]int32
			for c, v := range in[packedQuants:] {
				for r := range dots {
					dots[r] += int32(levels[nibble(quants, r, c)]) * int32(int8(v))
				}
			}
			scale := math.Float32frombits(binary.LittleEndian.Uint32(in[packedScale:]))
			sum := math.Float32frombits(binary.LittleEndian.Uint32(in[packedSum:]))
			for r := range sums {
				sums[r] += float32(float32(float32(dots[r])*scale) * FromHalf(scales[r]))
				sums[r] += float32(sum * FromHalf(scales[panelRows+r]))
			}
		}
	}
}

// panelsGeneric is the product of T positions with the first n columns of the
// first panels of a matrix:
//
//	y[t*yStride+r] = Σ w[r][c]·x[t][c] // c < n, r < 16·panels
//
// With more, the sums begin from what y holds.
func panelsGeneric(w *Matrix, panels int, y []float32, yStride int, x operand, n, T int, more bool) {
	for p := range panels {
		panel := w.panel(p * panelRows)
		for t := range T {
			out := (*[panelRows]float32)(y[t*yStride+p*panelRows:])
			if !more {
				clear(out[:])
			}
			sumPanel(w.Format, panel, out, x, t, n)
		}
	}
}
