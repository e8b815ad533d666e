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
#define FLOAT_COLUMNS(LOAD, size, FMA) \
	SUBQ $4, N;                       \
	JLT  rest;                        \
	PCALIGN $32;                      \
four:                                 \
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

// func f32x1AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x1AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	FLOAT_COLUMNS(VMOVUPS, 64, FMA1)
	STORE1
	VZEROUPPER
	RET

// func f32x2AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x2AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	FLOAT_COLUMNS(VMOVUPS, 64, FMA2)
	STORE2
	VZEROUPPER
	RET

// func f32x4AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x4AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	FLOAT_COLUMNS(VMOVUPS, 64, FMA4)
	STORE4
	VZEROUPPER
	RET

// func f16x1AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x1AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA1)
	STORE1
	VZEROUPPER
	RET

// func f16x2AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x2AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA2)
	STORE2
	VZEROUPPER
	RET

// func f16x4AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x4AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA4)
	STORE4
	VZEROUPPER
	RET

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

// ADD adds dots·(scale of x)·(scales of w, Y8) to sums.
#define ADD(x, dots, sums) \
	VCVTDQ2PS    dots, dots;      \
	VBROADCASTSS x, Y10;          \
	VMULPS       Y10, dots, dots; \
	VFMADD231PS  dots, Y8, sums

// OFFSET adds (offsets of w, Y9)·Σx to sums.
#define OFFSET(x, sums) \
	VBROADCASTSS x, Y10;          \
	VFMADD231PS  Y10, Y9, sums

// One position takes both halves of the panel at once: memory is read in order.
// The sums are in Y0 and Y1, the integer sums of a block in Y4 and Y5.

#define Q8_GROUP1(g) \
	VMOVDQU (64*g)(W_PTR), Y8;                 \
	VPABSB  Y8, Y9;                            \
	MUL((PACKED_QUANTS+4*g)(X_PTR), Y4);       \
	VMOVDQU (64*g+32)(W_PTR), Y8;              \
	VPABSB  Y8, Y9;                            \
	MUL((PACKED_QUANTS+4*g)(X_PTR), Y5)

// func q8x1AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x1AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	VPBROADCASTD ones16<>(SB), ONES
	PCALIGN $32

q8x1_block:
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	Q8_GROUP1(0)
	Q8_GROUP1(1)
	Q8_GROUP1(2)
	Q8_GROUP1(3)
	Q8_GROUP1(4)
	Q8_GROUP1(5)
	Q8_GROUP1(6)
	Q8_GROUP1(7)
	VCVTPH2PS (SCALE_PTR), Y8
	ADD(PACKED_SCALE(X_PTR), Y4, Y0)
	VCVTPH2PS 16(SCALE_PTR), Y8
	ADD(PACKED_SCALE(X_PTR), Y5, Y1)
	ADDQ $512, W_PTR
	ADDQ $32, SCALE_PTR
	ADDQ $PACKED, X_PTR
	DECQ N
	JNZ  q8x1_block
	STORE1
	VZEROUPPER
	RET

// Q4_HALF takes eight rows of two groups of four columns, of the low and the
// high nibbles at w.
#define Q4_HALF(w, g, MULS) \
	VMOVDQU w, Y12;                            \
	VPAND   LOW_NIBBLES, Y12, Y8;              \
	VPSHUFB Y8, LEVELS, Y8;                    \
	VPABSB  Y8, Y9;                            \
	MULS(2*g);                                 \
	VPSRLW  $4, Y12, Y12;                      \
	VPAND   LOW_NIBBLES, Y12, Y8;              \
	VPSHUFB Y8, LEVELS, Y8;                    \
	VPABSB  Y8, Y9;                            \
	MULS(2*g+1)

#define MUL_LOW(g) MUL((PACKED_QUANTS+4*(g))(X_PTR), Y4)
#define MUL_HIGH(g) MUL((PACKED_QUANTS+4*(g))(X_PTR), Y5)

#define Q4_CONSTANTS \
	VPBROADCASTD   ones16<>(SB), ONES;             \
	VPBROADCASTD   lowNibbles2<>(SB), LOW_NIBBLES; \
	VBROADCASTI128 ·levels(SB), LEVELS

// func q4x1AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x1AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	Q4_CONSTANTS
	PCALIGN $32

q4x1_block:
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	Q4_HALF((W_PTR), 0, MUL_LOW)
	Q4_HALF(32(W_PTR), 0, MUL_HIGH)
	Q4_HALF(64(W_PTR), 1, MUL_LOW)
	Q4_HALF(96(W_PTR), 1, MUL_HIGH)
	Q4_HALF(128(W_PTR), 2, MUL_LOW)
	Q4_HALF(160(W_PTR), 2, MUL_HIGH)
	Q4_HALF(192(W_PTR), 3, MUL_LOW)
	Q4_HALF(224(W_PTR), 3, MUL_HIGH)
	VCVTPH2PS (SCALE_PTR), Y8
	VCVTPH2PS 32(SCALE_PTR), Y9
	ADD(PACKED_SCALE(X_PTR), Y4, Y0)
	OFFSET(PACKED_SUM(X_PTR), Y0)
	VCVTPH2PS 16(SCALE_PTR), Y8
	VCVTPH2PS 48(SCALE_PTR), Y9
	ADD(PACKED_SCALE(X_PTR), Y5, Y1)
	OFFSET(PACKED_SUM(X_PTR), Y1)
	ADDQ $256, W_PTR
	ADDQ $64, SCALE_PTR
	ADDQ $PACKED, X_PTR
	DECQ N
	JNZ  q4x1_block
	STORE1
	VZEROUPPER
	RET

// Several positions take one half of the panel after the other: the sums of
// positions 0..3 are in Y0..Y3, the integer sums of a block in Y4..Y7. HALF is
// 0 or 32, the bytes from the first half to this one.

#define HALF X4_PTR

#define LOAD_HALF2 \
	VMOVUPS (BASE_PTR), Y0;                   \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*1), Y1
#define LOAD_HALF4 \
	LOAD_HALF2;                               \
	LEAQ    (BASE_STRIDE)(BASE_STRIDE*2), STRIDE3; \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*2), Y2;    \
	VMOVUPS (BASE_PTR)(STRIDE3*1), Y3

#define STORE_HALF2 \
	VMOVUPS Y0, (Y_PTR);                      \
	VMOVUPS Y1, (Y_PTR)(Y_STRIDE*1)
#define STORE_HALF4 \
	STORE_HALF2;                              \
	LEAQ    (Y_STRIDE)(Y_STRIDE*2), STRIDE3;  \
	VMOVUPS Y2, (Y_PTR)(Y_STRIDE*2);          \
	VMOVUPS Y3, (Y_PTR)(STRIDE3*1)

// NEXT_HALF starts from the arguments again, 32 bytes on in the panel and 16 in
// the scales.
#define NEXT_HALF(half) \
	ADDQ  $32, HALF;                          \
	CMPQ  HALF, $64;                          \
	JEQ   done;                               \
	ADDQ  HALF, Y_PTR;                        \
	MOVQ  base+16(FP), BASE_PTR;              \
	ADDQ  HALF, BASE_PTR;                     \
	MOVQ  w+32(FP), W_PTR;                    \
	ADDQ  HALF, W_PTR;                        \
	MOVQ  scales+40(FP), SCALE_PTR;           \
	ADDQ  $16, SCALE_PTR;                     \
	MOVQ  x+48(FP), X_PTR;                    \
	MOVQ  n+64(FP), N;                        \
	JMP   half;                               \
done:

#define BEGIN2 \
	VPXOR Y4, Y4, Y4;                         \
	VPXOR Y5, Y5, Y5
#define BEGIN4 \
	BEGIN2;                                   \
	VPXOR Y6, Y6, Y6;                         \
	VPXOR Y7, Y7, Y7

#define MUL2(g) \
	MUL((PACKED_QUANTS+4*(g))(X_PTR), Y4);                \
	MUL((PACKED_QUANTS+4*(g))(X_PTR)(X_STRIDE*1), Y5)
#define MUL4(g) \
	MUL2(g);                                              \
	MUL((PACKED_QUANTS+4*(g))(X_PTR)(X_STRIDE*2), Y6);    \
	MUL((PACKED_QUANTS+4*(g))(X_PTR)(X_STRIDE3*1), Y7)

#define ADD2 \
	ADD(PACKED_SCALE(X_PTR), Y4, Y0);                     \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE*1), Y5, Y1)
#define ADD4 \
	ADD2;                                                 \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE*2), Y6, Y2);         \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE3*1), Y7, Y3)

#define OFFSET2 \
	OFFSET(PACKED_SUM(X_PTR), Y0);                        \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE*1), Y1)
#define OFFSET4 \
	OFFSET2;                                              \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE*2), Y2);            \
	OFFSET(PACKED_SUM(X_PTR)(X_STRIDE3*1), Y3)

#define Q8_GROUP(g, MULS) \
	VMOVDQU (64*g)(W_PTR), Y8;                \
	VPABSB  Y8, Y9;                           \
	MULS(g)

#define Q8_HALVES(LOAD, BEGIN, MULS, ADD, STORE) \
	VPBROADCASTD ones16<>(SB), ONES;          \
	XORQ HALF, HALF;                          \
half:                                         \
	LOAD;                                     \
	PCALIGN $32;                              \
block:                                        \
	BEGIN;                                    \
	Q8_GROUP(0, MULS);                        \
	Q8_GROUP(1, MULS);                        \
	Q8_GROUP(2, MULS);                        \
	Q8_GROUP(3, MULS);                        \
	Q8_GROUP(4, MULS);                        \
	Q8_GROUP(5, MULS);                        \
	Q8_GROUP(6, MULS);                        \
	Q8_GROUP(7, MULS);                        \
	VCVTPH2PS (SCALE_PTR), Y8;                \
	ADD;                                      \
	ADDQ $512, W_PTR;                         \
	ADDQ $32, SCALE_PTR;                      \
	ADDQ $PACKED, X_PTR;                      \
	DECQ N;                                   \
	JNZ  block;                               \
	STORE;                                    \
	NEXT_HALF(half)

#define Q4_HALVES(LOAD, BEGIN, MULS, ADD, OFFSET, STORE) \
	Q4_CONSTANTS;                             \
	XORQ HALF, HALF;                          \
half:                                         \
	LOAD;                                     \
	PCALIGN $32;                              \
block:                                        \
	BEGIN;                                    \
	Q4_HALF((W_PTR), 0, MULS);                \
	Q4_HALF(64(W_PTR), 1, MULS);              \
	Q4_HALF(128(W_PTR), 2, MULS);             \
	Q4_HALF(192(W_PTR), 3, MULS);             \
	VCVTPH2PS (SCALE_PTR), Y8;                \
	VCVTPH2PS 32(SCALE_PTR), Y9;              \
	ADD;                                      \
	OFFSET;                                   \
	ADDQ $256, W_PTR;                         \
	ADDQ $64, SCALE_PTR;                      \
	ADDQ $PACKED, X_PTR;                      \
	DECQ N;                                   \
	JNZ  block;                               \
	STORE;                                    \
	NEXT_HALF(half)

// func q8x2AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x2AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	Q8_HALVES(LOAD_HALF2, BEGIN2, MUL2, ADD2, STORE_HALF2)
	VZEROUPPER
	RET

// func q8x4AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x4AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	Q8_HALVES(LOAD_HALF4, BEGIN4, MUL4, ADD4, STORE_HALF4)
	VZEROUPPER
	RET

// func q4x2AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x2AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	Q4_HALVES(LOAD_HALF2, BEGIN2, MUL2, ADD2, OFFSET2, STORE_HALF2)
	VZEROUPPER
	RET

// func q4x4AVX2(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x4AVX2(SB), NOSPLIT, $0-72
	ARGUMENTS
	Q4_HALVES(LOAD_HALF4, BEGIN4, MUL4, ADD4, OFFSET4, STORE_HALF4)
	VZEROUPPER
	RET
