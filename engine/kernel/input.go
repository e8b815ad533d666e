package kernel

import "fmt"

// An Input is a block of activation rows on their way into a [Linear]: as
// float32 numbers and, for matrices of an integer format, quantised to 8 bits.
type Input struct {
	Cols  int
	Float []float32 // (positions, Cols)

	packed []byte // (positions, pairs of blocks of 32) packed; nil where no matrix asks for it
}

// NewInput returns room for that many positions of cols activations that will
// meet matrices of format f.
func NewInput(positions, cols int, f Format) *Input {
	in := &Input{Cols: cols, Float: make([]float32, positions*cols)}
	if f.Integer() {
		in.packed = Aligned(positions * in.packedStride())
	}
	return in
}

// Row is the float32 activations of position t.
func (in *Input) Row(t int) []float32 { return in.Float[t*in.Cols:][:in.Cols] }

// packedStride is how many bytes the blocks of one position take: an even
// number of blocks, the last of zeros if need be, as Q8 takes them in pairs.
func (in *Input) packedStride() int {
	return (in.Cols + 2*blockCols - 1) / (2 * blockCols) * 2 * packedSize
}

// Pack quantises columns lo..hi-1 of position t, after they were set in
// Float. lo is a multiple of 32, and so is hi unless it is Cols. Nothing
// happens where no matrix asks for it.
func (in *Input) Pack(t, lo, hi int) {
	if in.packed == nil || lo == hi {
		return
	}
	if lo%blockCols != 0 || hi%blockCols != 0 && hi != in.Cols {
		panic(fmt.Sprintf("kernel: Input.Pack: columns %d..%d of %d, expected whole blocks of %d", lo, hi, in.Cols, blockCols))
	}
	x := in.Row(t)[lo:hi]
	blocks := in.packed[t*in.packedStride()+lo/blockCols*packedSize:]
	blocks = blocks[:(len(x)+blockCols-1)/blockCols*packedSize]
	raceRead(x)
	raceWrite(blocks)
	active.pack(blocks, x)
}

// LayerNorm sets position t to the layer norm of x (see [LayerNorm]), quantised
// as well where that is asked for: one pass over data that is in the cache.
func (in *Input) LayerNorm(t int, x, weight, bias []float32, epsilon float32) {
	LayerNorm(in.Row(t), x, weight, bias, epsilon)
	in.Pack(t, 0, in.Cols)
}

// operand is all of the input, for both kinds of format.
func (in *Input) operand(f Format) operand {
	if f.Integer() {
		return operand{packed: in.packed, stride: in.packedStride()}
	}
	return operand{float: in.Float, stride: in.Cols}
}
