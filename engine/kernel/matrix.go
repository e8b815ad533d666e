package kernel

import (
	"fmt"
	"unsafe"
)

const (
	panelRows = 16 // rows of a matrix that are kept together
	blockCols = 32 // columns that share a scale
	groupCols = 4  // columns that an integer dot product takes at once

	alignment = 64 // bytes; the data of a matrix begins at a multiple of it
)

// A Matrix holds (Rows, Cols) weights, laid out for the kernels.
//
// The rows are cut into panels of 16, the last one filled up with zeros, and a
// kernel walks through the panels from the first byte to the last: whatever the
// format, memory is read as one stream, each lane of a vector belongs to a row,
// and no sum is ever taken across lanes. A panel is a sequence of units, with r
// counting its rows and c the columns of a unit:
//
//	F32   1 column    [r] float32
//	F16   1 column    [r] binary16
//	Q8   64 columns   [2 blocks][r] binary16 scales, [c/4][r][c%4] int8,
//	                  with w = scale·q
//	Q4   32 columns   [r] binary16 scales, [r] binary16 offsets, [c/8][r][c%4]
//	                  bytes, column c in the low four bits and column c+4 in
//	                  the high ones, with w = scale·levels[q] + offset
//
// A block is 32 columns. The last unit is filled up with zeros. A panel of F16
// with an odd number of columns ends with 32 bytes of zeros, so that every panel
// begins at a multiple of 64 bytes, and so does every unit of Q8 and Q4.
type Matrix struct {
	Format     Format
	Rows, Cols int

	data []byte // Size(Format, Rows, Cols) bytes, aligned
}

// A unitLayout is the shape of the units of a format.
type unitLayout struct {
	cols int // columns
	head int // bytes of scales and offsets
	size int // bytes
}

var units = [...]unitLayout{
	F32: {cols: 1, size: panelRows * 4},
	F16: {cols: 1, size: panelRows * 2},
	Q8:  {cols: 2 * blockCols, head: 2 * panelRows * 2, size: 2*panelRows*2 + 2*panelRows*blockCols},
	Q4:  {cols: blockCols, head: 2 * panelRows * 2, size: 2*panelRows*2 + panelRows*blockCols/2},
}

// count is how many units a panel of that many columns has.
func (u unitLayout) count(cols int) int { return (cols + u.cols - 1) / u.cols }

// panelSize is how many bytes a panel takes.
func panelSize(f Format, cols int) int { return align(units[f].count(cols) * units[f].size) }

func align(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

func panels(rows int) int { return (rows + panelRows - 1) / panelRows }

// Size is how many bytes the data of a matrix takes.
func Size(f Format, rows, cols int) int { return panels(rows) * panelSize(f, cols) }

// NewMatrix returns a matrix whose data lies in memory, which has to hold
// [Size] bytes and to begin at a multiple of 64; nil sets memory aside. What
// memory holds is what the matrix holds: see Matrix.data.
func NewMatrix(f Format, rows, cols int, memory []byte) (*Matrix, error) {
	size := Size(f, max(rows, 0), max(cols, 0))
	if memory == nil {
		memory = Aligned(size)
	}
	switch {
	case rows < 1 || cols < 1:
		return nil, fmt.Errorf("a (%d, %d) matrix, expected at least one row and one column", rows, cols)
	case len(memory) != size:
		return nil, fmt.Errorf("%d bytes for a (%d, %d) matrix in %v, expected %d", len(memory), rows, cols, f, size)
	case uintptr(unsafe.Pointer(&memory[0]))%alignment != 0:
		return nil, fmt.Errorf("a matrix in %v begins at an address that is no multiple of %d", f, alignment)
	}
	return &Matrix{Format: f, Rows: rows, Cols: cols, data: memory}, nil
}

// Aligned returns n zero bytes that begin at a multiple of 64.
func Aligned(n int) []byte {
	whole := make([]byte, n+alignment)
	skip := -uintptr(unsafe.Pointer(&whole[0])) % alignment
	return whole[skip:][:n:n]
}

// panel is the memory of the panel that holds row r.
func (m *Matrix) panel(r int) []byte {
	size := panelSize(m.Format, m.Cols)
	return m.data[r/panelRows*size:][:size]
}

// floats are the weights of an F32 panel.
func floats(panel []byte) []float32 {
	if len(panel) == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&panel[0])), len(panel)/4)
}

// halves are the binary16 numbers of a part of a panel.
func halves(part []byte) []uint16 {
	if len(part) == 0 {
		return nil
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(&part[0])), len(part)/2)
}

// Row writes the Cols weights of row r to dst.
func (m *Matrix) Row(dst []float32, r int) {
	if r < 0 || r >= m.Rows || len(dst) != m.Cols {
		panic(fmt.Sprintf("kernel: Matrix.Row: row %d into %d numbers, of a (%d, %d) matrix", r, len(dst), m.Rows, m.Cols))
	}
	panel := m.panel(r)
	r %= panelRows
	switch m.Format {
	case F32:
		w := floats(panel)
		for c := range dst {
			dst[c] = w[c*panelRows+r]
		}
	case F16:
		w := halves(panel)
		for c := range dst {
			dst[c] = FromHalf(w[c*panelRows+r])
		}
	case Q8:
		for c := range dst {
			scales, quants := q8Block(panel, c/blockCols)
			dst[c] = FromHalf(scales[r]) * float32(int8(quants[c%blockCols/groupCols*panelRows*groupCols+r*groupCols+c%groupCols]))
		}
	case Q4:
		for c := range dst {
			scales, quants := q4Block(panel, c/blockCols)
			level := levels[nibble(quants, r, c%blockCols)]
			dst[c] = float32(FromHalf(scales[r])*float32(level)) + FromHalf(scales[panelRows+r])
		}
	}
}

// q8Block returns the 16 scales and the weights [c/4][r][c%4] of a block of a
// Q8 panel.
func q8Block(panel []byte, block int) (scales []uint16, quants []byte) {
	u := units[Q8]
	unit := panel[block/2*u.size:][:u.size]
	const weights = panelRows * blockCols
	return halves(unit[:u.head])[block%2*panelRows:][:panelRows], unit[u.head+block%2*weights:][:weights]
}

// q4Block returns the 16 scales and 16 offsets, and the weights [c/8][r][c%4],
// of a block of a Q4 panel.
func q4Block(panel []byte, block int) (scales []uint16, quants []byte) {
	u := units[Q4]
	unit := panel[block*u.size:][:u.size]
	return halves(unit[:u.head]), unit[u.head:]
}

// nibble is the weight of row r and column c of a Q4 block.
func nibble(quants []byte, r, c int) byte {
	b := quants[c/(2*groupCols)*panelRows*groupCols+r*groupCols+c%groupCols]
	return b >> (c / groupCols % 2 * 4) & 15
}
