// What the tile kernels for Q8 and Q4 share, after tiles_arm64.h. The sums of
// V0..V15 are integers here, those of one block; what they amount to is added
// to y block by block, which leaves the registers to the products.

// A block of activations, packed (pack.go): 48 bytes.
#define PACKED 48
#define PACKED_QUANTS 16
#define SCALE_LANE 0      // of the first 16 bytes
#define SUM_LANE 2

#define LEVELS 31         // of Q4
#define LOW_NIBBLE 30
#define HEAD 28           // the first 16 bytes of a block of activations

#define NONE

// COPY_BASE sets y to base.
#define COPY_BASE(positions) \
	MOVD BASE_PTR, IN;                \
	MOVD Y_PTR, OUT;                  \
	MOVD $positions, COUNT;           \
copy:                                 \
	VLD1.P (IN)(BASE_STRIDE), [V(0).S4, V(1).S4, V(2).S4, V(3).S4]; \
	VST1.P [V(0).S4, V(1).S4, V(2).S4, V(3).S4], (OUT)(Y_STRIDE); \
	SUBS $1, COUNT;                   \
	BNE  copy

#define ZERO4 \
	ZERO(0);                          \
	ZERO(1);                          \
	ZERO(2);                          \
	ZERO(3)
#define ZERO8 \
	ZERO4;                            \
	ZERO(4);                          \
	ZERO(5);                          \
	ZERO(6);                          \
	ZERO(7)
#define ZERO16 \
	ZERO8;                            \
	ZERO(8);                          \
	ZERO(9);                          \
	ZERO(10);                         \
	ZERO(11);                         \
	ZERO(12);                         \
	ZERO(13);                         \
	ZERO(14);                         \
	ZERO(15)

// The weights of the next two groups of four columns, as signed bytes: 16 of
// them are four rows. TBL looks up 16 levels at once.
#define Q8_WEIGHTS \
	VLD1.P 64(W_PTR), [V(20).B16, V(21).B16, V(22).B16, V(23).B16]; \
	VLD1.P 64(W_PTR), [V(24).B16, V(25).B16, V(26).B16, V(27).B16]
#define Q8_HALF_WEIGHTS \
	FMOVQ   16(W_PTR), F(25);         \
	FMOVQ.P 64(W_PTR), F(24);         \
	FMOVQ   16(W_PTR), F(27);         \
	FMOVQ.P 64(W_PTR), F(26)
#define Q4_LEVELS(even, odd) \
	AND8(LOW_NIBBLE, odd, even);      \
	USHR8(4, odd, odd);               \
	TBL(even, LEVELS, even);          \
	TBL(odd, LEVELS, odd)
#define Q4_WEIGHTS \
	VLD1.P 64(W_PTR), [V(24).B16, V(25).B16, V(26).B16, V(27).B16]; \
	Q4_LEVELS(20, 24);                \
	Q4_LEVELS(21, 25);                \
	Q4_LEVELS(22, 26);                \
	Q4_LEVELS(23, 27)
#define Q4_HALF_WEIGHTS \
	FMOVQ   16(W_PTR), F(27);         \
	FMOVQ.P 64(W_PTR), F(26);         \
	Q4_LEVELS(24, 26);                \
	Q4_LEVELS(25, 27)
#define Q4_CONSTANTS \
	MOVD  $·levels(SB), COUNT;        \
	FMOVQ (COUNT), F(LEVELS);         \
	FILL8(15, LOW_NIBBLE)

// The scales and offsets of a block, to where its weights were: to V20..V23 and
// V24..V27, for half the rows to V24 and V25, V26 and V27.
#define WIDEN4(w0, w1, w2, w3) \
	VLD1.P 32(SCALE_PTR), [V(28).H8, V(29).H8]; \
	FCVTL(28, w0);                    \
	FCVTL2(28, w1);                   \
	FCVTL(29, w2);                    \
	FCVTL2(29, w3)
#define WIDEN2(w0, w1) \
	FMOVQ.P 32(SCALE_PTR), F(28);     \
	FCVTL(28, w0);                    \
	FCVTL2(28, w1)
#define Q8_SCALES \
	WIDEN4(20, 21, 22, 23)
#define Q8_HALF_SCALES \
	WIDEN2(24, 25)
#define Q4_SCALES \
	WIDEN4(20, 21, 22, 23);           \
	WIDEN4(24, 25, 26, 27)
#define Q4_HALF_SCALES \
	WIDEN2(24, 25);                   \
	WIDEN2(26, 27)

// ADD adds dots·(scale of x)·(scales of w), for Q4 (offsets of w)·Σx too, to the
// sums of the position at OUT. The next is then there, and x at its next block.
#define SCALED(dot, scale, sum) \
	SCVTF(dot, dot);                  \
	FMUL_LANE(HEAD, SCALE_LANE, dot, dot); \
	FMLA(scale, dot, sum)
#define OFFSET(offset, sum) \
	FMLA_LANE(HEAD, SUM_LANE, offset, sum)
#define Q8_ADD(x, d0, d1, d2, d3) \
	FMOVQ.P PACKED(x), F(HEAD);       \
	VLD1 (OUT), [V(16).S4, V(17).S4, V(18).S4, V(19).S4]; \
	SCALED(d0, 20, 16);               \
	SCALED(d1, 21, 17);               \
	SCALED(d2, 22, 18);               \
	SCALED(d3, 23, 19);               \
	VST1.P [V(16).S4, V(17).S4, V(18).S4, V(19).S4], (OUT)(Y_STRIDE)
#define Q8_HALF_ADD(x, d0, d1) \
	FMOVQ.P PACKED(x), F(HEAD);       \
	VLD1 (OUT), [V(16).S4, V(17).S4]; \
	SCALED(d0, 24, 16);               \
	SCALED(d1, 25, 17);               \
	VST1.P [V(16).S4, V(17).S4], (OUT)(Y_STRIDE)
#define Q4_ADD(x, d0, d1, d2, d3) \
	FMOVQ.P PACKED(x), F(HEAD);       \
	VLD1 (OUT), [V(16).S4, V(17).S4, V(18).S4, V(19).S4]; \
	SCALED(d0, 20, 16);               \
	SCALED(d1, 21, 17);               \
	SCALED(d2, 22, 18);               \
	SCALED(d3, 23, 19);               \
	OFFSET(24, 16);                   \
	OFFSET(25, 17);                   \
	OFFSET(26, 18);                   \
	OFFSET(27, 19);                   \
	VST1.P [V(16).S4, V(17).S4, V(18).S4, V(19).S4], (OUT)(Y_STRIDE)
#define Q4_HALF_ADD(x, d0, d1) \
	FMOVQ.P PACKED(x), F(HEAD);       \
	VLD1 (OUT), [V(16).S4, V(17).S4]; \
	SCALED(d0, 24, 16);               \
	SCALED(d1, 25, 17);               \
	OFFSET(26, 16);                   \
	OFFSET(27, 17);                   \
	VST1.P [V(16).S4, V(17).S4], (OUT)(Y_STRIDE)
#define ADD1(ADD) \
	MOVD Y_PTR, OUT;                  \
	ADD(X0_PTR, 0, 1, 2, 3)
#define ADD2(ADD) \
	ADD1(ADD);                        \
	ADD(X1_PTR, 4, 5, 6, 7)
#define ADD4(ADD) \
	ADD2(ADD);                        \
	ADD(X2_PTR, 8, 9, 10, 11);        \
	ADD(X3_PTR, 12, 13, 14, 15)
#define ADD_HALF4(HALF_ADD) \
	ADD  HALF, Y_PTR, OUT;            \
	HALF_ADD(X0_PTR, 0, 1);           \
	HALF_ADD(X1_PTR, 2, 3);           \
	HALF_ADD(X2_PTR, 4, 5);           \
	HALF_ADD(X3_PTR, 6, 7)
#define ADD_HALF8(HALF_ADD) \
	ADD_HALF4(HALF_ADD);              \
	HALF_ADD(X4_PTR, 8, 9);           \
	HALF_ADD(X5_PTR, 10, 11);         \
	HALF_ADD(X6_PTR, 12, 13);         \
	HALF_ADD(X7_PTR, 14, 15)

// BLOCK takes a block of 32 columns: from W_PTR and SCALE_PTR, which are then at the
// next. PRODUCTS(i, j) adds the products of the weights of two groups with lanes i
// and j of the 16 activations in V16 (position 0) and so on; FOLD makes the 32-bit
// sums of V0 and so on of what it has added up.
#define BLOCK(CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD) \
	CLEAR;                            \
	X(FMOVQ, PACKED_QUANTS);          \
	WEIGHTS;                          \
	PRODUCTS(0, 1);                   \
	WEIGHTS;                          \
	PRODUCTS(2, 3);                   \
	X(FMOVQ, PACKED_QUANTS+16);       \
	WEIGHTS;                          \
	PRODUCTS(0, 1);                   \
	WEIGHTS;                          \
	PRODUCTS(2, 3);                   \
	FOLD;                             \
	SCALES;                           \
	ADD_POSITIONS(ADD)

// A unit begins with 64 bytes of scales, or of scales and offsets. In the second
// half of the rows W_PTR is 32 bytes after where it begins, and the scales 16.
#define HEAD_OF_UNIT \
	MOVD W_PTR, SCALE_PTR;            \
	ADD  $64, W_PTR
#define HALF_HEAD_OF_UNIT \
	SUB  HALF>>1, W_PTR, SCALE_PTR;   \
	ADD  $64, W_PTR

// Q8_UNITS walks N units: the head, and two blocks of 512 bytes.
#define Q8_UNITS(HEAD_OF_UNIT, CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD) \
	PCALIGN $32;                      \
unit:                                 \
	PREFETCH9;                        \
	HEAD_OF_UNIT;                     \
	BLOCK(CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD); \
	PREFETCH8;                        \
	BLOCK(CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD); \
	SUBS $1, N;                       \
	BNE  unit

// Q4_UNITS walks N units: the head, and a block of 256 bytes.
#define Q4_UNITS(PREFETCH, HEAD_OF_UNIT, CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD) \
	PCALIGN $32;                      \
unit:                                 \
	PREFETCH;                         \
	HEAD_OF_UNIT;                     \
	BLOCK(CLEAR, X, WEIGHTS, PRODUCTS, FOLD, SCALES, ADD_POSITIONS, ADD); \
	SUBS $1, N;                       \
	BNE  unit
