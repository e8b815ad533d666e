//go:build (amd64 || arm64) && !purego

package kernel

import "unsafe"

// A tile multiplies one panel with the positions it is made for and adds the
// products to base:
//
//	y[p][r] = base[p][r] + Σ w[c][r]·x[p][c] // r < 16
//
// The sum is over n columns for F32 and F16 and over n blocks for Q8 and Q4,
// for which x is packed; scales is for these alone. Strides are in bytes, n is
// at least 1, and base may be y. All tiles of one instruction set and format
// compute an output in the same order, so that it has the same bits from any.
type tile func(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)

// tiles are for 1, 2, 4 and 8 positions; nil where there is none.
type tiles [4]tile

// tileSet has the tiles of an instruction set by format.
type tileSet [Q4 + 1]tiles

// columnBlock is how many columns of a panel pass by all positions of a block
// before the next: about 16 KiB of weights, which stay in the L1 cache. The
// runtime cannot stop a goroutine inside assembly, and one call of a tile then
// takes some microseconds. Multiples of a block of 32.
var columnBlock = [Q4 + 1]int{F32: 256, F16: 512, Q8: 1024, Q4: 1024}

// zeros is the base of sums without a bias.
var zeros [panelRows]float32

func (s *tileSet) linear(l *Linear, lo, hi int) {
	w := l.W
	at := layout(w.Format, w.Cols)
	step := w.Cols
	if l.T > maxTile {
		step = columnBlock[w.Format]
	}
	for r := lo; r < hi; r += panelRows {
		panel := unsafe.Pointer(&w.panel(r)[0])
		if hi-r < panelRows {
			s.lastPanel(l, panel, at, r, hi-r)
			continue
		}
		base, baseStride := &zeros[0], 0
		if l.B != nil {
			base = &l.B[r]
		}
		y, yStride := &l.Y[r], 4*w.Rows
		for c := 0; c < w.Cols; c += step {
			s.columns(w.Format, at, panel, c, min(step, w.Cols-c), y, yStride, base, baseStride, l.X, 0, l.T)
			base, baseStride = y, yStride
		}
	}
}

// lastPanel computes the rows of a panel that the matrix does not fill.
func (s *tileSet) lastPanel(l *Linear, panel unsafe.Pointer, at panelLayout, r, rows int) {
	const stride = 4 * panelRows
	for t := 0; t < l.T; t += maxTile {
		T := min(maxTile, l.T-t)
		clear(l.edge[:])
		if l.B != nil {
			for p := range T {
				copy(l.edge[p*panelRows:], l.B[r:r+rows])
			}
		}
		s.columns(l.W.Format, at, panel, 0, l.W.Cols, &l.edge[0], stride, &l.edge[0], stride, l.X, t, T)
		for p := range T {
			copy(l.Y[(t+p)*l.W.Rows+r:][:rows], l.edge[p*panelRows:])
		}
	}
}

// columns multiplies n columns of a panel, from c on, with positions t..t+T-1.
func (s *tileSet) columns(f Format, at panelLayout, panel unsafe.Pointer, c, n int, y *float32, yStride int, base *float32, baseStride int, in *Input, t, T int) {
	x, xStride := in.at(f, t)
	w, scales := panel, panel
	switch f {
	case F32:
		w, x = unsafe.Add(w, c*panelRows*4), unsafe.Add(x, c*4)
	case F16:
		w, x = unsafe.Add(w, c*panelRows*2), unsafe.Add(x, c*4)
	case Q8, Q4:
		b := c / blockCols
		n = (n + blockCols - 1) / blockCols
		w, x = unsafe.Add(w, at.quants+b*(at.size-at.quants)/at.blocks), unsafe.Add(x, b*packedSize)
		scales = unsafe.Add(scales, b*panelRows*2)
		if f == Q4 {
			scales = unsafe.Add(scales, b*panelRows*2)
		}
	}
	s[f].sum(T, y, yStride, base, baseStride, w, scales, x, xStride, n)
}

// sum splits the positions over the tiles.
func (s *tiles) sum(T int, y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == nil {
			continue
		}
		for T >= 1<<i {
			s[i](y, yStride, base, baseStride, w, scales, x, xStride, n)
			if T -= 1 << i; T == 0 {
				return // the pointers must not leave their slices
			}
			y = (*float32)(unsafe.Add(unsafe.Pointer(y), yStride<<i))
			base = (*float32)(unsafe.Add(unsafe.Pointer(base), baseStride<<i))
			x = unsafe.Add(x, xStride<<i)
		}
	}
}

// panel is panelGeneric on the tiles.
func (s *tileSet) panel(f Format, y []float32, yStride int, panel []byte, x []float32, xStride, n, T int, more bool) {
	if T == 0 || n == 0 {
		return
	}
	// The last vectors are within the slices.
	_ = y[(T-1)*yStride+panelRows-1]
	_ = x[(T-1)*xStride+n-1]
	base, baseStride := &zeros[0], 0
	if more {
		base, baseStride = &y[0], 4*yStride
	}
	w := unsafe.Pointer(&panel[0])
	s[f].sum(T, &y[0], 4*yStride, base, baseStride, w, w, unsafe.Pointer(&x[0]), 4*xStride, n)
}
