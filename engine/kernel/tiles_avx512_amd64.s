//go:build amd64 && !purego

#include "textflag.h"
#include "tiles_amd64.h"

// A vector has a lane for each row of the panel. Sums of positions 0..7 are in
// Z0..Z7, the integer sums of a block in Z8..Z15.

#define LOAD1 \
	VMOVUPS (BASE_PTR), Z0
#define LOAD2 \
	LOAD1;                                  \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*1), Z1
#define LOAD4 \
	LOAD2;                                  \
	LEAQ    (BASE_STRIDE)(BASE_STRIDE*2), STRIDE3; \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*2), Z2;  \
	VMOVUPS (BASE_PTR)(STRIDE3*1), Z3
#define LOAD8 \
	LOAD4;                                  \
	LEAQ    (BASE_PTR)(BASE_STRIDE*4), BASE_PTR; \
	VMOVUPS (BASE_PTR), Z4;                 \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*1), Z5;  \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*2), Z6;  \
	VMOVUPS (BASE_PTR)(STRIDE3*1), Z7

#define STORE1 \
	VMOVUPS Z0, (Y_PTR)
#define STORE2 \
	STORE1;                                 \
	VMOVUPS Z1, (Y_PTR)(Y_STRIDE*1)
#define STORE4 \
	STORE2;                                 \
	LEAQ    (Y_STRIDE)(Y_STRIDE*2), STRIDE3; \
	VMOVUPS Z2, (Y_PTR)(Y_STRIDE*2);        \
	VMOVUPS Z3, (Y_PTR)(STRIDE3*1)
#define STORE8 \
	STORE4;                                 \
	LEAQ    (Y_PTR)(Y_STRIDE*4), Y_PTR;     \
	VMOVUPS Z4, (Y_PTR);                    \
	VMOVUPS Z5, (Y_PTR)(Y_STRIDE*1);        \
	VMOVUPS Z6, (Y_PTR)(Y_STRIDE*2);        \
	VMOVUPS Z7, (Y_PTR)(STRIDE3*1)

// FMA adds the weights w of a column times the activations d bytes on.
#define FMA1(d, w) \
	VFMADD231PS.BCST d(X_PTR), w, Z0
#define FMA2(d, w) \
	FMA1(d, w);                                   \
	VFMADD231PS.BCST d(X_PTR)(X_STRIDE*1), w, Z1
#define FMA4(d, w) \
	FMA2(d, w);                                   \
	VFMADD231PS.BCST d(X_PTR)(X_STRIDE*2), w, Z2; \
	VFMADD231PS.BCST d(X_PTR)(X_STRIDE3*1), w, Z3
#define FMA8(d, w) \
	FMA4(d, w);                                   \
	VFMADD231PS.BCST d(X4_PTR), w, Z4;            \
	VFMADD231PS.BCST d(X4_PTR)(X_STRIDE*1), w, Z5; \
	VFMADD231PS.BCST d(X4_PTR)(X_STRIDE*2), w, Z6; \
	VFMADD231PS.BCST d(X4_PTR)(X_STRIDE3*1), w, Z7

// FLOAT_COLUMNS walks N columns, whose weights take size bytes each.
#define FLOAT_COLUMNS(LOAD, size, FMA) \
	SUBQ $4, N;                     \
	JLT  rest;                      \
	PCALIGN $32;                    \
four:                               \
	LOAD (0*size)(W_PTR), Z16;      \
	LOAD (1*size)(W_PTR), Z17;      \
	LOAD (2*size)(W_PTR), Z18;      \
	LOAD (3*size)(W_PTR), Z19;      \
	FMA(0, Z16);                    \
	FMA(4, Z17);                    \
	FMA(8, Z18);                    \
	FMA(12, Z19);                   \
	ADDQ $(4*size), W_PTR;          \
	ADDQ $16, X_PTR;                \
	ADDQ $16, X4_PTR;               \
	SUBQ $4, N;                     \
	JGE  four;                      \
rest:                               \
	ADDQ $4, N;                     \
	JZ   done;                      \
one:                                \
	LOAD (W_PTR), Z16;              \
	FMA(0, Z16);                    \
	ADDQ $size, W_PTR;              \
	ADDQ $4, X_PTR;                 \
	ADDQ $4, X4_PTR;                \
	DECQ N;                         \
	JNZ  one;                       \
done:

// func f32x1AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x1AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	FLOAT_COLUMNS(VMOVUPS, 64, FMA1)
	STORE1
	VZEROUPPER
	RET

// func f32x2AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x2AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	FLOAT_COLUMNS(VMOVUPS, 64, FMA2)
	STORE2
	VZEROUPPER
	RET

// func f32x4AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x4AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	FLOAT_COLUMNS(VMOVUPS, 64, FMA4)
	STORE4
	VZEROUPPER
	RET

// func f32x8AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f32x8AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD8
	FLOAT_COLUMNS(VMOVUPS, 64, FMA8)
	STORE8
	VZEROUPPER
	RET

// func f16x1AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x1AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA1)
	STORE1
	VZEROUPPER
	RET

// func f16x2AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x2AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA2)
	STORE2
	VZEROUPPER
	RET

// func f16x4AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x4AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA4)
	STORE4
	VZEROUPPER
	RET

// func f16x8AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·f16x8AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD8
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA8)
	STORE8
	VZEROUPPER
	RET

// VPDPBUSD multiplies unsigned with signed bytes. The weights are made
// unsigned by adding 128, so the integer sums begin at -128·Σx.
#define BEGIN1 \
	VPBROADCASTD PACKED_BIAS(X_PTR), Z8
#define BEGIN2 \
	BEGIN1;                                             \
	VPBROADCASTD PACKED_BIAS(X_PTR)(X_STRIDE*1), Z9
#define BEGIN4 \
	BEGIN2;                                             \
	VPBROADCASTD PACKED_BIAS(X_PTR)(X_STRIDE*2), Z10;   \
	VPBROADCASTD PACKED_BIAS(X_PTR)(X_STRIDE3*1), Z11
#define BEGIN8 \
	BEGIN4;                                             \
	VPBROADCASTD PACKED_BIAS(X4_PTR), Z12;              \
	VPBROADCASTD PACKED_BIAS(X4_PTR)(X_STRIDE*1), Z13;  \
	VPBROADCASTD PACKED_BIAS(X4_PTR)(X_STRIDE*2), Z14;  \
	VPBROADCASTD PACKED_BIAS(X4_PTR)(X_STRIDE3*1), Z15

// DOT adds the unsigned weights w of four columns times the quantised
// activations d bytes on.
#define DOT1(d, w) \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X_PTR), w, Z8
#define DOT2(d, w) \
	DOT1(d, w);                                                 \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X_PTR)(X_STRIDE*1), w, Z9
#define DOT4(d, w) \
	DOT2(d, w);                                                 \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X_PTR)(X_STRIDE*2), w, Z10; \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X_PTR)(X_STRIDE3*1), w, Z11
#define DOT8(d, w) \
	DOT4(d, w);                                                 \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X4_PTR), w, Z12;            \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X4_PTR)(X_STRIDE*1), w, Z13; \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X4_PTR)(X_STRIDE*2), w, Z14; \
	VPDPBUSD.BCST (PACKED_QUANTS+d)(X4_PTR)(X_STRIDE3*1), w, Z15

// ADD adds dots·(scale of x)·(scales of w, Z17) to sums. x is an address.
#define ADD(x, dots, sums) \
	VCVTDQ2PS   dots, dots;           \
	VMULPS.BCST x, dots, dots;        \
	VFMADD231PS dots, Z17, sums
#define ADD1 \
	ADD(PACKED_SCALE(X_PTR), Z8, Z0)
#define ADD2 \
	ADD1;                                            \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE*1), Z9, Z1)
#define ADD4 \
	ADD2;                                            \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE*2), Z10, Z2);   \
	ADD(PACKED_SCALE(X_PTR)(X_STRIDE3*1), Z11, Z3)
#define ADD8 \
	ADD4;                                            \
	ADD(PACKED_SCALE(X4_PTR), Z12, Z4);              \
	ADD(PACKED_SCALE(X4_PTR)(X_STRIDE*1), Z13, Z5);  \
	ADD(PACKED_SCALE(X4_PTR)(X_STRIDE*2), Z14, Z6);  \
	ADD(PACKED_SCALE(X4_PTR)(X_STRIDE3*1), Z15, Z7)

// OFFSET adds (offsets of w, Z18)·Σx to the sums.
#define OFFSET1 \
	VFMADD231PS.BCST PACKED_SUM(X_PTR), Z18, Z0
#define OFFSET2 \
	OFFSET1;                                                 \
	VFMADD231PS.BCST PACKED_SUM(X_PTR)(X_STRIDE*1), Z18, Z1
#define OFFSET4 \
	OFFSET2;                                                 \
	VFMADD231PS.BCST PACKED_SUM(X_PTR)(X_STRIDE*2), Z18, Z2; \
	VFMADD231PS.BCST PACKED_SUM(X_PTR)(X_STRIDE3*1), Z18, Z3
#define OFFSET8 \
	OFFSET4;                                                 \
	VFMADD231PS.BCST PACKED_SUM(X4_PTR), Z18, Z4;            \
	VFMADD231PS.BCST PACKED_SUM(X4_PTR)(X_STRIDE*1), Z18, Z5; \
	VFMADD231PS.BCST PACKED_SUM(X4_PTR)(X_STRIDE*2), Z18, Z6; \
	VFMADD231PS.BCST PACKED_SUM(X4_PTR)(X_STRIDE3*1), Z18, Z7

// Bytes of 128, to flip the signs of bytes: adds 128 to signed ones.
DATA signBytes<>+0(SB)/4, $0x80808080
GLOBL signBytes<>(SB), RODATA|NOPTR, $4
DATA lowNibbles<>+0(SB)/4, $0x0f0f0f0f
GLOBL lowNibbles<>(SB), RODATA|NOPTR, $4

#define SIGN_BYTES Z31
#define LOW_NIBBLES Z30
#define LEVELS Z29           // of Q4, plus 128

#define Q8_GROUP(g, DOT) \
	VPXORD (64*g)(W_PTR), SIGN_BYTES, Z16; \
	DOT(4*g, Z16)

// Q8_BLOCKS walks N blocks: 512 bytes of weights, 32 of scales.
#define Q8_BLOCKS(BEGIN, DOT, ADD) \
	VPBROADCASTD signBytes<>(SB), SIGN_BYTES; \
	PCALIGN $32;            \
block:                      \
	BEGIN;                  \
	VCVTPH2PS (SCALE_PTR), Z17; \
	Q8_GROUP(0, DOT);       \
	Q8_GROUP(1, DOT);       \
	Q8_GROUP(2, DOT);       \
	Q8_GROUP(3, DOT);       \
	Q8_GROUP(4, DOT);       \
	Q8_GROUP(5, DOT);       \
	Q8_GROUP(6, DOT);       \
	Q8_GROUP(7, DOT);       \
	ADD;                    \
	ADDQ $512, W_PTR;       \
	ADDQ $32, SCALE_PTR;    \
	ADDQ $PACKED, X_PTR;    \
	ADDQ $PACKED, X4_PTR;   \
	DECQ N;                 \
	JNZ  block

// func q8x1AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x1AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	Q8_BLOCKS(BEGIN1, DOT1, ADD1)
	STORE1
	VZEROUPPER
	RET

// func q8x2AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x2AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	Q8_BLOCKS(BEGIN2, DOT2, ADD2)
	STORE2
	VZEROUPPER
	RET

// func q8x4AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x4AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	Q8_BLOCKS(BEGIN4, DOT4, ADD4)
	STORE4
	VZEROUPPER
	RET

// func q8x8AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q8x8AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD8
	Q8_BLOCKS(BEGIN8, DOT8, ADD8)
	STORE8
	VZEROUPPER
	RET

// Q4_GROUPS takes two groups of four columns, of the low and the high nibbles.
#define Q4_GROUPS(g, DOT) \
	VMOVDQU64 (64*g)(W_PTR), Z19;       \
	VPANDD    LOW_NIBBLES, Z19, Z16;    \
	VPSRLW    $4, Z19, Z19;             \
	VPSHUFB   Z16, LEVELS, Z16;         \
	DOT(8*g, Z16);                      \
	VPANDD    LOW_NIBBLES, Z19, Z19;    \
	VPSHUFB   Z19, LEVELS, Z19;         \
	DOT(8*g+4, Z19)

// Q4_BLOCKS walks N blocks: 256 bytes of weights, 32 of scales and 32 of offsets.
#define Q4_BLOCKS(BEGIN, DOT, ADD, OFFSET) \
	VPBROADCASTD signBytes<>(SB), SIGN_BYTES;   \
	VPBROADCASTD lowNibbles<>(SB), LOW_NIBBLES; \
	VBROADCASTI32X4 ·levels(SB), LEVELS;        \
	VPXORD SIGN_BYTES, LEVELS, LEVELS;          \
	PCALIGN $32;               \
block:                         \
	BEGIN;                     \
	VCVTPH2PS (SCALE_PTR), Z17;   \
	VCVTPH2PS 32(SCALE_PTR), Z18; \
	Q4_GROUPS(0, DOT);         \
	Q4_GROUPS(1, DOT);         \
	Q4_GROUPS(2, DOT);         \
	Q4_GROUPS(3, DOT);         \
	ADD;                       \
	OFFSET;                    \
	ADDQ $256, W_PTR;          \
	ADDQ $64, SCALE_PTR;       \
	ADDQ $PACKED, X_PTR;       \
	ADDQ $PACKED, X4_PTR;      \
	DECQ N;                    \
	JNZ  block

// func q4x1AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x1AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD1
	Q4_BLOCKS(BEGIN1, DOT1, ADD1, OFFSET1)
	STORE1
	VZEROUPPER
	RET

// func q4x2AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x2AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD2
	Q4_BLOCKS(BEGIN2, DOT2, ADD2, OFFSET2)
	STORE2
	VZEROUPPER
	RET

// func q4x4AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x4AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD4
	Q4_BLOCKS(BEGIN4, DOT4, ADD4, OFFSET4)
	STORE4
	VZEROUPPER
	RET

// func q4x8AVX512(y *float32, yStride int, base *float32, baseStride int, w, scales, x unsafe.Pointer, xStride, n int)
TEXT ·q4x8AVX512(SB), NOSPLIT, $0-72
	ARGUMENTS
	LOAD8
	Q4_BLOCKS(BEGIN8, DOT8, ADD8, OFFSET8)
	STORE8
	VZEROUPPER
	RET
