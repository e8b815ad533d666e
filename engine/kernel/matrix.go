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
// kernel walks through one panel from its first byte to its last: whatever the
// format, memory is read as one stream, each lane of a vector belongs to a row,
// and no sum is ever taken across lanes. Within a panel, with r counting its
// rows and c the columns:
//
//	F32  [c][r] float32
//	F16  [c][r] binary16
//	Q8   [block][r] binary16 scales, then [block][c/4][r][c%4] int8,
//	     with w = scale·q
//	Q4   [block]{[r] binary16 scales, [r] binary16 offsets}, then
//	     [block][c/8][r][c%4] bytes, column c in the low four bits and column
//	     c+4 in the high ones, with w = scale·levels[q] + offset
//
// A block is 32 columns; Q8 and Q4 fill the last one up with zeros. Each part
// of a panel takes a multiple of 64 bytes.
type Matrix struct {
	Format     Format
	Rows, Cols int

	data []byte // Size(Format, Rows, Cols) bytes, aligned
}

// panelLayout says where the parts of a panel lie, in bytes.
type panelLayout struct {
	blocks int // of 32 columns; 0 for F32 and F16
	quants int // begin of the weights, after the scales
	size   int
}

func layout(f Format, cols int) panelLayout {
	switch f {
	case F32:
		return panelLayout{size: cols * panelRows * 4}
	case F16:
		return panelLayout{size: align(cols * panelRows * 2)}
	}
	blocks := (cols + blockCols - 1) / blockCols
	scales := align(blocks * panelRows * 2)
	weights := blocks * panelRows * blockCols
	if f == Q4 {
		scales, weights = blocks*panelRows*4, weights/2
	}
	return panelLayout{blocks: blocks, quants: scales, size: scales + weights}
}

func align(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

func panels(rows int) int { return (rows + panelRows - 1) / panelRows }

// Size is how many bytes the data of a matrix takes.
func Size(f Format, rows, cols int) int { return panels(rows) * layout(f, cols).size }

// NewMatrix returns a matrix whose data lies in memory, which has to hold
// [Size] bytes and to begin at a multiple of 64; nil sets memory aside. What
// memory holds is what the matrix holds: see [Matrix.Data].
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

// Data is the matrix in memory, the same on every machine. It must not be changed.
func (m *Matrix) Data() []byte { return m.data }

// panel is the memory of the panel that holds row r.
func (m *Matrix) panel(r int) []byte {
	size := layout(m.Format, m.Cols).size
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
	at, panel := layout(m.Format, m.Cols), m.panel(r)
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
		scales, quants := halves(panel[:at.quants]), panel[at.quants:]
		for c := range dst {
			scale := FromHalf(scales[c/blockCols*panelRows+r])
			dst[c] = scale * float32(int8(quants[c/groupCols*panelRows*groupCols+r*groupCols+c%groupCols]))
		}
	case Q4:
		scales, quants := halves(panel[:at.quants]), panel[at.quants:]
		for c := range dst {
			block := scales[c/blockCols*panelRows*2:]
			level := levels[nibble(quants, r, c)]
			dst[c] = float32(FromHalf(block[r])*float32(level)) + FromHalf(block[panelRows+r])
		}
	}
}

// nibble is the Q4 weight of row r and column c of a panel.
func nibble(quants []byte, r, c int) byte {
	b := quants[c/(2*groupCols)*panelRows*groupCols+r*groupCols+c%groupCols]
	return b >> (c / groupCols % 2 * 4) & 15
}
