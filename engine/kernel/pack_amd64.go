//go:build amd64 && !purego

package kernel

func packAVX2(blocks []byte, x []float32) {
	n := len(x) / blockCols
	if n > 0 {
		_ = blocks[n*packedSize-1]
	}
	if eights := n &^ 7; eights > 0 {
		pack8BlocksAVX2(&blocks[0], &x[0], eights)
		blocks, x, n = blocks[eights*packedSize:], x[eights*blockCols:], n-eights
	}
	if n > 0 {
		packBlocksAVX2(&blocks[0], &x[0], n)
	}
	packGeneric(blocks[n*packedSize:], x[n*blockCols:])
}

// packGeneric for n whole blocks, at least one.
//
//go:noescape
func packBlocksAVX2(blocks *byte, x *float32, n int)

// The same for n a multiple of 8.
//
//go:noescape
func pack8BlocksAVX2(blocks *byte, x *float32, n int)
