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
	LEAQ    (BASE_PTR)(BASE_STRIDE*4), FOURTH; \
	VMOVUPS (FOURTH), Z4;                   \
	VMOVUPS (FOURTH)(BASE_STRIDE*1), Z5;    \
	VMOVUPS (FOURTH)(BASE_STRIDE*2), Z6;    \
	VMOVUPS (FOURTH)(STRIDE3*1), Z7

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
	LEAQ    (Y_PTR)(Y_STRIDE*4), FOURTH;    \
	VMOVUPS Z4, (FOURTH);                   \
	VMOVUPS Z5, (FOURTH)(Y_STRIDE*1);       \
	VMOVUPS Z6, (FOURTH)(Y_STRIDE*2);       \
	VMOVUPS Z7, (FOURTH)(STRIDE3*1)

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
#define FLOAT_COLUMNS(LOAD, size, FMA, PREFETCH) \
	SUBQ $4, N;                     \
	JLT  rest;                      \
	PCALIGN $32;                    \
four:                               \
	PREFETCH;                       \
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

// func f32x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x1AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD1
	FLOAT_COLUMNS(VMOVUPS, 64, FMA1, PREFETCH4)
	STORE1
	NEXT_PANEL(panel)

// func f32x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x2AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD2
	FLOAT_COLUMNS(VMOVUPS, 64, FMA2, PREFETCH4)
	STORE2
	NEXT_PANEL(panel)

// func f32x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x4AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD4
	FLOAT_COLUMNS(VMOVUPS, 64, FMA4, PREFETCH4)
	STORE4
	NEXT_PANEL(panel)

// func f32x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f32x8AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD8
	FLOAT_COLUMNS(VMOVUPS, 64, FMA8, PREFETCH4)
	STORE8
	NEXT_PANEL(panel)

// func f16x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x1AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD1
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA1, PREFETCH2)
	STORE1
	NEXT_PANEL(panel)

// func f16x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x2AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD2
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA2, PREFETCH2)
	STORE2
	NEXT_PANEL(panel)

// func f16x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x4AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD4
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA4, PREFETCH2)
	STORE4
	NEXT_PANEL(panel)

// func f16x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·f16x8AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS

panel:
	PANEL
	LOAD8
	FLOAT_COLUMNS(VCVTPH2PS, 32, FMA8, PREFETCH2)
	STORE8
	NEXT_PANEL(panel)

// VPDPBUSD multiplies unsigned with signed bytes. The weights are made
// unsigned by adding 128, so the integer sums begin at -128·Σx. In what follows
// b is the bytes from X_PTR to the block of activations.
#define BEGIN1(b) \
	VPBROADCASTD (b+PACKED_BIAS)(X_PTR), Z8
#define BEGIN2(b) \
	BEGIN1(b);                                              \
	VPBROADCASTD (b+PACKED_BIAS)(X_PTR)(X_STRIDE*1), Z9
#define BEGIN4(b) \
	BEGIN2(b);                                              \
	VPBROADCASTD (b+PACKED_BIAS)(X_PTR)(X_STRIDE*2), Z10;   \
	VPBROADCASTD (b+PACKED_BIAS)(X_PTR)(X_STRIDE3*1), Z11
#define BEGIN8(b) \
	BEGIN4(b);                                              \
	VPBROADCASTD (b+PACKED_BIAS)(X4_PTR), Z12;              \
	VPBROADCASTD (b+PACKED_BIAS)(X4_PTR)(X_STRIDE*1), Z13;  \
	VPBROADCASTD (b+PACKED_BIAS)(X4_PTR)(X_STRIDE*2), Z14;  \
	VPBROADCASTD (b+PACKED_BIAS)(X4_PTR)(X_STRIDE3*1), Z15

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

// SCALE adds dots·(scale of x)·(scales of w, Z17) to sums. x is an address.
#define SCALE(x, dots, sums) \
	VCVTDQ2PS   dots, dots;           \
	VMULPS.BCST x, dots, dots;        \
	VFMADD231PS dots, Z17, sums
#define SCALE1(b) \
	SCALE((b+PACKED_SCALE)(X_PTR), Z8, Z0)
#define SCALE2(b) \
	SCALE1(b);                                               \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE*1), Z9, Z1)
#define SCALE4(b) \
	SCALE2(b);                                               \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE*2), Z10, Z2);     \
	SCALE((b+PACKED_SCALE)(X_PTR)(X_STRIDE3*1), Z11, Z3)
#define SCALE8(b) \
	SCALE4(b);                                               \
	SCALE((b+PACKED_SCALE)(X4_PTR), Z12, Z4);                \
	SCALE((b+PACKED_SCALE)(X4_PTR)(X_STRIDE*1), Z13, Z5);    \
	SCALE((b+PACKED_SCALE)(X4_PTR)(X_STRIDE*2), Z14, Z6);    \
	SCALE((b+PACKED_SCALE)(X4_PTR)(X_STRIDE3*1), Z15, Z7)

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

#define Q8_CONSTANTS \
	VPBROADCASTD signBytes<>(SB), SIGN_BYTES

#define Q8_GROUP(w, d, DOT) \
	VPXORD w, SIGN_BYTES, Z16;     \
	DOT(d, Z16)

// Q8_BLOCK takes a block whose scales are s and whose weights w bytes from
// W_PTR.
#define Q8_BLOCK(s, w, b, BEGIN, DOT, SCALE) \
	BEGIN(b);                                    \
	VCVTPH2PS s(W_PTR), Z17;                     \
	Q8_GROUP((w+0)(W_PTR), b+0, DOT);            \
	Q8_GROUP((w+64)(W_PTR), b+4, DOT);           \
	Q8_GROUP((w+128)(W_PTR), b+8, DOT);          \
	Q8_GROUP((w+192)(W_PTR), b+12, DOT);         \
	Q8_GROUP((w+256)(W_PTR), b+16, DOT);         \
	Q8_GROUP((w+320)(W_PTR), b+20, DOT);         \
	Q8_GROUP((w+384)(W_PTR), b+24, DOT);         \
	Q8_GROUP((w+448)(W_PTR), b+28, DOT);         \
	SCALE(b)

// Q8_UNITS walks N units: 64 bytes of scales, and two blocks of 512.
#define Q8_UNITS(BEGIN, DOT, SCALE, PREFETCHES, PREFETCHES2) \
	PCALIGN $32;                                 \
unit:                                            \
	PREFETCHES;                                  \
	Q8_BLOCK(0, 64, 0, BEGIN, DOT, SCALE);       \
	PREFETCHES2;                                 \
	Q8_BLOCK(32, 576, PACKED, BEGIN, DOT, SCALE); \
	ADDQ $1088, W_PTR;                           \
	ADDQ $(2*PACKED), X_PTR;                     \
	ADDQ $(2*PACKED), X4_PTR;                    \
	DECQ N;                                      \
	JNZ  unit

// func q8x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x1AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	PANEL
	LOAD1
	Q8_UNITS(BEGIN1, DOT1, SCALE1, PREFETCH9, PREFETCH8_LATER)
	STORE1
	NEXT_PANEL(panel)

// func q8x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x2AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	PANEL
	LOAD2
	Q8_UNITS(BEGIN2, DOT2, SCALE2, PREFETCH9, PREFETCH8_LATER)
	STORE2
	NEXT_PANEL(panel)

// func q8x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x4AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	PANEL
	LOAD4
	Q8_UNITS(BEGIN4, DOT4, SCALE4, PREFETCH9, PREFETCH8_LATER)
	STORE4
	NEXT_PANEL(panel)

// func q8x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q8x8AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q8_CONSTANTS

panel:
	PANEL
	LOAD8
	Q8_UNITS(BEGIN8, DOT8, SCALE8, PREFETCH9, PREFETCH8_LATER)
	STORE8
	NEXT_PANEL(panel)

#define Q4_CONSTANTS \
	VPBROADCASTD    signBytes<>(SB), SIGN_BYTES;   \
	VPBROADCASTD    lowNibbles<>(SB), LOW_NIBBLES; \
	VBROADCASTI32X4 ·levels(SB), LEVELS;           \
	VPXORD          SIGN_BYTES, LEVELS, LEVELS

// Q4_GROUPS takes two groups of four columns, of the low and the high nibbles.
#define Q4_GROUPS(w, d, DOT) \
	VMOVDQU64 w, Z19;                   \
	VPANDD    LOW_NIBBLES, Z19, Z16;    \
	VPSRLW    $4, Z19, Z19;             \
	VPSHUFB   Z16, LEVELS, Z16;         \
	DOT(d, Z16);                        \
	VPANDD    LOW_NIBBLES, Z19, Z19;    \
	VPSHUFB   Z19, LEVELS, Z19;         \
	DOT(d+4, Z19)

// Q4_UNITS walks N units: 32 bytes of scales, 32 of offsets, 256 of weights.
#define Q4_UNITS(BEGIN, DOT, SCALE, OFFSET, PREFETCHES) \
	PCALIGN $32;                        \
unit:                                   \
	PREFETCHES;                         \
	BEGIN(0);                           \
	VCVTPH2PS (W_PTR), Z17;             \
	VCVTPH2PS 32(W_PTR), Z18;           \
	Q4_GROUPS(64(W_PTR), 0, DOT);       \
	Q4_GROUPS(128(W_PTR), 8, DOT);      \
	Q4_GROUPS(192(W_PTR), 16, DOT);     \
	Q4_GROUPS(256(W_PTR), 24, DOT);     \
	SCALE(0);                           \
	OFFSET;                             \
	ADDQ $320, W_PTR;                   \
	ADDQ $PACKED, X_PTR;                \
	ADDQ $PACKED, X4_PTR;               \
	DECQ N;                             \
	JNZ  unit

// func q4x1AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x1AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL
	LOAD1
	Q4_UNITS(BEGIN1, DOT1, SCALE1, OFFSET1, PREFETCH5)
	STORE1
	NEXT_PANEL(panel)

// func q4x2AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x2AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL
	LOAD2
	Q4_UNITS(BEGIN2, DOT2, SCALE2, OFFSET2, PREFETCH5)
	STORE2
	NEXT_PANEL(panel)

// func q4x4AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x4AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL
	LOAD4
	Q4_UNITS(BEGIN4, DOT4, SCALE4, OFFSET4, PREFETCH5)
	STORE4
	NEXT_PANEL(panel)

// func q4x8AVX512(y *float32, yStride int, base *float32, baseStride, baseStep int, w unsafe.Pointer, wStep int, x unsafe.Pointer, xStride, n, panels int)
TEXT ·q4x8AVX512(SB), NOSPLIT, $0-88
	ARGUMENTS
	Q4_CONSTANTS

panel:
	PANEL
	LOAD8
	Q4_UNITS(BEGIN8, DOT8, SCALE8, OFFSET8, PREFETCH5)
	STORE8
	NEXT_PANEL(panel)
