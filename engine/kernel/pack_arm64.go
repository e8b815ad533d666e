//go:build arm64 && !purego

package kernel

func packNEON(blocks []byte, x []float32) {
	n := len(x) / blockCols
	if n > 0 {
		_ = blocks[n*packedSize-1]
		packBlocksNEON(&blocks[0], &x[0], n)
	}
	packGeneric(blocks[n*packedSize:], x[n*blockCols:])
}

// packGeneric for n whole blocks, at least one.
//
//go:noescape
func packBlocksNEON(blocks *byte, x *float32, n int)
