// What the tile kernels share: panels of 16 rows of weights against 1, 2, 4 or 8
// positions. tiles.go says what they compute.
//
// A panel is four vectors of four rows. The sums of position 0 are in V0..V3,
// those of position 1 in V4..V7 and so on. Where the registers do not hold them
// all, a kernel takes one half of the rows after the other, with sums in V0 and
// V1, V2 and V3 and so on.

#define W_PTR R0
#define SCALE_PTR R1
#define N R2
#define X0_PTR R3         // position 0
#define X1_PTR R4
#define X2_PTR R5
#define X3_PTR R6
#define X4_PTR R7
#define X5_PTR R8
#define X6_PTR R9
#define X7_PTR R10
#define X_STRIDE R11
#define Y_PTR R12
#define Y_STRIDE R13
#define BASE_PTR R14
#define BASE_STRIDE R15
#define BASE_STEP R16
#define PANEL_PTR R17     // where the weights of the panel begin
#define PANEL_STEP R19
#define PANELS R20
#define HALF R21          // the bytes of y from the first half of the rows to this one, 0 or 32
#define IN R22            // walks through base by positions
#define OUT R23           // walks through y by positions
#define COUNT R24

#define ARGUMENTS \
	MOVD y+0(FP), Y_PTR;              \
	MOVD yStride+8(FP), Y_STRIDE;     \
	MOVD base+16(FP), BASE_PTR;       \
	MOVD baseStride+24(FP), BASE_STRIDE; \
	MOVD baseStep+32(FP), BASE_STEP;  \
	MOVD w+40(FP), PANEL_PTR;         \
	MOVD wStep+48(FP), PANEL_STEP;    \
	MOVD xStride+64(FP), X_STRIDE;    \
	MOVD panels+80(FP), PANELS

// PANEL begins a panel, which ends with NEXT_PANEL.
#define PANEL(POSITIONS) \
	MOVD PANEL_PTR, W_PTR;            \
	MOVD x+56(FP), X0_PTR;            \
	MOVD n+72(FP), N;                 \
	POSITIONS

#define NEXT_PANEL(panel) \
	ADD  $64, Y_PTR;                  \
	ADD  BASE_STEP, BASE_PTR;         \
	ADD  PANEL_STEP, PANEL_PTR;       \
	SUBS $1, PANELS;                  \
	BNE  panel;                       \
	RET

#define POSITIONS1
#define POSITIONS2 \
	ADD X_STRIDE, X0_PTR, X1_PTR
#define POSITIONS4 \
	POSITIONS2;                       \
	ADD X_STRIDE, X1_PTR, X2_PTR;     \
	ADD X_STRIDE, X2_PTR, X3_PTR
#define POSITIONS8 \
	POSITIONS4;                       \
	ADD X_STRIDE, X3_PTR, X4_PTR;     \
	ADD X_STRIDE, X4_PTR, X5_PTR;     \
	ADD X_STRIDE, X5_PTR, X6_PTR;     \
	ADD X_STRIDE, X6_PTR, X7_PTR

// X loads from each position to V16 (position 0) to V23.
#define X1(MOVE, offset) \
	MOVE offset(X0_PTR), F(16)
#define X2(MOVE, offset) \
	X1(MOVE, offset);                 \
	MOVE offset(X1_PTR), F(17)
#define X4(MOVE, offset) \
	X2(MOVE, offset);                 \
	MOVE offset(X2_PTR), F(18);       \
	MOVE offset(X3_PTR), F(19)
#define X8(MOVE, offset) \
	X4(MOVE, offset);                 \
	MOVE offset(X4_PTR), F(20);       \
	MOVE offset(X5_PTR), F(21);       \
	MOVE offset(X6_PTR), F(22);       \
	MOVE offset(X7_PTR), F(23)

// TIMES adds the weights w0..w3 times lane i of the activations to the sums; OP
// is FMLA_LANE or SDOT_LANE.
#define ROWS16(OP, x, i, w0, w1, w2, w3, s0, s1, s2, s3) \
	OP(x, i, w0, s0);                 \
	OP(x, i, w1, s1);                 \
	OP(x, i, w2, s2);                 \
	OP(x, i, w3, s3)
#define TIMES1(OP, i, w0, w1, w2, w3) \
	ROWS16(OP, 16, i, w0, w1, w2, w3, 0, 1, 2, 3)
#define TIMES2(OP, i, w0, w1, w2, w3) \
	TIMES1(OP, i, w0, w1, w2, w3);    \
	ROWS16(OP, 17, i, w0, w1, w2, w3, 4, 5, 6, 7)
#define TIMES4(OP, i, w0, w1, w2, w3) \
	TIMES2(OP, i, w0, w1, w2, w3);    \
	ROWS16(OP, 18, i, w0, w1, w2, w3, 8, 9, 10, 11); \
	ROWS16(OP, 19, i, w0, w1, w2, w3, 12, 13, 14, 15)
#define ROWS8(OP, x, i, w0, w1, s0, s1) \
	OP(x, i, w0, s0);                 \
	OP(x, i, w1, s1)
#define TIMES8(OP, i, w0, w1) \
	ROWS8(OP, 16, i, w0, w1, 0, 1);   \
	ROWS8(OP, 17, i, w0, w1, 2, 3);   \
	ROWS8(OP, 18, i, w0, w1, 4, 5);   \
	ROWS8(OP, 19, i, w0, w1, 6, 7);   \
	ROWS8(OP, 20, i, w0, w1, 8, 9);   \
	ROWS8(OP, 21, i, w0, w1, 10, 11); \
	ROWS8(OP, 22, i, w0, w1, 12, 13); \
	ROWS8(OP, 23, i, w0, w1, 14, 15)

// Weights are taken for two columns, or two groups of them, at a time: those of
// the even one go to V20..V23, of the odd one to V24..V27, and for half the rows
// to V24 and V25, V26 and V27.
#define EVEN1(OP, i) TIMES1(OP, i, 20, 21, 22, 23)
#define EVEN2(OP, i) TIMES2(OP, i, 20, 21, 22, 23)
#define EVEN4(OP, i) TIMES4(OP, i, 20, 21, 22, 23)
#define EVEN8(OP, i) TIMES8(OP, i, 24, 25)
#define ODD1(OP, i) TIMES1(OP, i, 24, 25, 26, 27)
#define ODD2(OP, i) TIMES2(OP, i, 24, 25, 26, 27)
#define ODD4(OP, i) TIMES4(OP, i, 24, 25, 26, 27)
#define ODD8(OP, i) TIMES8(OP, i, 26, 27)

// NEXT_HALF goes back to half for the other half of the rows, in which HALF is 32.
#define NEXT_HALF(half) \
	ADD  $32, HALF;                   \
	CMP  $64, HALF;                   \
	BNE  half

// PREFETCH2 and so on fetch as many lines of weights as the tiles of amd64 do, and as
// far ahead (tiles_amd64.h).
#define PREFETCH2 \
	PRFM 16384(W_PTR), PLDL2KEEP; \
	PRFM 16448(W_PTR), PLDL2KEEP
#define PREFETCH4 \
	PRFM 16384(W_PTR), PLDL2KEEP; \
	PRFM 16448(W_PTR), PLDL2KEEP; \
	PRFM 16512(W_PTR), PLDL2KEEP; \
	PRFM 16576(W_PTR), PLDL2KEEP
#define PREFETCH5 \
	PRFM 16384(W_PTR), PLDL2KEEP; \
	PRFM 16448(W_PTR), PLDL2KEEP; \
	PRFM 16512(W_PTR), PLDL2KEEP; \
	PRFM 16576(W_PTR), PLDL2KEEP; \
	PRFM 16640(W_PTR), PLDL2KEEP
#define PREFETCH8 \
	PRFM 16384(W_PTR), PLDL2KEEP; \
	PRFM 16448(W_PTR), PLDL2KEEP; \
	PRFM 16512(W_PTR), PLDL2KEEP; \
	PRFM 16576(W_PTR), PLDL2KEEP; \
	PRFM 16640(W_PTR), PLDL2KEEP; \
	PRFM 16704(W_PTR), PLDL2KEEP; \
	PRFM 16768(W_PTR), PLDL2KEEP; \
	PRFM 16832(W_PTR), PLDL2KEEP
#define PREFETCH9 \
	PRFM 16384(W_PTR), PLDL2KEEP; \
	PRFM 16448(W_PTR), PLDL2KEEP; \
	PRFM 16512(W_PTR), PLDL2KEEP; \
	PRFM 16576(W_PTR), PLDL2KEEP; \
	PRFM 16640(W_PTR), PLDL2KEEP; \
	PRFM 16704(W_PTR), PLDL2KEEP; \
	PRFM 16768(W_PTR), PLDL2KEEP; \
	PRFM 16832(W_PTR), PLDL2KEEP; \
	PRFM 16896(W_PTR), PLDL2KEEP
