//go:build (amd64 || arm64) && !purego

package kernel

import "unsafe"

// A tile multiplies panels, one after the other, with the positions it is made
// for and adds the products to base:
//
//	y[p][r] = base[p][r] + Σ w[r][c]·x[p][c] // r < 16·panels
//
// Strides are the bytes from one position to the next and steps those from one
// panel to the next; y goes on by 64. The sum is over n units (see [Matrix]),
// for the integer formats with packed x. n and panels are at least 1, and base
// may be y. All tiles of one instruction set and format compute an output in
// the same order, so that it has the same bits from any.
type tile func(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

// tiles are for 1, 2, 4 and 8 positions; nil where there is none.
type tiles [4]tile

// tileSet has the tiles of an instruction set by format.
type tileSet [Q4 + 1]tiles

// columnBlock is how many columns of a panel pass by all positions of a long
// block before the next ones: about 16 KiB of weights, which stay in the L1
// cache. Multiples of a unit.
var columnBlock = [Q4 + 1]int{F32: 256, F16: 512, Q8: 1024, Q4: 1024}

// zeros is the base of sums without a bias.
var zeros [panelRows]float32

const panelBytes = 4 * panelRows // of sums

func (s *tileSet) linear(l *Linear, lo, hi int) {
	w := l.W
	whole := lo + (hi-lo)/panelRows*panelRows
	if l.T <= maxTile {
		// The weights are on their way from memory: one stream.
		if lo < whole {
			base, step := l.base(lo)
			s.multiply(l, lo, 0, w.Cols, &l.Y[lo], 4*w.Rows, base, 0, step, 0, l.T, (whole-lo)/panelRows)
		}
	} else {
		block := columnBlock[w.Format]
		for r := lo; r < whole; r += panelRows {
			base, _ := l.base(r)
			s.multiply(l, r, 0, min(block, w.Cols), &l.Y[r], 4*w.Rows, base, 0, 0, 0, l.T, 1)
			for c := block; c < w.Cols; c += block {
				s.multiply(l, r, c, min(c+block, w.Cols), &l.Y[r], 4*w.Rows, &l.Y[r], 4*w.Rows, 0, 0, l.T, 1)
			}
		}
	}
	if whole < hi {
		s.lastPanel(l, whole, hi-whole)
	}
}

// base is where the sums from row r on begin, and the bytes to those of the next panel.
func (l *Linear) base(r int) (base *float32, step int) {
	if l.B == nil {
		return &zeros[0], 0
	}
	return &l.B[r], panelBytes
}

// lastPanel computes the rows of a panel that the matrix does not fill.
func (s *tileSet) lastPanel(l *Linear, r, rows int) {
	for t := 0; t < l.T; t += maxTile {
		T := min(maxTile, l.T-t)
		clear(l.edge[:])
		if l.B != nil {
			for p := range T {
				copy(l.edge[p*panelRows:], l.B[r:r+rows])
			}
		}
		s.multiply(l, r, 0, l.W.Cols, &l.edge[0], panelBytes, &l.edge[0], panelBytes, 0, t, T, 1)
		for p := range T {
			copy(l.Y[(t+p)*l.W.Rows+r:][:rows], l.edge[p*panelRows:])
		}
	}
}

// multiply multiplies columns c..end-1 of the panels from row r on with
// positions t..t+T-1.
func (s *tileSet) multiply(l *Linear, r, c, end int, y *float32, yStride int, base *float32, baseStride, baseStep int, t, T, panels int) {
	f := l.W.Format
	u := units[f]
	x, xStride := l.X.operand(f).at(f, t, c)
	w := unsafe.Pointer(&l.W.panel(r)[c/u.cols*u.size])
	s[f].sum(T, y, yStride, base, baseStride, baseStep, w, panelSize(f, l.W.Cols), x, xStride, u.count(end-c), panels)
}

// sum splits the positions over the tiles.
func (s *tiles) sum(T int, y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == nil {
			continue
		}
		for T >= 1<<i {
			s[i](y, yStride, base, baseStride, baseStep, w, wStep, x, xStride, n, panels)
			if T -= 1 << i; T == 0 {
				return // the pointers must not leave their slices
			}
			y = (*float32)(unsafe.Add(unsafe.Pointer(y), yStride<<i))
			base = (*float32)(unsafe.Add(unsafe.Pointer(base), baseStride<<i))
			x = unsafe.Add(x, xStride<<i)
		}
	}
}

// at is where column c of position t lies, and how many bytes lie from one
// position to the next.
func (x operand) at(f Format, t, c int) (at unsafe.Pointer, stride int) {
	if f.Integer() {
		return unsafe.Pointer(&x.packed[t*x.stride+c/blockCols*packedSize]), x.stride
	}
	return unsafe.Pointer(&x.float[t*x.stride+c]), 4 * x.stride
}

// panels is panelsGeneric on the tiles.
func (s *tileSet) panels(w *Matrix, panels int, y []float32, yStride int, x operand, n, T int, more bool) {
	if T == 0 || n == 0 || panels == 0 {
		return
	}
	// The last vectors are within the slices.
	f := w.Format
	_ = y[(T-1)*yStride+panels*panelRows-1]
	if f.Integer() {
		_ = x.packed[(T-1)*x.stride+units[f].count(n)*units[f].cols/blockCols*packedSize-1]
	} else {
		_ = x.float[(T-1)*x.stride+n-1]
	}
	size := panelSize(f, w.Cols)
	_ = w.data[panels*size-1]
	base, baseStride, baseStep := &zeros[0], 0, 0
	if more {
		base, baseStride, baseStep = &y[0], 4*yStride, panelBytes
	}
	from, xStride := x.at(f, 0, 0)
	s[f].sum(T, &y[0], 4*yStride, base, baseStride, baseStep, unsafe.Pointer(&w.data[0]), size, from, xStride, units[f].count(n), panels)
}
