// The Q8 and Q4 tiles with VPDPBUSD on vectors of 256 bits, after tiles_amd64.h.
// The instruction has two encodings: VEX (AVX-VNNI), which Go's assembler does
// not know, and EVEX (AVX-512), which it does. A file that includes this one
// says which: DOT_LOW(dots, n) adds the unsigned bytes Y8 times the signed ones
// Y10, four by four, to dots, which is Yn, and DOT_HIGH does so with Y9.
//
// A panel is two vectors of eight rows. The integer sums of a block are in Y0
// and Y1 for position 0, to Y6 and Y7 for position 3; what they amount to is
// added to y block by block, so that the registers hold all 16 rows of four
// positions and an activation that was spread over a vector serves both.

DATA signBytes256<>+0(SB)/4, $0x80808080
GLOBL signBytes256<>(SB), RODATA|NOPTR, $4
DATA lowNibbles256<>+0(SB)/4, $0x0f0f0f0f
GLOBL lowNibbles256<>(SB), RODATA|NOPTR, $4

#define LOW_NIBBLES Y13
#define LEVELS Y14           // of Q4, plus 128
#define SIGN_BYTES Y15

// COPY sets y to base.
#define COPY1 \
	VMOVUPS (BASE_PTR), Y0;                   \
	VMOVUPS 32(BASE_PTR), Y1;                 \
	VMOVUPS Y0, (Y_PTR);                      \
	VMOVUPS Y1, 32(Y_PTR)
#define COPY2 \
	COPY1;                                    \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*1), Y0;    \
	VMOVUPS 32(BASE_PTR)(BASE_STRIDE*1), Y1;  \
	VMOVUPS Y0, (Y_PTR)(Y_STRIDE*1);          \
	VMOVUPS Y1, 32(Y_PTR)(Y_STRIDE*1)
#define COPY4 \
	COPY2;                                    \
	LEAQ    (BASE_STRIDE)(BASE_STRIDE*2), STRIDE3; \
	VMOVUPS (BASE_PTR)(BASE_STRIDE*2), Y0;    \
	VMOVUPS 32(BASE_PTR)(BASE_STRIDE*2), Y1;  \
	VMOVUPS (BASE_PTR)(STRIDE3*1), Y2;        \
	VMOVUPS 32(BASE_PTR)(STRIDE3*1), Y3;      \
	LEAQ    (Y_STRIDE)(Y_STRIDE*2), STRIDE3;  \
	VMOVUPS Y0, (Y_PTR)(Y_STRIDE*2);          \
	VMOVUPS Y1, 32(Y_PTR)(Y_STRIDE*2);        \
	VMOVUPS Y2, (Y_PTR)(STRIDE3*1);           \
	VMOVUPS Y3, 32(Y_PTR)(STRIDE3*1)

// The weights are made unsigned by adding 128, so the integer sums begin at
// -128·Σx. In what follows b is the bytes from X_PTR to the block of activations.
#define BEGIN(x, low, high) \
	VPBROADCASTD x, low;                      \
	VMOVDQA      low, high
#define BEGIN1(b) \
	BEGIN((b+PACKED_BIAS)(X_PTR), Y0, Y1)
#define BEGIN2(b) \
	BEGIN1(b);                                \
	BEGIN((b+PACKED_BIAS)(X_PTR)(X_STRIDE*1), Y2, Y3)
#define BEGIN4(b) \
	BEGIN2(b);                                \
	BEGIN((b+PACKED_BIAS)(X_PTR)(X_STRIDE*2), Y4, Y5); \
	BEGIN((b+PACKED_BIAS)(X_PTR)(X_STRIDE3*1), Y6, Y7)

// DOT adds the weights of four columns times the quantised activations d bytes on.
#define DOT(x, low, high, n) \
	VPBROADCASTD x, Y10;                      \
	DOT_LOW(low, (n));                        \
	DOT_HIGH(high, (n+1))
#define DOT1(d) \
	DOT((PACKED_QUANTS+d)(X_PTR), Y0, Y1, 0)
#define DOT2(d) \
	DOT1(d);                                  \
	DOT((PACKED_QUANTS+d)(X_PTR)(X_STRIDE*1), Y2, Y3, 2)
#define DOT4(d) \
	DOT2(d);                                  \
	DOT((PACKED_QUANTS+d)(X_PTR)(X_STRIDE*2), Y4, Y5, 4); \
	DOT((PACKED_QUANTS+d)(X_PTR)(X_STRIDE3*1), Y6, Y7, 6)

// Q8_ADD makes dots·(scale of x)·(scales of w, Y8 and Y9) plus y of the dots, and
// Q4_ADD adds (offsets of w, Y11 and Y12)·Σx to that.
#define Q8_ADD(scale, sum, yLow, yHigh, low, high) \
	VBROADCASTSS scale, Y10;                  \
	VCVTDQ2PS    low, low;                    \
	VCVTDQ2PS    high, high;                  \
	VMULPS       Y10, low, low;               \
	VMULPS       Y10, high, high;             \
	VFMADD213PS  yLow, Y8, low;               \
	VFMADD213PS  yHigh, Y9, high;             \
	VMOVUPS      low, yLow;                   \
	VMOVUPS      high, yHigh
#define Q4_ADD(scale, sum, yLow, yHigh, low, high) \
	VBROADCASTSS scale, Y10;                  \
	VCVTDQ2PS    low, low;                    \
	VCVTDQ2PS    high, high;                  \
	VMULPS       Y10, low, low;               \
	VMULPS       Y10, high, high;             \
	VBROADCASTSS sum, Y10;                    \
	VFMADD213PS  yLow, Y8, low;               \
	VFMADD213PS  yHigh, Y9, high;             \
	VFMADD231PS  Y10, Y11, low;               \
	VFMADD231PS  Y10, Y12, high;              \
	VMOVUPS      low, yLow;                   \
	VMOVUPS      high, yHigh
#define ADD1(ADD, b) \
	ADD((b+PACKED_SCALE)(X_PTR), (b+PACKED_SUM)(X_PTR), (Y_PTR), 32(Y_PTR), Y0, Y1)
#define ADD2(ADD, b) \
	ADD1(ADD, b);                             \
	ADD((b+PACKED_SCALE)(X_PTR)(X_STRIDE*1), (b+PACKED_SUM)(X_PTR)(X_STRIDE*1), (Y_PTR)(Y_STRIDE*1), 32(Y_PTR)(Y_STRIDE*1), Y2, Y3)
#define ADD4(ADD, b) \
	ADD2(ADD, b);                             \
	ADD((b+PACKED_SCALE)(X_PTR)(X_STRIDE*2), (b+PACKED_SUM)(X_PTR)(X_STRIDE*2), (Y_PTR)(Y_STRIDE*2), 32(Y_PTR)(Y_STRIDE*2), Y4, Y5); \
	ADD((b+PACKED_SCALE)(X_PTR)(X_STRIDE3*1), (b+PACKED_SUM)(X_PTR)(X_STRIDE3*1), (Y_PTR)(STRIDE3*1), 32(Y_PTR)(STRIDE3*1), Y6, Y7)

#define Q8_CONSTANTS \
	VPBROADCASTD signBytes256<>(SB), SIGN_BYTES

#define Q8_GROUP(w, d, DOT) \
	VPXOR w(W_PTR), SIGN_BYTES, Y8;           \
	VPXOR (w+32)(W_PTR), SIGN_BYTES, Y9;      \
	DOT(d)

// Q8_BLOCK takes a block whose scales are s and whose weights w bytes from
// W_PTR.
#define Q8_BLOCK(s, w, b, BEGIN, DOT, ADD) \
	BEGIN(b);                                 \
	Q8_GROUP((w+0), b+0, DOT);                \
	Q8_GROUP((w+64), b+4, DOT);               \
	Q8_GROUP((w+128), b+8, DOT);              \
	Q8_GROUP((w+192), b+12, DOT);             \
	Q8_GROUP((w+256), b+16, DOT);             \
	Q8_GROUP((w+320), b+20, DOT);             \
	Q8_GROUP((w+384), b+24, DOT);             \
	Q8_GROUP((w+448), b+28, DOT);             \
	VCVTPH2PS s(W_PTR), Y8;                   \
	VCVTPH2PS (s+16)(W_PTR), Y9;              \
	ADD(Q8_ADD, b)

// Q8_UNITS walks N units: 64 bytes of scales, and two blocks of 512.
#define Q8_UNITS(BEGIN, DOT, ADD, PREFETCHES, PREFETCHES2) \
	PCALIGN $32;                              \
unit:                                         \
	PREFETCHES;                               \
	Q8_BLOCK(0, 64, 0, BEGIN, DOT, ADD);      \
	PREFETCHES2;                              \
	Q8_BLOCK(32, 576, PACKED, BEGIN, DOT, ADD); \
	ADDQ $1088, W_PTR;                        \
	ADDQ $(2*PACKED), X_PTR;                  \
	DECQ N;                                   \
	JNZ  unit

#define Q4_CONSTANTS \
	VPBROADCASTD   signBytes256<>(SB), SIGN_BYTES; \
	VPBROADCASTD   lowNibbles256<>(SB), LOW_NIBBLES; \
	VBROADCASTI128 ·levels(SB), LEVELS;       \
	VPXOR          SIGN_BYTES, LEVELS, LEVELS

// Q4_GROUPS takes two groups of four columns, of the low and the high nibbles.
#define Q4_GROUPS(w, d, DOT) \
	VMOVDQU w(W_PTR), Y11;                    \
	VMOVDQU (w+32)(W_PTR), Y12;               \
	VPAND   LOW_NIBBLES, Y11, Y8;             \
	VPAND   LOW_NIBBLES, Y12, Y9;             \
	VPSHUFB Y8, LEVELS, Y8;                   \
	VPSHUFB Y9, LEVELS, Y9;                   \
	DOT(d);                                   \
	VPSRLW  $4, Y11, Y11;                     \
	VPSRLW  $4, Y12, Y12;                     \
	VPAND   LOW_NIBBLES, Y11, Y8;             \
	VPAND   LOW_NIBBLES, Y12, Y9;             \
	VPSHUFB Y8, LEVELS, Y8;                   \
	VPSHUFB Y9, LEVELS, Y9;                   \
	DOT(d+4)

// Q4_UNITS walks N units: 32 bytes of scales, 32 of offsets, 256 of weights.
#define Q4_UNITS(BEGIN, DOT, ADD, PREFETCHES) \
	PCALIGN $32;                              \
unit:                                         \
	PREFETCHES;                               \
	BEGIN(0);                                 \
	Q4_GROUPS(64, 0, DOT);                    \
	Q4_GROUPS(128, 8, DOT);                   \
	Q4_GROUPS(192, 16, DOT);                  \
	Q4_GROUPS(256, 24, DOT);                  \
	VCVTPH2PS (W_PTR), Y8;                    \
	VCVTPH2PS 16(W_PTR), Y9;                  \
	VCVTPH2PS 32(W_PTR), Y11;                 \
	VCVTPH2PS 48(W_PTR), Y12;                 \
	ADD(Q4_ADD, 0);                           \
	ADDQ $320, W_PTR;                         \
	ADDQ $PACKED, X_PTR;                      \
	DECQ N;                                   \
	JNZ  unit

// Bodies of the kernels.
#define Q8X1 \
	ARGUMENTS;                                \
	Q8_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY1;                                    \
	Q8_UNITS(BEGIN1, DOT1, ADD1, PREFETCH9, PREFETCH8_LATER); \
	NEXT_PANEL(panel)
#define Q8X2 \
	ARGUMENTS;                                \
	Q8_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY2;                                    \
	Q8_UNITS(BEGIN2, DOT2, ADD2, PREFETCH9, PREFETCH8_LATER); \
	NEXT_PANEL(panel)
#define Q8X4 \
	ARGUMENTS;                                \
	Q8_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY4;                                    \
	Q8_UNITS(BEGIN4, DOT4, ADD4, PREFETCH9, PREFETCH8_LATER); \
	NEXT_PANEL(panel)
#define Q4X1 \
	ARGUMENTS;                                \
	Q4_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY1;                                    \
	Q4_UNITS(BEGIN1, DOT1, ADD1, PREFETCH5); \
	NEXT_PANEL(panel)
#define Q4X2 \
	ARGUMENTS;                                \
	Q4_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY2;                                    \
	Q4_UNITS(BEGIN2, DOT2, ADD2, PREFETCH5); \
	NEXT_PANEL(panel)
#define Q4X4 \
	ARGUMENTS;                                \
	Q4_CONSTANTS;                             \
panel:                                        \
	PANEL;                                    \
	COPY4;                                    \
	Q4_UNITS(BEGIN4, DOT4, ADD4, PREFETCH5); \
	NEXT_PANEL(panel)
