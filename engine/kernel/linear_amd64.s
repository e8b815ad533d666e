//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"

// Both tiles keep one vector of eight partial sums per output, walk the columns
// in order and add the lanes up in the same way, so that an output has the same
// bits from either.

#define Y_PTR DI
#define Y_STRIDE AX
#define BASE_PTR DX
#define BASE_STRIDE BX
#define W_PTR R8
#define W_STRIDE R9
#define W_STRIDE3 R10
#define X_PTR SI
#define X_STRIDE R11
#define LEN CX
#define SCRATCH R12

// STORE_SUMS adds up the lanes of the sums of four rows and stores
// base[0:4] + sums at y. It uses Y12 and Y13. Two rounds of pairwise additions
// leave the low halves of s0..s3 in X12 and their high halves above.
#define STORE_SUMS(s0, s1, s2, s3) \
	VHADDPS      s1, s0, Y12;           \
	VHADDPS      s3, s2, Y13;           \
	VHADDPS      Y13, Y12, Y12;         \
	VEXTRACTF128 $1, Y12, X13;          \
	VADDPS       X13, X12, X12;         \
	VADDPS       (BASE_PTR), X12, X12;  \
	VMOVUPS      X12, (Y_PTR)

// ROW multiplies a row of weights into the sums of its three positions.
#define ROW(s0, s1, s2) \
	VFMADD231PS Y12, Y15, s0; \
	VFMADD231PS Y13, Y15, s1; \
	VFMADD231PS Y14, Y15, s2

// func tile4x3AVX2(y *float32, yStride int, base *float32, baseStride int, w *float32, wStride int, x *float32, xStride, n int)
TEXT ·tile4x3AVX2(SB), NOSPLIT, $0-72
	MOVQ   w+32(FP), W_PTR
	MOVQ   wStride+40(FP), W_STRIDE
	MOVQ   x+48(FP), X_PTR
	MOVQ   xStride+56(FP), X_STRIDE
	MOVQ   n+64(FP), LEN
	SHLQ   $2, W_STRIDE                      // strides in bytes
	SHLQ   $2, X_STRIDE
	LEAQ   (W_STRIDE)(W_STRIDE*2), W_STRIDE3
	VXORPS Y0, Y0, Y0                        // position 0: rows 0..3 in Y0..Y3
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4                        // position 1: Y4..Y7
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8                        // position 2: Y8..Y11
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11
	SUBQ   $8, LEN
	JLT    tile3_tail

tile3_8:
	VMOVUPS (X_PTR), Y12                     // x[p][0:8]
	VMOVUPS (X_PTR)(X_STRIDE*1), Y13
	VMOVUPS (X_PTR)(X_STRIDE*2), Y14
	VMOVUPS (W_PTR), Y15                     // w[0][0:8]
	ROW(Y0, Y4, Y8)
	VMOVUPS (W_PTR)(W_STRIDE*1), Y15         // w[1][0:8]
	ROW(Y1, Y5, Y9)
	VMOVUPS (W_PTR)(W_STRIDE*2), Y15         // w[2][0:8]
	ROW(Y2, Y6, Y10)
	VMOVUPS (W_PTR)(W_STRIDE3*1), Y15        // w[3][0:8]
	ROW(Y3, Y7, Y11)
	ADDQ    $32, X_PTR                       // 8 columns on
	ADDQ    $32, W_PTR
	SUBQ    $8, LEN
	JGE     tile3_8

tile3_tail:
	ADDQ       $8, LEN                       // columns left, 0..7
	JZ         tile3_sum
	TAIL_MASK(LEN, SCRATCH, Y15)
	VMASKMOVPS (X_PTR), Y15, Y12             // x[p][0:len], then zeros
	VMASKMOVPS (X_PTR)(X_STRIDE*1), Y15, Y13
	VMASKMOVPS (X_PTR)(X_STRIDE*2), Y15, Y14
	VMASKMOVPS (W_PTR), Y15, Y15             // w[0][0:len]
	ROW(Y0, Y4, Y8)
	TAIL_MASK(LEN, SCRATCH, Y15)             // no register is free to keep it
	VMASKMOVPS (W_PTR)(W_STRIDE*1), Y15, Y15 // w[1][0:len]
	ROW(Y1, Y5, Y9)
	TAIL_MASK(LEN, SCRATCH, Y15)
	VMASKMOVPS (W_PTR)(W_STRIDE*2), Y15, Y15 // w[2][0:len]
	ROW(Y2, Y6, Y10)
	TAIL_MASK(LEN, SCRATCH, Y15)
	VMASKMOVPS (W_PTR)(W_STRIDE3*1), Y15, Y15 // w[3][0:len]
	ROW(Y3, Y7, Y11)

tile3_sum:
	MOVQ y+0(FP), Y_PTR
	MOVQ yStride+8(FP), Y_STRIDE
	MOVQ base+16(FP), BASE_PTR
	MOVQ baseStride+24(FP), BASE_STRIDE
	SHLQ $2, Y_STRIDE
	SHLQ $2, BASE_STRIDE
	STORE_SUMS(Y0, Y1, Y2, Y3)               // position 0
	ADDQ Y_STRIDE, Y_PTR
	ADDQ BASE_STRIDE, BASE_PTR
	STORE_SUMS(Y4, Y5, Y6, Y7)               // position 1
	ADDQ Y_STRIDE, Y_PTR
	ADDQ BASE_STRIDE, BASE_PTR
	STORE_SUMS(Y8, Y9, Y10, Y11)             // position 2
	VZEROUPPER
	RET

// func tile4x1AVX2(y, base, w *float32, wStride int, x *float32, n int)
TEXT ·tile4x1AVX2(SB), NOSPLIT, $0-48
	MOVQ   y+0(FP), Y_PTR
	MOVQ   base+8(FP), BASE_PTR
	MOVQ   w+16(FP), W_PTR
	MOVQ   wStride+24(FP), W_STRIDE
	MOVQ   x+32(FP), X_PTR
	MOVQ   n+40(FP), LEN
	SHLQ   $2, W_STRIDE                      // stride in bytes
	LEAQ   (W_STRIDE)(W_STRIDE*2), W_STRIDE3
	VXORPS Y0, Y0, Y0                        // rows 0..3 in Y0..Y3
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3

tile1_16:
	CMPQ        LEN, $16
	JLT         tile1_8
	VMOVUPS     (X_PTR), Y4                  // sums += w[r][0:8] * x[0:8]
	VFMADD231PS (W_PTR), Y4, Y0
	VFMADD231PS (W_PTR)(W_STRIDE*1), Y4, Y1
	VFMADD231PS (W_PTR)(W_STRIDE*2), Y4, Y2
	VFMADD231PS (W_PTR)(W_STRIDE3*1), Y4, Y3
	VMOVUPS     32(X_PTR), Y5                // sums += w[r][8:16] * x[8:16]
	VFMADD231PS 32(W_PTR), Y5, Y0
	VFMADD231PS 32(W_PTR)(W_STRIDE*1), Y5, Y1
	VFMADD231PS 32(W_PTR)(W_STRIDE*2), Y5, Y2
	VFMADD231PS 32(W_PTR)(W_STRIDE3*1), Y5, Y3
	ADDQ        $64, X_PTR                   // 16 columns on
	ADDQ        $64, W_PTR
	SUBQ        $16, LEN
	JMP         tile1_16

tile1_8:
	CMPQ        LEN, $8
	JLT         tile1_tail
	VMOVUPS     (X_PTR), Y4                  // sums += w[r][0:8] * x[0:8]
	VFMADD231PS (W_PTR), Y4, Y0
	VFMADD231PS (W_PTR)(W_STRIDE*1), Y4, Y1
	VFMADD231PS (W_PTR)(W_STRIDE*2), Y4, Y2
	VFMADD231PS (W_PTR)(W_STRIDE3*1), Y4, Y3
	ADDQ        $32, X_PTR                   // 8 columns on
	ADDQ        $32, W_PTR
	SUBQ        $8, LEN

tile1_tail:
	TESTQ       LEN, LEN
	JZ          tile1_sum
	TAIL_MASK(LEN, SCRATCH, Y15)
	VMASKMOVPS  (X_PTR), Y15, Y4             // x[0:len], then zeros
	VMASKMOVPS  (W_PTR), Y15, Y5             // sums += w[r][0:len] * x[0:len]
	VFMADD231PS Y5, Y4, Y0
	VMASKMOVPS  (W_PTR)(W_STRIDE*1), Y15, Y6
	VFMADD231PS Y6, Y4, Y1
	VMASKMOVPS  (W_PTR)(W_STRIDE*2), Y15, Y7
	VFMADD231PS Y7, Y4, Y2
	VMASKMOVPS  (W_PTR)(W_STRIDE3*1), Y15, Y8
	VFMADD231PS Y8, Y4, Y3

tile1_sum:
	STORE_SUMS(Y0, Y1, Y2, Y3)
	VZEROUPPER
	RET
