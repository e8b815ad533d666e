//go:build amd64 && !purego

package kernel

import "unsafe"

var tilesAVX2 = tileSet{
	F32: {f32x1AVX2, f32x2AVX2, f32x4AVX2},
	F16: {f16x1AVX2, f16x2AVX2, f16x4AVX2},
	Q8:  {q8x1AVX2, q8x2AVX2, q8x4AVX2},
	Q4:  {q4x1AVX2, q4x2AVX2, q4x4AVX2},
}

// The name says format, positions and instruction set; see [tile].

//go:noescape
func f32x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
