//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"

#define X_PTR SI
#define Y_PTR DI
#define LEN CX
#define SCRATCH AX
#define MASK Y15

// func dotAVX2(x, y []float32) float32
TEXT ·dotAVX2(SB), NOSPLIT, $0-52
	MOVQ   x_base+0(FP), X_PTR
	MOVQ   x_len+8(FP), LEN
	MOVQ   y_base+24(FP), Y_PTR
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3

dot_32:
	CMPQ        LEN, $32
	JLT         dot_8
	VMOVUPS     (X_PTR), Y4            // sum0 += x[0:8] * y[0:8]
	VFMADD231PS (Y_PTR), Y4, Y0
	VMOVUPS     32(X_PTR), Y5          // sum1 += x[8:16] * y[8:16]
	VFMADD231PS 32(Y_PTR), Y5, Y1
	VMOVUPS     64(X_PTR), Y6          // sum2 += x[16:24] * y[16:24]
	VFMADD231PS 64(Y_PTR), Y6, Y2
	VMOVUPS     96(X_PTR), Y7          // sum3 += x[24:32] * y[24:32]
	VFMADD231PS 96(Y_PTR), Y7, Y3
	ADDQ        $128, X_PTR            // x, y = x[32:], y[32:]
	ADDQ        $128, Y_PTR
	SUBQ        $32, LEN
	JMP         dot_32

dot_8:
	CMPQ        LEN, $8
	JLT         dot_tail
	VMOVUPS     (X_PTR), Y4            // sum0 += x[0:8] * y[0:8]
	VFMADD231PS (Y_PTR), Y4, Y0
	ADDQ        $32, X_PTR             // x, y = x[8:], y[8:]
	ADDQ        $32, Y_PTR
	SUBQ        $8, LEN
	JMP         dot_8

dot_tail:
	TESTQ       LEN, LEN
	JZ          dot_sum
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS  (X_PTR), MASK, Y4      // sum1 += x[0:len] * y[0:len]
	VMASKMOVPS  (Y_PTR), MASK, Y5
	VFMADD231PS Y5, Y4, Y1

dot_sum:
	VADDPS Y1, Y0, Y0                  // (sum0 + sum1) + (sum2 + sum3)
	VADDPS Y3, Y2, Y2
	VADDPS Y2, Y0, Y0
	SUM_LANES(Y0, X0, X1)
	VMOVSS X0, ret+48(FP)
	VZEROUPPER
	RET

// func axpyAVX2(a float32, x, y []float32)
TEXT ·axpyAVX2(SB), NOSPLIT, $0-56
	VBROADCASTSS a+0(FP), Y0           // a in all lanes
	MOVQ         x_base+8(FP), X_PTR
	MOVQ         x_len+16(FP), LEN
	MOVQ         y_base+32(FP), Y_PTR

axpy_16:
	CMPQ        LEN, $16
	JLT         axpy_8
	VMOVUPS     (Y_PTR), Y1            // y[0:16] += a * x[0:16]
	VMOVUPS     32(Y_PTR), Y2
	VFMADD231PS (X_PTR), Y0, Y1
	VFMADD231PS 32(X_PTR), Y0, Y2
	VMOVUPS     Y1, (Y_PTR)
	VMOVUPS     Y2, 32(Y_PTR)
	ADDQ        $64, X_PTR             // x, y = x[16:], y[16:]
	ADDQ        $64, Y_PTR
	SUBQ        $16, LEN
	JMP         axpy_16

axpy_8:
	CMPQ        LEN, $8
	JLT         axpy_tail
	VMOVUPS     (Y_PTR), Y1            // y[0:8] += a * x[0:8]
	VFMADD231PS (X_PTR), Y0, Y1
	VMOVUPS     Y1, (Y_PTR)
	ADDQ        $32, X_PTR             // x, y = x[8:], y[8:]
	ADDQ        $32, Y_PTR
	SUBQ        $8, LEN

axpy_tail:
	TESTQ       LEN, LEN
	JZ          axpy_done
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS  (Y_PTR), MASK, Y1      // y[0:len] += a * x[0:len]
	VMASKMOVPS  (X_PTR), MASK, Y2
	VFMADD231PS Y2, Y0, Y1
	VMASKMOVPS  Y1, MASK, (Y_PTR)

axpy_done:
	VZEROUPPER
	RET

// func addAVX2(y, x []float32)
TEXT ·addAVX2(SB), NOSPLIT, $0-48
	MOVQ y_base+0(FP), Y_PTR
	MOVQ y_len+8(FP), LEN
	MOVQ x_base+24(FP), X_PTR

add_8:
	CMPQ    LEN, $8
	JLT     add_tail
	VMOVUPS (Y_PTR), Y0                // y[0:8] += x[0:8]
	VADDPS  (X_PTR), Y0, Y0
	VMOVUPS Y0, (Y_PTR)
	ADDQ    $32, X_PTR                 // x, y = x[8:], y[8:]
	ADDQ    $32, Y_PTR
	SUBQ    $8, LEN
	JMP     add_8

add_tail:
	TESTQ      LEN, LEN
	JZ         add_done
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS (Y_PTR), MASK, Y0       // y[0:len] += x[0:len]
	VMASKMOVPS (X_PTR), MASK, Y1
	VADDPS     Y1, Y0, Y0
	VMASKMOVPS Y0, MASK, (Y_PTR)

add_done:
	VZEROUPPER
	RET
