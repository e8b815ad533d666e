//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"
#include "tiles_arm64.h"

#define LOAD1 \
	MOVD   BASE_PTR, IN;              \
	VLD1.P (IN)(BASE_STRIDE), [V(0).S4, V(1).S4, V(2).S4, V(3).S4]
#define LOAD2 \
	LOAD1;                            \
	VLD1.P (IN)(BASE_STRIDE), [V(4).S4, V(5).S4, V(6).S4, V(7).S4]
#define LOAD4 \
	LOAD2;                            \
	VLD1.P (IN)(BASE_STRIDE), [V(8).S4, V(9).S4, V(10).S4, V(11).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(12).S4, V(13).S4, V(14).S4, V(15).S4]
#define LOAD_HALF8 \
	ADD    HALF, BASE_PTR, IN;        \
	VLD1.P (IN)(BASE_STRIDE), [V(0).S4, V(1).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(2).S4, V(3).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(4).S4, V(5).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(6).S4, V(7).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(8).S4, V(9).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(10).S4, V(11).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(12).S4, V(13).S4]; \
	VLD1.P (IN)(BASE_STRIDE), [V(14).S4, V(15).S4]

#define STORE1 \
	MOVD   Y_PTR, OUT;                \
	VST1.P [V(0).S4, V(1).S4, V(2).S4, V(3).S4], (OUT)(Y_STRIDE)
#define STORE2 \
	STORE1;                           \
	VST1.P [V(4).S4, V(5).S4, V(6).S4, V(7).S4], (OUT)(Y_STRIDE)
#define STORE4 \
	STORE2;                           \
	VST1.P [V(8).S4, V(9).S4, V(10).S4, V(11).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(12).S4, V(13).S4, V(14).S4, V(15).S4], (OUT)(Y_STRIDE)
#define STORE_HALF8 \
	ADD    HALF, Y_PTR, OUT;          \
	VST1.P [V(0).S4, V(1).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(2).S4, V(3).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(4).S4, V(5).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(6).S4, V(7).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(8).S4, V(9).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(10).S4, V(11).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(12).S4, V(13).S4], (OUT)(Y_STRIDE); \
	VST1.P [V(14).S4, V(15).S4], (OUT)(Y_STRIDE)

// The weights of the next column. FCVTL needs no half-precision arithmetic: it
// is in every ARMv8.
#define F32_EVEN \
	VLD1.P 64(W_PTR), [V(20).S4, V(21).S4, V(22).S4, V(23).S4]
#define F32_ODD \
	VLD1.P 64(W_PTR), [V(24).S4, V(25).S4, V(26).S4, V(27).S4]
#define F16_EVEN \
	VLD1.P 32(W_PTR), [V(28).H8, V(29).H8]; \
	FCVTL(28, 20);  \
	FCVTL2(28, 21); \
	FCVTL(29, 22);  \
	FCVTL2(29, 23)
#define F16_ODD \
	VLD1.P 32(W_PTR), [V(30).H8, V(31).H8]; \
	FCVTL(30, 24);  \
	FCVTL2(30, 25); \
	FCVTL(31, 26);  \
	FCVTL2(31, 27)
#define F16_HALF_EVEN \
	FMOVQ.P 32(W_PTR), F(28); \
	FCVTL(28, 24);            \
	FCVTL2(28, 25)
#define F16_HALF_ODD \
	FMOVQ.P 32(W_PTR), F(29); \
	FCVTL(29, 26);            \
	FCVTL2(29, 27)

// FLOAT_COLUMNS walks N columns, four at a time and then one. The activation is
// the lane that FMLA takes: no instruction spreads it over a vector.
#define FLOAT_COLUMNS(PREFETCH, X, WEIGHTS_EVEN, WEIGHTS_ODD, EVEN, ODD) \
	SUBS $4, N;         \
	BLT  rest;          \
	PCALIGN $32;        \
four:                   \
	PREFETCH;           \
	X(FMOVQ.P, 16);     \
	WEIGHTS_EVEN;       \
	WEIGHTS_ODD;        \
	EVEN(FMLA_LANE, 0); \
	ODD(FMLA_LANE, 1);  \
	WEIGHTS_EVEN;       \
	WEIGHTS_ODD;        \
	EVEN(FMLA_LANE, 2); \
	ODD(FMLA_LANE, 3);  \
	SUBS $4, N;         \
	BGE  four;          \
rest:                   \
	ADDS $4, N;         \
	BEQ  done;          \
one:                    \
	X(FMOVS.P, 4);      \
	WEIGHTS_EVEN;       \
	EVEN(FMLA_LANE, 0); \
	SUBS $1, N;         \
	BNE  one;           \
done:

// func f32x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x1NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS1)
	LOAD1
	FLOAT_COLUMNS(PREFETCH4, X1, F32_EVEN, F32_ODD, EVEN1, ODD1)
	STORE1
	NEXT_PANEL(panel)

// func f32x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x2NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS2)
	LOAD2
	FLOAT_COLUMNS(PREFETCH4, X2, F32_EVEN, F32_ODD, EVEN2, ODD2)
	STORE2
	NEXT_PANEL(panel)

// func f32x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x4NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS4)
	LOAD4
	FLOAT_COLUMNS(PREFETCH4, X4, F32_EVEN, F32_ODD, EVEN4, ODD4)
	STORE4
	NEXT_PANEL(panel)

// func f16x1NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x1NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS1)
	LOAD1
	FLOAT_COLUMNS(PREFETCH2, X1, F16_EVEN, F16_ODD, EVEN1, ODD1)
	STORE1
	NEXT_PANEL(panel)

// func f16x2NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x2NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS2)
	LOAD2
	FLOAT_COLUMNS(PREFETCH2, X2, F16_EVEN, F16_ODD, EVEN2, ODD2)
	STORE2
	NEXT_PANEL(panel)

// func f16x4NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x4NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL(POSITIONS4)
	LOAD4
	FLOAT_COLUMNS(PREFETCH2, X4, F16_EVEN, F16_ODD, EVEN4, ODD4)
	STORE4
	NEXT_PANEL(panel)

// Eight positions share what it costs to widen the weights. F32 has no such
// cost, and four positions keep the multipliers busy.

// func f16x8NEON(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x8NEON(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	MOVD ZR, HALF

half:
	PANEL(POSITIONS8)
	ADD HALF>>1, W_PTR
	LOAD_HALF8
	FLOAT_COLUMNS(PREFETCH2, X8, F16_HALF_EVEN, F16_HALF_ODD, EVEN8, ODD8)
	STORE_HALF8
	NEXT_HALF(half)
	NEXT_PANEL(panel)
