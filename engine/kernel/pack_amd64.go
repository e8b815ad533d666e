//go:build amd64 && !purego

package kernel

// 768 numbers take TIME on an AMD EPYC (Zen 4), against TIME for the generic code.
func packAVX2(blocks []byte, x []float32) {
	n := len(x) / blockCols
	if n > 0 {
		_ = blocks[n*packedSize-1]
		packBlocksAVX2(&blocks[0], &x[0], n)
	}
	packGeneric(blocks[n*packedSize:], x[n*blockCols:])
}

// packGeneric for n whole blocks, at least one.
//
//go:noescape
func packBlocksAVX2(blocks *byte, x *float32, n int)
