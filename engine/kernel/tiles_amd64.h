// What the tile kernels of all instruction sets share: panels of 16 rows of
// weights against 1, 2, 4 or 8 positions. tiles.go says what they compute.

#define Y_PTR DI
#define Y_STRIDE AX
#define BASE_PTR DX
#define BASE_STRIDE BX
#define W_PTR R8
#define X_PTR SI
#define X_STRIDE R10
#define X_STRIDE3 R11
#define X4_PTR R12        // position 4
#define N CX
#define FOURTH R9         // base or y of position 4
#define STRIDE3 R13       // three times the stride of y or base

#define ARGUMENTS \
	MOVQ y+0(FP), Y_PTR;                       \
	MOVQ yStride+8(FP), Y_STRIDE;              \
	MOVQ base+16(FP), BASE_PTR;                \
	MOVQ baseStride+24(FP), BASE_STRIDE;       \
	MOVQ xStride+64(FP), X_STRIDE;             \
	LEAQ (X_STRIDE)(X_STRIDE*2), X_STRIDE3

// PANEL begins a panel, which ends with NEXT_PANEL.
#define PANEL \
	MOVQ w+40(FP), W_PTR;                      \
	MOVQ x+56(FP), X_PTR;                      \
	LEAQ (X_PTR)(X_STRIDE*4), X4_PTR;          \
	MOVQ n+72(FP), N

#define NEXT_PANEL(panel) \
	ADDQ $64, Y_PTR;                           \
	ADDQ baseStep+32(FP), BASE_PTR;            \
	MOVQ wStep+48(FP), STRIDE3;                \
	ADDQ STRIDE3, w+40(FP);                    \
	DECQ panels+80(FP);                        \
	JNZ  panel;                                \
	VZEROUPPER;                                \
	RET

// A block of activations, packed (pack.go): 48 bytes.
#define PACKED 48
#define PACKED_SCALE 0
#define PACKED_BIAS 4
#define PACKED_SUM 8
#define PACKED_QUANTS 16

// PREFETCH2 and so on fetch as many lines of weights into the L2 cache, 16 KiB
// before they are needed. Without them the arithmetic between the loads keeps the
// processor from having enough of them under way: on one core of an AMD EPYC
// (Zen 4) eight positions stream Q8 from memory at 6.6 GB/s, with them at 16.
// In a long block 16 KiB on is the next column block of the panel (tiles.go),
// which F32 then computes a quarter faster. 1 KiB before, and into the L1 cache,
// they do as much for one position and less for several.
#define PREFETCH2 \
	PREFETCHT1 16384(W_PTR); \
	PREFETCHT1 16448(W_PTR)
#define PREFETCH4 \
	PREFETCHT1 16384(W_PTR); \
	PREFETCHT1 16448(W_PTR); \
	PREFETCHT1 16512(W_PTR); \
	PREFETCHT1 16576(W_PTR)
#define PREFETCH5 \
	PREFETCHT1 16384(W_PTR); \
	PREFETCHT1 16448(W_PTR); \
	PREFETCHT1 16512(W_PTR); \
	PREFETCHT1 16576(W_PTR); \
	PREFETCHT1 16640(W_PTR)
#define PREFETCH9 \
	PREFETCHT1 16384(W_PTR); \
	PREFETCHT1 16448(W_PTR); \
	PREFETCHT1 16512(W_PTR); \
	PREFETCHT1 16576(W_PTR); \
	PREFETCHT1 16640(W_PTR); \
	PREFETCHT1 16704(W_PTR); \
	PREFETCHT1 16768(W_PTR); \
	PREFETCHT1 16832(W_PTR); \
	PREFETCHT1 16896(W_PTR)
// PREFETCH8_LATER goes on after PREFETCH9.
#define PREFETCH8_LATER \
	PREFETCHT1 16960(W_PTR); \
	PREFETCHT1 17024(W_PTR); \
	PREFETCHT1 17088(W_PTR); \
	PREFETCHT1 17152(W_PTR); \
	PREFETCHT1 17216(W_PTR); \
	PREFETCHT1 17280(W_PTR); \
	PREFETCHT1 17344(W_PTR); \
	PREFETCHT1 17408(W_PTR)
