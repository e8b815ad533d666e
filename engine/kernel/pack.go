package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
)

// SetRows sets the rows from lo on to w, (n, Cols) numbers row after row. lo
// is a multiple of 16, and so is n unless the rows reach the last one. Calls
// for different rows may run at the same time.
func (m *Matrix) SetRows(lo int, w []float32) {
	n := len(w) / max(m.Cols, 1)
	if lo%panelRows != 0 || lo < 0 || lo+n > m.Rows || n*m.Cols != len(w) || n%panelRows != 0 && lo+n != m.Rows {
		panic(fmt.Sprintf("kernel: Matrix.SetRows: %d numbers from row %d on, of a (%d, %d) matrix", len(w), lo, m.Rows, m.Cols))
	}
	var p patch
	for r := 0; r < n; r += panelRows {
		panel := m.panel(lo + r)
		for c := 0; c < m.Cols; c += blockCols {
			cols := min(blockCols, m.Cols-c)
			p = patch{}
			for i := range min(panelRows, n-r) {
				for j, v := range w[(r+i)*m.Cols+c:][:cols] {
					p[j][i] = v
				}
			}
			m.encode(panel, c, cols, &p)
		}
	}
}

// SetColumns sets the columns from lo on to w, (n, Rows) numbers column after
// column: a matrix as it is stored for x·W. lo is a multiple of 32, and so is n
// unless the columns reach the last one. Calls for different columns may run
// at the same time.
func (m *Matrix) SetColumns(lo int, w []float32) {
	n := len(w) / max(m.Rows, 1)
	if lo%blockCols != 0 || lo < 0 || lo+n > m.Cols || n*m.Rows != len(w) || n%blockCols != 0 && lo+n != m.Cols {
		panic(fmt.Sprintf("kernel: Matrix.SetColumns: %d numbers from column %d on, of a (%d, %d) matrix", len(w), lo, m.Rows, m.Cols))
	}
	var p patch
	for r := 0; r < m.Rows; r += panelRows {
		panel, rows := m.panel(r), min(panelRows, m.Rows-r)
		for c := 0; c < n; c += blockCols {
			cols := min(blockCols, n-c)
			p = patch{}
			for j := range cols {
				copy(p[j][:], w[(c+j)*m.Rows+r:][:rows])
			}
			m.encode(panel, lo+c, cols, &p)
		}
	}
}

// A patch is a block of columns of a panel before it is encoded, column after
// column, with zeros beyond the matrix.
type patch [blockCols][panelRows]float32

// encode writes a patch of that many columns to the columns of panel from c on.
func (m *Matrix) encode(panel []byte, c, cols int, p *patch) {
	switch m.Format {
	case F32:
		w := floats(panel)[c*panelRows:]
		for j := range cols {
			copy(w[j*panelRows:], p[j][:])
		}
	case F16:
		w := halves(panel)[c*panelRows:]
		for j := range cols {
			active.encodeF16((*[panelRows]uint16)(w[j*panelRows:]), &p[j])
		}
	case Q8:
		scales, quants := q8Block(panel, c/blockCols)
		active.encodeQ8(scales, quants, p)
		if c+blockCols >= m.Cols && c/blockCols%2 == 0 {
			scales, quants := q8Block(panel, c/blockCols+1) // fills the unit
			clear(scales)
			clear(quants)
		}
	case Q4:
		scales, quants := q4Block(panel, c/blockCols)
		active.encodeQ4(scales, quants, p)
	}
}

// row is the block of row r.
func (p *patch) row(r int) (w [blockCols]float32) {
	for j := range w {
		w[j] = p[j][r]
	}
	return w
}

// encodeF16Generic writes a column of a patch.
func encodeF16Generic(w *[panelRows]uint16, column *[panelRows]float32) {
	for r, v := range column {
		w[r] = ToHalf(v)
	}
}

// encodeQ8Generic writes a patch to a block of a Q8 panel, see q8Block.
func encodeQ8Generic(scales []uint16, quants []byte, p *patch) {
	for r := range panelRows {
		w := p.row(r)
		scales[r] = encodeQ8(quants[r*groupCols:], &w)
	}
}

// encodeQ4Generic writes a patch to a block of a Q4 panel, see q4Block.
func encodeQ4Generic(scales []uint16, quants []byte, p *patch) {
	for r := range panelRows {
		w := p.row(r)
		scales[r], scales[panelRows+r] = encodeQ4(quants[r*groupCols:], &w)
	}
}

// roundingBias added to a float32 between -2^22 and 2^22 leaves it rounded to
// an integer, ties to even, in the low bits.
const (
	roundingBias     = 3 << 22
	roundingBiasBits = 0x4b400000
)

// encodeQ8 writes the row w of a block as four bytes for each group, 64 bytes
// apart, and returns the binary16 scale: w is about scale·q with |q| ≤ 127.
func encodeQ8(quants []byte, w *[blockCols]float32) (scale uint16) {
	// As integers NaN is above Inf and Inf above the rest, so the scale of a
	// damaged block is NaN or Inf and shows in every result.
	var top uint32
	for _, v := range w {
		top = max(top, math.Float32bits(v)&^(1<<31))
	}
	scale = ToHalf(math.Float32frombits(top) / 127)
	inverse := float32(0)
	if s := FromHalf(scale); s > 0 && s <= math.MaxFloat32 {
		inverse = 1 / s
	}
	for g := range blockCols / groupCols {
		v := w[g*groupCols:][:groupCols]
		q := quants[g*panelRows*groupCols:][:groupCols]
		for j := range q {
			// A scale among the subnormal numbers is so coarse that 127 may be
			// passed.
			scaled := float32(v[j] * inverse)
			if scaled < -127 {
				scaled = -127
			} else if scaled > 127 {
				scaled = 127
			}
			q[j] = byte(int32(math.Float32bits(scaled+roundingBias)) - roundingBiasBits)
		}
	}
	return scale
}

// levels are the 16 values of a Q4 weight before scale and offset. They are
// dense in the middle, as weights are, and lopsided: as the scale may be
// negative, a block chooses between them and their mirror image. They are the
// levels of IQ4_NL in ggml (https://github.com/ggml-org/ggml, MIT licence).
//
// On the starter model, over five kinds of held-out text, perplexity rises by
// 2.2% with them (3.1% at worst), by 3.2% with 16 even steps, scale and offset,
// and by 4.8% with 16 even steps and a scale alone.
var levels = [16]int8{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// nearestLevel[v+128] is the index of the level nearest to v.
var nearestLevel = func() (table [256]byte) {
	for i := range table {
		for q, level := range levels {
			if distance(i-128, level) < distance(i-128, levels[table[i]]) {
				table[i] = byte(q)
			}
		}
	}
	return table
}()

func distance(v int, level int8) int { return max(v-int(level), int(level)-v) }

// encodeQ4 writes the row w of a block as four bytes for each two groups, 64
// bytes apart, and returns binary16 scale and offset: w is about
// scale·levels[q] + offset.
//
// The first guess maps the ends of the levels to those of the row; with the
// levels that this assigns, least squares give a second. The large weights
// count for more. Of both guesses for either orientation the best one stays.
func encodeQ4(quants []byte, w *[blockCols]float32) (scale, offset uint16) {
	low, high, squares, finite := w[0], w[0], float32(0), true
	for _, v := range w {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
		squares += float32(v * v)
		finite = finite && v-v == 0
	}
	if !finite {
		return ToHalf(float32(math.NaN())), 0 // damaged: shows in every result
	}
	rms := float32(math.Sqrt(float64(squares / blockCols)))
	var weight [blockCols]float32
	for i, v := range w {
		weight[i] = math.Float32frombits(math.Float32bits(v)&^(1<<31)) + rms
	}
	span := float32(levels[15]) - float32(levels[0])
	best := q4Fit{loss: float32(math.Inf(1))}
	for _, ends := range [2][2]float32{{low, high}, {high, low}} {
		s := (ends[1] - ends[0]) / span
		fit := fitQ4(w, &weight, s, ends[0]-float32(float32(levels[0])*s))
		refit := fitQ4(w, &weight, fit.nextScale, fit.nextOffset)
		for _, f := range []*q4Fit{&fit, &refit} {
			if f.loss < best.loss {
				best = *f
			}
		}
	}
	for g := range blockCols / (2 * groupCols) {
		q := quants[g*panelRows*groupCols:][:groupCols]
		for j := range q {
			q[j] = best.q[g*2*groupCols+j] | best.q[g*2*groupCols+groupCols+j]<<4
		}
	}
	return best.scale, best.offset
}

// A q4Fit is an assignment of levels to the weights of a block.
type q4Fit struct {
	scale, offset uint16 // binary16
	q             [blockCols]byte
	loss          float32 // Σ weight·(scale·level + offset - w)²

	nextScale, nextOffset float32 // what least squares make of these levels
}

func fitQ4(w, weight *[blockCols]float32, scale, offset float32) (f q4Fit) {
	f.scale, f.offset = ToHalf(scale), ToHalf(offset)
	scale, offset = FromHalf(f.scale), FromHalf(f.offset)
	inverse := float32(0)
	if scale != 0 {
		inverse = 1 / scale
	}
	var sum, sumL, sumLL, sumW, sumLW float32
	for i, v := range w {
		t := float32((v - offset) * inverse)
		if t < -128 { // min and max would take most of the time
			t = -128
		} else if t > 127 {
			t = 127
		}
		q := nearestLevel[byte(int32(math.Float32bits(t+roundingBias))-roundingBiasBits+128)]
		f.q[i] = q
		l, u := float32(levels[q]), weight[i]
		d := float32(scale*l) + offset - v
		f.loss += float32(u * float32(d*d))
		sum += u
		sumL += float32(u * l)
		sumLL += float32(u * float32(l*l))
		sumW += float32(u * v)
		sumLW += float32(u * float32(l*v))
	}
	f.nextScale, f.nextOffset = scale, offset
	if det := float32(sum*sumLL) - float32(sumL*sumL); det > 0 {
		f.nextScale = (float32(sum*sumLW) - float32(sumL*sumW)) / det
		f.nextOffset = (float32(sumLL*sumW) - float32(sumL*sumLW)) / det
	}
	return f
}

// packed is one block of 32 activations for the integer kernels: bytes
//
//	0   float32 scale
//	4   int32   -128·Σq
//	8   float32 scale·Σq
//	12  zero
//	16  32 int8 q
//
// An activation is about scale·q, |q| ≤ 127. The sums serve kernels that
// multiply unsigned weights, offset by 128, and the offsets of Q4.
const (
	packedSize   = 48
	packedScale  = 0
	packedBias   = 4
	packedSum    = 8
	packedQuants = 16
)

// tiny is the bound under which activations count as 0: 127/tiny is finite.
const tiny = 0x1p-100

// packGeneric quantises x to blocks, the last one filled up with zeros.
func packGeneric(blocks []byte, x []float32) {
	for len(x) > 0 {
		b := blocks[:packedSize]
		n := min(blockCols, len(x))
		var top uint32
		for _, v := range x[:n] {
			top = max(top, math.Float32bits(v)&^(1<<31))
		}
		largest := math.Float32frombits(top)
		scale, inverse := float32(0), float32(0)
		if !(largest < tiny) {
			scale, inverse = largest/127, 127/largest
		}
		clear(b)
		sum := int32(0)
		for i, v := range x[:n] {
			q := int32(math.Float32bits(float32(v*inverse)+roundingBias)) - roundingBiasBits
			b[packedQuants+i] = byte(q)
			sum += int32(int8(q))
		}
		binary.LittleEndian.PutUint32(b[packedScale:], math.Float32bits(scale))
		binary.LittleEndian.PutUint32(b[packedBias:], uint32(-128*sum))
		binary.LittleEndian.PutUint32(b[packedSum:], math.Float32bits(scale*float32(sum)))
		x, blocks = x[n:], blocks[packedSize:]
	}
}
