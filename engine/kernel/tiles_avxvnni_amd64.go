//go:build amd64 && !purego

package kernel

import "unsafe"

var tilesAVXVNNI = tileSet{
	F32: tilesAVX2[F32],
	F16: tilesAVX2[F16],
	Q8:  {q8x1AVXVNNI, q8x2AVXVNNI, q8x4AVXVNNI},
	Q4:  {q4x1AVXVNNI, q4x2AVXVNNI, q4x4AVXVNNI},
}

// The name says format, positions and instruction set; see [tile].

//go:noescape
func q8x1AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

// The same with the dot product encoded as AVX-512 has it, for the tests.

//go:noescape
func q8x1EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
