//go:build amd64 && !purego

#include "textflag.h"
#include "tiles_amd64.h"

// A panel is two vectors of eight rows. The float tiles keep the sums of
// positions 0..3 in Y0 and Y1, Y2 and Y3, Y4 and Y5, Y6 and Y7.

#define LOAD1 \
	VMOVUPS (BASE_PTR), Y0;                   \
	VMOVUPS 32(BASE_PTR), Y1
#define LOAD2 \
	LOAD1;                                    \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*1), Y2;    \
	VMOVUPS 32(BASE_PTR)(BASE_STRIDE*1), Y3
#define LOAD4 \
	LOAD2;                                    \
	LEAQ    (BASE_STRIDE)(BASE_STRIDE*2), STRIDE3; \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*2), Y4;    \
	VMOVUPS 32(BASE_PTR)(BASE_STRIDE*2), Y5;  \
	VMOVUPS (BASE_PTR)(STRIDE3*1), Y6;        \
	VMOVUPS 32(BASE_PTR)(STRIDE3*1), Y7

#define STORE1 \
	VMOVUPS Y0, (Y_PTR);                      \
	VMOVUPS Y1, 32(Y_PTR)
#define STORE2 \
	STORE1;                                   \
	VMOVUPS Y2, (Y_PTR)(Y_STRIDE*1);          \
	VMOVUPS Y3, 32(Y_PTR)(Y_STRIDE*1)
#define STORE4 \
	STORE2;                                   \
	LEAQ    (Y_STRIDE)(Y_STRIDE*2), STRIDE3;  \
	VMOVUPS Y4, (Y_PTR)(Y_STRIDE*2);          \
	VMOVUPS Y5, 32(Y_PTR)(Y_STRIDE*2);        \
	VMOVUPS Y6, (Y_PTR)(STRIDE3*1);           \
	VMOVUPS Y7, 32(Y_PTR)(STRIDE3*1)

// FMA adds the weights of a column, Y8 and Y9, times the activation at x.
#define FMA(x, low, high) \
	VBROADCASTSS x, Y10;          \
	VFMADD231PS  Y10, Y8, low;    \
	VFMADD231PS  Y10, Y9, high
#define FMA1(d) \
	FMA(d(X_PTR), Y0, Y1)
#define FMA2(d) \
	FMA1(d);                      \
	FMA(d(X_PTR)(X_STRIDE*1), Y2, Y3)
#define FMA4(d) \
	FMA2(d);                      \
	FMA(d(X_PTR)(X_STRIDE*2), Y4, Y5); \
	FMA(d(X_PTR)(X_STRIDE3*1), Y6, Y7)

// FLOAT_COLUMNS walks N columns, whose weights take size bytes each.
#define FLOAT_COLUMNS(LOAD, size, FMA, PREFETCH) \
	SUBQ $4, N;                       \
	JLT  rest;                        \
	PCALIGN $32;                      \
four:                                 \
	PREFETCH;                         \
	LOAD (0*size)(W_PTR), Y8;         \
	LOAD (0*size+size/2)(W_PTR), Y9;  \
	FMA(0);                           \
	LOAD (1*size)(W_PTR), Y8;         \
	LOAD (1*size+size/2)(W_PTR), Y9;  \
	FMA(4);                           \
	LOAD (2*size)(W_PTR), Y8;         \
	LOAD (2*size+size/2)(W_PTR), Y9;  \
	FMA(8);                           \
	LOAD (3*size)(W_PTR), Y8;         \
	LOAD (3*size+size/2)(W_PTR), Y9;  \
	FMA(12);                          \
	ADDQ $(4*size), W_PTR;            \
	ADDQ $16, X_PTR;                  \
	SUBQ $4, N;                       \
	JGE  four;                        \
rest:                                 \
	ADDQ $4, N;                       \
	JZ   done;                        \
one:                                  \
	LOAD (W_PTR), Y8;                 \
	LOAD (size/2)(W_PTR), Y9;         \
	FMA(0);                           \
	ADDQ $size, W_PTR;                \
	ADDQ $4, X_PTR;                   \
	DECQ N;                           \
	JNZ  one;                         \
done:

// func f32x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x1AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD1
	FLOAT_COLUMNS(VMOVUPS, 64, FMA1, PREFETCH4)
	STORE1
	NEXT_PANEL(panel)

// func f32x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x2AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD2
	FLOAT_COLUMNS(VMOVUPS, 64, FMA2, PREFETCH4)
	STORE2
	NEXT_PANEL(panel)

// func f32x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x4AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD4
	FLOAT_COLUMNS(VMOVUPS, 64, FMA4, PREFETCH4)
	STORE4
	NEXT_PANEL(panel)

// func f16x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x1AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD1
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA1, PREFETCH2)
	STORE1
	NEXT_PANEL(panel)

// func f16x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x2AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD2
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA2, PREFETCH2)
	STORE2
	NEXT_PANEL(panel)

// func f16x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x4AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD4
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA4, PREFETCH2)
	STORE4
	NEXT_PANEL(panel)

DATA ones16<>+0(SB)/4, $0x00010001
GLOBL ones16<>(SB), RODATA|NOPTR, $4
DATA lowNibbles2<>+0(SB)/4, $0x0f0f0f0f
GLOBL lowNibbles2<>(SB), RODATA|NOPTR, $4

#define ONES Y15             // 16 words
#define LEVELS Y14           // of Q4, in both halves
#define LOW_NIBBLES Y13

// MUL adds the signed weights Y8, with their absolute values in Y9, of four
// columns times the quantised activations at x to dots. VPMADDUBSW wants one
// side unsigned, so the sign of a weight goes over to the activation; two
// products of at most 127·127 fit in 16 bits.
#define MUL(x, dots) \
	VPBROADCASTD x, Y10;          \
	VPSIGNB      Y8, Y10, Y10;    \
	VPMADDUBSW   Y10, Y9, Y10;    \
	VPMADDWD     ONES, Y10, Y10;  \
	VPADDD       Y10, dots, dots

// SCALE adds dots·(scale of x)·(scales of w, Y8) to sums.
#define SCALE(x, dots, sums) \
	VCVTDQ2PS    dots, dots;      \
	VBROADCASTSS x, Y10;          \
	VMULPS       Y10, dots, dots; \
	VFMADD231PS  dots, Y8, sums

// OFFSET adds (offsets of w, Y9)·Σx to sums.
#define OFFSET(x, sums) \
	VBROADCASTSS x, Y10;          \
	VFMADD231PS  Y10, Y9, sums

#define Q8_CONSTANTS \
	VPBROADCASTD ones16<>(SB), ONES

#define Q4_CONSTANTS \
	VPBROADCASTD   ones16<>(SB), ONES;             \
	VPBROADCASTD   lowNibbles2<>(SB), LOW_NIBBLES; \
	VBROADCASTI128 ·levels(SB), LEVELS

// One position takes both halves of the panel at once: memory is read in order.
// The sums are in Y0 and Y1, the integer sums of a block in Y4 and Y5. b is the
// bytes from X_PTR to the block of activations.

#define Q8_GROUP1(w, d) \
	VMOVDQU w(W_PTR), Y8;                      \
	VPABSB  Y8, Y9;                            \
	MUL((PACKED_QUANTS+d)(X_PTR), Y4);         \
	VMOVDQU (w+32)(W_PTR), Y8;                 \
	VPABSB  Y8, Y9;                            \
	MUL((PACKED_QUANTS+d)(X_PTR), Y5)

#define Q8_BLOCK1(s, w, b) \
	VPXOR Y4, Y4, Y4;                          \
	VPXOR Y5, Y5, Y5;                          \
	Q8_GROUP1(w+0, b+0);                       \
	Q8_GROUP1(w+64, b+4);                      \
	Q8_GROUP1(w+128, b+8);                     \
	Q8_GROUP1(w+192, b+12);                    \
	Q8_GROUP1(w+256, b+16);                    \
	Q8_GROUP1(w+320, b+20);                    \
	Q8_GROUP1(w+384, b+24);                    \
	Q8_GROUP1(w+448, b+28);                    \
	VCVTPH2PS s(W_PTR), Y8;                    \
	SCALE((b+PACKED_SCALE)(X_PTR), Y4, Y0);    \
	VCVTPH2PS (s+16)(W_PTR), Y8;               \
	SCALE((b+PACKED_SCALE)(X_PTR), Y5, Y1)

// func q8x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	PANEL
	LOAD1
	PCALIGN $32

unit:
	PREFETCH9
	Q8_BLOCK1(0, 64, 0)
	PREFETCH8_LATER
	Q8_BLOCK1(32, 576, PACKED)
	ADDQ $1088, W_PTR
	ADDQ $(2*PACKED), X_PTR
	DECQ N
	JNZ  unit
	STORE1
	NEXT_PANEL(panel)

// Q4_HALF takes eight rows of two groups of four columns, of the low and the
// high nibbles at w.
#define Q4_HALF(w, d, MULS) \
	VMOVDQU w, Y12;                            \
	VPAND   LOW_NIBBLES, Y12, Y8;              \
	VPSHUFB Y8, LEVELS, Y8;                    \
	VPABSB  Y8, Y9;                            \
	MULS(d);                                   \
	VPSRLW  $4, Y12, Y12;                      \
	VPAND   LOW_NIBBLES, Y12, Y8;              \
	VPSHUFB Y8, LEVELS, Y8;                    \
	VPABSB  Y8, Y9;                            \
	MULS(d+4)

#define MUL_LOW(d) MUL((PACKED_QUANTS+d)(X_PTR), Y4)
#define MUL_HIGH(d) MUL((PACKED_QUANTS+d)(X_PTR), Y5)

// func q4x1AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL
	LOAD1
	PCALIGN $32

unit:
	PREFETCH5
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	Q4_HALF(64(W_PTR), 0, MUL_LOW)
	Q4_HALF(96(W_PTR), 0, MUL_HIGH)
	Q4_HALF(128(W_PTR), 8, MUL_LOW)
	Q4_HALF(160(W_PTR), 8, MUL_HIGH)
	Q4_HALF(192(W_PTR), 16, MUL_LOW)
	Q4_HALF(224(W_PTR), 16, MUL_HIGH)
	Q4_HALF(256(W_PTR), 24, MUL_LOW)
	Q4_HALF(288(W_PTR), 24, MUL_HIGH)
	VCVTPH2PS (W_PTR), Y8
	VCVTPH2PS 32(W_PTR), Y9
	SCALE(PACKED_SCALE(X_PTR), Y4, Y0)
	OFFSET(PACKED_SUM(X_PTR), Y0)
	VCVTPH2PS 16(W_PTR), Y8
	VCVTPH2PS 48(W_PTR), Y9
	SCALE(PACKED_SCALE(X_PTR), Y5, Y1)
	OFFSET(PACKED_SUM(X_PTR), Y1)
	ADDQ $320, W_PTR
	ADDQ $PACKED, X_PTR
	DECQ N
	JNZ  unit
	STORE1
	NEXT_PANEL(panel)

// Several positions take one half of the panel after the other: the sums of
// positions 0..3 are in Y0..Y3, the integer sums of a block in Y4..Y7. HALF is
// 0 or 32, the bytes from the first half to this one, and SCALE_PTR where its
// scales are.

#define HALF X4_PTR
#define SCALE_PTR FOURTH

#define LOAD_HALF2 \
	VMOVUPS (BASE_PTR)(HALF*1), Y0;           \
	LEAQ    (BASE_PTR)(HALF*1), STRIDE3;      \
	VMOVUPS (STRIDE3)(BASE_STRIDE*1), Y1
#define LOAD_HALF4 \
	LOAD_HALF2;                               \
	VMOVUPS (STRIDE3)(BASE_STRIDE*2), Y2;     \
	ADDQ    BASE_STRIDE, STRIDE3;             \
	VMOVUPS (STRIDE3)(BASE_STRIDE*2), Y3

#define STORE_HALF2 \
	VMOVUPS Y0, (Y_PTR)(HALF*1);              \
	LEAQ    (Y_PTR)(HALF*1), STRIDE3;         \
	VMOVUPS Y1, (STRIDE3)(Y_STRIDE*1)
#define STORE_HALF4 \
	STORE_HALF2;                              \
	VMOVUPS Y2, (STRIDE3)(Y_STRIDE*2);        \
	ADDQ    Y_STRIDE, STRIDE3;                \
	VMOVUPS Y3, (STRIDE3)(Y_STRIDE*2)

#define BEGIN2 \
	VPXOR Y4, Y4, Y4;                         \
	VPXOR Y5, Y5, Y5
#define BEGIN4 \
	BEGIN2;                                   \
	VPXOR Y6, Y6, Y6;                         \
	VPXOR Y7, Y7, Y7

#define MUL2(d) \
	MUL((PACKED_QUANTS+d)(X_PTR), Y4);                    \
	MUL((PACKED_QUANTS+d)(X_PTR)(X_STRIDE*1), Y5)
#define MUL4(d) \
	MUL2(d);                                              \
	MUL((PACKED_QUANTS+d)(X_PTR)(X_STRIDE*2), Y6);        \
	MUL((PACKED_QUANTS+d)(X_PTR)(X_STRIDE3*1), Y7)

#define SCALE2(b) \
	SCALE((b+PACKED_SCALE)(X_PTR), Y4, Y0);               \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE*1), Y5, Y1)
#define SCALE4(b) \
	SCALE2(b);                                            \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE*2), Y6, Y2);   \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE3*1), Y7, Y3)

#define OFFSET2 \
	OFFSET(PACKED_SUM(X_PTR), Y0);                        \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE*1), Y1)
#define OFFSET4 \
	OFFSET2;                                              \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE*2), Y2);            \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE3*1), Y3)

#define Q8_GROUP(w, d, MULS) \
	VMOVDQU w(W_PTR), Y8;                     \
	VPABSB  Y8, Y9;                           \
	MULS(d)

#define Q8_BLOCK(s, w, b, BEGIN, MULS, SCALES) \
	BEGIN;                                    \
	Q8_GROUP(w+0, b+0, MULS);                 \
	Q8_GROUP(w+64, b+4, MULS);                \
	Q8_GROUP(w+128, b+8, MULS);               \
	Q8_GROUP(w+192, b+12, MULS);              \
	Q8_GROUP(w+256, b+16, MULS);              \
	Q8_GROUP(w+320, b+20, MULS);              \
	Q8_GROUP(w+384, b+24, MULS);              \
	Q8_GROUP(w+448, b+28, MULS);              \
	VCVTPH2PS s(SCALE_PTR), Y8;               \
	SCALES(b)

// HALVES walks N units of each half.
#define HALVES(LOAD, UNIT, size, packed, STORE) \
	XORQ HALF, HALF;                          \
half:                                         \
	LOAD;                                     \
	MOVQ w+40(FP), W_PTR;                     \
	MOVQ HALF, SCALE_PTR;                     \
	SHRQ $1, SCALE_PTR;                       \
	ADDQ W_PTR, SCALE_PTR;                    \
	ADDQ HALF, W_PTR;                         \
	MOVQ x+56(FP), X_PTR;                     \
	MOVQ n+72(FP), N;                         \
	PCALIGN $32;                              \
unit:                                         \
	UNIT;                                     \
	ADDQ $size, W_PTR;                        \
	ADDQ $size, SCALE_PTR;                    \
	ADDQ $packed, X_PTR;                      \
	DECQ N;                                   \
	JNZ  unit;                                \
	STORE;                                    \
	ADDQ $32, HALF;                           \
	CMPQ HALF, $64;                           \
	JNE  half

#define Q8_UNIT2 \
	PREFETCH9;                                \
	Q8_BLOCK(0, 64, 0, BEGIN2, MUL2, SCALE2); \
	PREFETCH8_LATER;                          \
	Q8_BLOCK(32, 576, PACKED, BEGIN2, MUL2, SCALE2)

#define Q8_UNIT4 \
	Q8_BLOCK(0, 64, 0, BEGIN4, MUL4, SCALE4); \
	Q8_BLOCK(32, 576, PACKED, BEGIN4, MUL4, SCALE4)

#define Q4_UNIT(BEGIN, MULS, SCALES, OFFSETS) \
	BEGIN;                                    \
	Q4_HALF(64(W_PTR), 0, MULS);              \
	Q4_HALF(128(W_PTR), 8, MULS);             \
	Q4_HALF(192(W_PTR), 16, MULS);            \
	Q4_HALF(256(W_PTR), 24, MULS);            \
	VCVTPH2PS (SCALE_PTR), Y8;                \
	VCVTPH2PS 32(SCALE_PTR), Y9;              \
	SCALES(0);                                \
	OFFSETS

#define Q4_UNIT2 \
	PREFETCH5;                                \
	Q4_UNIT(BEGIN2, MUL2, SCALE2, OFFSET2)

#define Q4_UNIT4 \
	Q4_UNIT(BEGIN4, MUL4, SCALE4, OFFSET4)

// func q8x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	HALVES(LOAD_HALF2, Q8_UNIT2, 1088, 96, STORE_HALF2)
	NEXT_PANEL(panel)

// func q8x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	HALVES(LOAD_HALF4, Q8_UNIT4, 1088, 96, STORE_HALF4)
	NEXT_PANEL(panel)

// func q4x2AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	HALVES(LOAD_HALF2, Q4_UNIT2, 320, 48, STORE_HALF2)
	NEXT_PANEL(panel)

// func q4x4AVX2(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4AVX2(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	HALVES(LOAD_HALF4, Q4_UNIT4, 320, 48, STORE_HALF4)
	NEXT_PANEL(panel)
