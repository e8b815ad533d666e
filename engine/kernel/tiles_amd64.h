// What the tile kernels of all instruction sets share: a panel of 16 rows of
// weights against 1, 2, 4 or 8 positions. tiles.go says what they compute.

#define Y_PTR DI
#define Y_STRIDE AX
#define BASE_PTR DX
#define BASE_STRIDE BX
#define W_PTR R8
#define SCALE_PTR R9
#define X_PTR SI
#define X_STRIDE R10
#define N CX
#define X_STRIDE3 R11
#define X4_PTR R12        // position 4
#define STRIDE3 R13       // three times the stride of y or base

#define ARGUMENTS \
	MOVQ y+0(FP), Y_PTR;                       \
	MOVQ yStride+8(FP), Y_STRIDE;              \
	MOVQ base+16(FP), BASE_PTR;                \
	MOVQ baseStride+24(FP), BASE_STRIDE;       \
	MOVQ w+32(FP), W_PTR;                      \
	MOVQ scales+40(FP), SCALE_PTR;             \
	MOVQ x+48(FP), X_PTR;                      \
	MOVQ xStride+56(FP), X_STRIDE;             \
	MOVQ n+64(FP), N;                          \
	LEAQ (X_STRIDE)(X_STRIDE*2), X_STRIDE3;    \
	LEAQ (X_PTR)(X_STRIDE*4), X4_PTR

// A block of activations, packed (pack.go): 48 bytes.
#define PACKED 48
#define PACKED_SCALE 0
#define PACKED_BIAS 4
#define PACKED_SUM 8
#define PACKED_QUANTS 16
