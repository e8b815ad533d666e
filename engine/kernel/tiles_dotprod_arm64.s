//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"
#include "tiles_arm64.h"
#include "tiles_integer_arm64.h"

// SDOT adds the products of four columns to each row, and takes the four
// activations as one lane of a vector. Both sides are signed, so the weights need
// no offset.
#define PRODUCTS1(i, j) \
	EVEN1(SDOT_LANE, i); \
	ODD1(SDOT_LANE, j)
#define PRODUCTS2(i, j) \
	EVEN2(SDOT_LANE, i); \
	ODD2(SDOT_LANE, j)
#define PRODUCTS4(i, j) \
	EVEN4(SDOT_LANE, i); \
	ODD4(SDOT_LANE, j)
#define PRODUCTS8(i, j) \
	EVEN8(SDOT_LANE, i); \
	ODD8(SDOT_LANE, j)

// func q8x1Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS1)
	COPY_BASE(1)
	Q8_UNITS(HEAD_OF_UNIT, ZERO4, X1, Q8_WEIGHTS, PRODUCTS1, NONE, Q8_SCALES, ADD1, Q8_ADD)
	NEXT_PANEL(panel)

// func q8x2Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS2)
	COPY_BASE(2)
	Q8_UNITS(HEAD_OF_UNIT, ZERO8, X2, Q8_WEIGHTS, PRODUCTS2, NONE, Q8_SCALES, ADD2, Q8_ADD)
	NEXT_PANEL(panel)

// func q8x4Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS4)
	COPY_BASE(4)
	Q8_UNITS(HEAD_OF_UNIT, ZERO16, X4, Q8_WEIGHTS, PRODUCTS4, NONE, Q8_SCALES, ADD4, Q8_ADD)
	NEXT_PANEL(panel)

// func q4x1Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL(POSITIONS1)
	COPY_BASE(1)
	Q4_UNITS(PREFETCH5, HEAD_OF_UNIT, ZERO4, X1, Q4_WEIGHTS, PRODUCTS1, NONE, Q4_SCALES, ADD1, Q4_ADD)
	NEXT_PANEL(panel)

// func q4x2Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL(POSITIONS2)
	COPY_BASE(2)
	Q4_UNITS(PREFETCH5, HEAD_OF_UNIT, ZERO8, X2, Q4_WEIGHTS, PRODUCTS2, NONE, Q4_SCALES, ADD2, Q4_ADD)
	NEXT_PANEL(panel)

// func q4x4Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL(POSITIONS4)
	COPY_BASE(4)
	Q4_UNITS(PREFETCH5, HEAD_OF_UNIT, ZERO16, X4, Q4_WEIGHTS, PRODUCTS4, NONE, Q4_SCALES, ADD4, Q4_ADD)
	NEXT_PANEL(panel)

// Eight positions share what it costs to look up the levels.

// func q4x8Dotprod(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x8Dotprod(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	COPY_BASE(8)
	MOVD ZR, HALF

half:
	PANEL(POSITIONS8)
	ADD HALF, W_PTR
	Q4_UNITS(PREFETCH5, HALF_HEAD_OF_UNIT, ZERO16, X8, Q4_HALF_WEIGHTS, PRODUCTS8, NONE, Q4_HALF_SCALES, ADD_HALF8, Q4_HALF_ADD)
	NEXT_HALF(half)
	NEXT_PANEL(panel)
