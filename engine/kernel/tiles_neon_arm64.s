//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"
#include "tiles_arm64.h"
#include "tiles_integer_arm64.h"

// Without dot products: SMULL and SMLAL add the products of two groups in 16
// bits, where two of at most 127·127 have room, and SADALP pairs of these in 32.
// A row then has two sums, which are added at the end of a block: a vector of
// four rows takes two registers, V0 and V1 for the first, in the order of the
// rows and then of the positions. Four positions take half the rows at a time.
#define MULTIPLY(w0, w1, x0, x1, s0, s1) \
	SMULL(x0, w0, 28);  \
	SMULL2(x0, w0, 29); \
	SMLAL(x1, w1, 28);  \
	SMLAL2(x1, w1, 29); \
	SADALP(28, s0);     \
	SADALP(29, s1)

#define MULTIPLY16(x, i, j, s0, s1, s2, s3, s4, s5, s6, s7) \
	DUP32(i, x, 18);                  \
	DUP32(j, x, 19);                  \
	MULTIPLY(20, 24, 18, 19, s0, s1); \
	MULTIPLY(21, 25, 18, 19, s2, s3); \
	MULTIPLY(22, 26, 18, 19, s4, s5); \
	MULTIPLY(23, 27, 18, 19, s6, s7)
#define MULTIPLY8(x, i, j, s0, s1, s2, s3) \
	DUP32(i, x, 20);                  \
	DUP32(j, x, 21);                  \
	MULTIPLY(24, 26, 20, 21, s0, s1); \
	MULTIPLY(25, 27, 20, 21, s2, s3)

#define PRODUCTS1(i, j) \
	MULTIPLY16(16, i, j, 0, 1, 2, 3, 4, 5, 6, 7)
#define PRODUCTS2(i, j) \
	PRODUCTS1(i, j); \
	MULTIPLY16(17, i, j, 8, 9, 10, 11, 12, 13, 14, 15)
#define PRODUCTS4(i, j) \
	MULTIPLY8(16, i, j, 0, 1, 2, 3);   \
	MULTIPLY8(17, i, j, 4, 5, 6, 7);   \
	MULTIPLY8(18, i, j, 8, 9, 10, 11); \
	MULTIPLY8(19, i, j, 12, 13, 14, 15)

#define FOLD8 \
	ADDP32(1, 0, 0); \
	ADDP32(3, 2, 1); \
	ADDP32(5, 4, 2); \
	ADDP32(7, 6, 3)
#define FOLD16 \
	FOLD8;             \
	ADDP32(9, 8, 4);   \
	ADDP32(11, 10, 5); \
	ADDP32(13, 12, 6); \
	ADDP32(15, 14, 7)

// func q8x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS1)
	COPY_BASE(1)
	Q8_UNITS(HEAD_OF_UNIT, ZERO8, X1, Q8_WEIGHTS, PRODUCTS1, FOLD8, Q8_SCALES, ADD1, Q8_ADD)
	NEXT_PANEL(panel)

// func q8x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS2)
	COPY_BASE(2)
	Q8_UNITS(HEAD_OF_UNIT, ZERO16, X2, Q8_WEIGHTS, PRODUCTS2, FOLD16, Q8_SCALES, ADD2, Q8_ADD)
	NEXT_PANEL(panel)

// func q8x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	COPY_BASE(4)
	MOVD ZR, HALF

half:
	PANEL(POSITIONS4)
	ADD HALF, W_PTR
	Q8_UNITS(HALF_HEAD_OF_UNIT, ZERO16, X4, Q8_HALF_WEIGHTS, PRODUCTS4, FOLD16, Q8_HALF_SCALES, ADD_HALF4, Q8_HALF_ADD)
	NEXT_HALF(half)
	NEXT_PANEL(panel)

// func q4x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1NEON(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL(POSITIONS1)
	COPY_BASE(1)
	Q4_UNITS(PREFETCH5, HEAD_OF_UNIT, ZERO8, X1, Q4_WEIGHTS, PRODUCTS1, FOLD8, Q4_SCALES, ADD1, Q4_ADD)
	NEXT_PANEL(panel)

// func q4x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2NEON(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL(POSITIONS2)
	COPY_BASE(2)
	Q4_UNITS(PREFETCH5, HEAD_OF_UNIT, ZERO16, X2, Q4_WEIGHTS, PRODUCTS2, FOLD16, Q4_SCALES, ADD2, Q4_ADD)
	NEXT_PANEL(panel)

// func q4x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4NEON(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	COPY_BASE(4)
	MOVD ZR, HALF

half:
	PANEL(POSITIONS4)
	ADD HALF, W_PTR
	Q4_UNITS(PREFETCH5, HALF_HEAD_OF_UNIT, ZERO16, X4, Q4_HALF_WEIGHTS, PRODUCTS4, FOLD16, Q4_HALF_SCALES, ADD_HALF4, Q4_HALF_ADD)
	NEXT_HALF(half)
	NEXT_PANEL(panel)
