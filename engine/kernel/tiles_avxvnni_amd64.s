//go:build amd64 && !purego

#include "textflag.h"
#include "tiles_amd64.h"
#include "tiles_avxvnni_amd64.h"

// VPDPBUSD Y10, Y8, Yn and VPDPBUSD Y10, Y9, Yn, n < 8: VEX.256.66.0F38.W0 50 /r.
#define DOT_LOW(dots, n) \
	BYTE $0xc4; BYTE $0xc2; BYTE $0x3d; BYTE $0x50; BYTE $(0xc2 | n<<3)
#define DOT_HIGH(dots, n) \
	BYTE $0xc4; BYTE $0xc2; BYTE $0x35; BYTE $0x50; BYTE $(0xc2 | n<<3)

// func q8x1AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1AVXVNNI(SB), NOSPLIT, $0-88
	Q8X1

// func q8x2AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2AVXVNNI(SB), NOSPLIT, $0-88
	Q8X2

// func q8x4AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4AVXVNNI(SB), NOSPLIT, $0-88
	Q8X4

// func q4x1AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1AVXVNNI(SB), NOSPLIT, $0-88
	Q4X1

// func q4x2AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2AVXVNNI(SB), NOSPLIT, $0-88
	Q4X2

// func q4x4AVXVNNI(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4AVXVNNI(SB), NOSPLIT, $0-88
	Q4X4
