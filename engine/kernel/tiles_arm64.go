//go:build arm64 && !purego

package kernel

import "unsafe"

var tilesNEON = tileSet{
	F32: {f32x1NEON, f32x2NEON, f32x4NEON},
	F16: {f16x1NEON, f16x2NEON, f16x4NEON, f16x8NEON},
	Q8:  {q8x1NEON, q8x2NEON, q8x4NEON},
	Q4:  {q4x1NEON, q4x2NEON, q4x4NEON},
}

var tilesDotprod = tileSet{
	F32: tilesNEON[F32],
	F16: tilesNEON[F16],
	Q8:  {q8x1Dotprod, q8x2Dotprod, q8x4Dotprod},
	Q4:  {q4x1Dotprod, q4x2Dotprod, q4x4Dotprod, q4x8Dotprod},
}

// The name says format, positions and instruction set; see [tile].

//go:noescape
func f32x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f32x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func f16x8NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x1Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x2Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q8x4Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x1Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x2Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x4Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)

//go:noescape
func q4x8Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
