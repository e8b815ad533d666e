//go:build amd64 && !purego

package kernel

import "unsafe"

var tilesAVX512 = tileSet{
	F32: {f32x1AVX512, f32x2AVX512, f32x4AVX512, f32x8AVX512},
	F16: {f16x1AVX512, f16x2AVX512, f16x4AVX512, f16x8AVX512},
	Q8:  {q8x1AVX512, q8x2AVX512, q8x4AVX512, q8x8AVX512},
	Q4:  {q4x1AVX512, q4x2AVX512, q4x4AVX512, q4x8AVX512},
}

// The name says format, positions and instruction set; see [tile].

//go:noescape
func f32x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
