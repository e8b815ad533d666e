//go:build amd64 && !purego

#include "textflag.h"
#include "tiles_amd64.h"
#include "tiles_avxvnni_amd64.h"

// The kernels of tiles_avxvnni_amd64.s for processors that know VPDPBUSD in the
// other encoding alone: the tests run them there.
#define DOT_LOW(dots, n) VPDPBUSD Y10, Y8, dots
#define DOT_HIGH(dots, n) VPDPBUSD Y10, Y9, dots

// func q8x1EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1EVEX(SB), NOSPLIT, $0-88
	Q8X1

// func q8x2EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2EVEX(SB), NOSPLIT, $0-88
	Q8X2

// func q8x4EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4EVEX(SB), NOSPLIT, $0-88
	Q8X4

// func q4x1EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1EVEX(SB), NOSPLIT, $0-88
	Q4X1

// func q4x2EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2EVEX(SB), NOSPLIT, $0-88
	Q4X2

// func q4x4EVEX(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4EVEX(SB), NOSPLIT, $0-88
	Q4X4
