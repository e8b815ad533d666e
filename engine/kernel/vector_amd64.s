//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"

#define X_PTR SI
#define Y_PTR DI
#define LEN CX
#define SCRATCH AX
#define MASK Y15

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

// func multiplyAVX2(y, x []float32)
TEXT ·multiplyAVX2(SB), NOSPLIT, $0-48
	MOVQ y_base+0(FP), Y_PTR
	MOVQ y_len+8(FP), LEN
	MOVQ x_base+24(FP), X_PTR

multiply_8:
	CMPQ    LEN, $8
	JLT     multiply_tail
	VMOVUPS (Y_PTR), Y0                // y[0:8] *= x[0:8]
	VMULPS  (X_PTR), Y0, Y0
	VMOVUPS Y0, (Y_PTR)
	ADDQ    $32, X_PTR                 // x, y = x[8:], y[8:]
	ADDQ    $32, Y_PTR
	SUBQ    $8, LEN
	JMP     multiply_8

multiply_tail:
	TESTQ      LEN, LEN
	JZ         multiply_done
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS (Y_PTR), MASK, Y0       // y[0:len] *= x[0:len]
	VMASKMOVPS (X_PTR), MASK, Y1
	VMULPS     Y1, Y0, Y0
	VMASKMOVPS Y0, MASK, (Y_PTR)

multiply_done:
	VZEROUPPER
	RET

DATA minusInf<>+0(SB)/4, $0xff800000
GLOBL minusInf<>(SB), RODATA|NOPTR, $4

// func maximum8AVX2(x *float32, n int) float32
TEXT ·maximum8AVX2(SB), NOSPLIT, $0-20
	MOVQ         x+0(FP), X_PTR
	MOVQ         n+8(FP), LEN
	VBROADCASTSS minusInf<>(SB), Y0
	VMOVAPS      Y0, Y1

maximum_16:
	SUBQ    $16, LEN
	JLT     maximum_8
	VMOVUPS (X_PTR), Y2                // of two operands of which one is NaN,
	VMOVUPS 32(X_PTR), Y3              // MAX gives the one named first here
	VMAXPS  Y0, Y2, Y0
	VMAXPS  Y1, Y3, Y1
	ADDQ    $64, X_PTR
	JMP     maximum_16

maximum_8:
	ADDQ    $16, LEN
	JZ      maximum_lanes
	VMOVUPS (X_PTR), Y2
	VMAXPS  Y0, Y2, Y0

maximum_lanes:
	VMAXPS       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VMAXPS       X1, X0, X0
	VMOVHLPS     X0, X0, X1
	VMAXPS       X1, X0, X0
	VMOVSHDUP    X0, X1
	VMAXSS       X1, X0, X0
	VMOVSS       X0, ret+16(FP)
	VZEROUPPER
	RET
