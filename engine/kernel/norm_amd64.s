//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"

#define X_PTR SI
#define Y_PTR DI
#define WEIGHT_PTR R8
#define BIAS_PTR R9
#define LEN CX
#define SCRATCH AX
#define MASK Y15
#define MEAN Y14
#define SCALE Y13

// func sumAVX2(x []float32) (sum float32)
TEXT ·sumAVX2(SB), NOSPLIT, $0-28
	MOVQ   x_base+0(FP), X_PTR
	MOVQ   x_len+8(FP), LEN
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

sum_16:
	CMPQ   LEN, $16
	JLT    sum_8
	VADDPS (X_PTR), Y0, Y0             // sum0 += x[0:8]
	VADDPS 32(X_PTR), Y1, Y1           // sum1 += x[8:16]
	ADDQ   $64, X_PTR                  // x = x[16:]
	SUBQ   $16, LEN
	JMP    sum_16

sum_8:
	CMPQ   LEN, $8
	JLT    sum_tail
	VADDPS (X_PTR), Y0, Y0             // sum0 += x[0:8]
	ADDQ   $32, X_PTR                  // x = x[8:]
	SUBQ   $8, LEN

sum_tail:
	TESTQ      LEN, LEN
	JZ         sum_lanes
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS (X_PTR), MASK, Y2       // sum1 += x[0:len]
	VADDPS     Y2, Y1, Y1

sum_lanes:
	VADDPS Y1, Y0, Y0
	SUM_LANES(Y0, X0, X1)
	VMOVSS X0, sum+24(FP)
	VZEROUPPER
	RET

// func squaresAVX2(x []float32, mean float32) (sum float32)
TEXT ·squaresAVX2(SB), NOSPLIT, $0-36
	MOVQ         x_base+0(FP), X_PTR
	MOVQ         x_len+8(FP), LEN
	VBROADCASTSS mean+24(FP), MEAN
	VXORPS       Y0, Y0, Y0
	VXORPS       Y1, Y1, Y1

squares_16:
	CMPQ        LEN, $16
	JLT         squares_8
	VMOVUPS     (X_PTR), Y2            // d := x[0:8] - mean
	VMOVUPS     32(X_PTR), Y3          // e := x[8:16] - mean
	VSUBPS      MEAN, Y2, Y2
	VSUBPS      MEAN, Y3, Y3
	VFMADD231PS Y2, Y2, Y0             // sum0 += d * d
	VFMADD231PS Y3, Y3, Y1             // sum1 += e * e
	ADDQ        $64, X_PTR             // x = x[16:]
	SUBQ        $16, LEN
	JMP         squares_16

squares_8:
	CMPQ        LEN, $8
	JLT         squares_tail
	VMOVUPS     (X_PTR), Y2            // d := x[0:8] - mean
	VSUBPS      MEAN, Y2, Y2
	VFMADD231PS Y2, Y2, Y0             // sum0 += d * d
	ADDQ        $32, X_PTR             // x = x[8:]
	SUBQ        $8, LEN

squares_tail:
	TESTQ       LEN, LEN
	JZ          squares_lanes
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS  (X_PTR), MASK, Y2      // d := x[0:len] - mean
	VSUBPS      MEAN, Y2, Y2
	VANDPS      MASK, Y2, Y2           // 0 beyond len, where d is -mean
	VFMADD231PS Y2, Y2, Y1             // sum1 += d * d

squares_lanes:
	VADDPS Y1, Y0, Y0
	SUM_LANES(Y0, X0, X1)
	VMOVSS X0, sum+32(FP)
	VZEROUPPER
	RET

// func normalizeAVX2(y, x, weight, bias []float32, mean, scale float32)
TEXT ·normalizeAVX2(SB), NOSPLIT, $0-104
	MOVQ         y_base+0(FP), Y_PTR
	MOVQ         x_base+24(FP), X_PTR
	MOVQ         x_len+32(FP), LEN
	MOVQ         weight_base+48(FP), WEIGHT_PTR
	MOVQ         bias_base+72(FP), BIAS_PTR
	VBROADCASTSS mean+96(FP), MEAN
	VBROADCASTSS scale+100(FP), SCALE

normalize_8:
	CMPQ        LEN, $8
	JLT         normalize_tail
	VMOVUPS     (X_PTR), Y0            // unit := (x[0:8] - mean) * scale
	VSUBPS      MEAN, Y0, Y0
	VMULPS      SCALE, Y0, Y0
	VMOVUPS     (BIAS_PTR), Y1         // y[0:8] = unit*weight[0:8] + bias[0:8]
	VFMADD231PS (WEIGHT_PTR), Y0, Y1
	VMOVUPS     Y1, (Y_PTR)
	ADDQ        $32, X_PTR             // 8 numbers on
	ADDQ        $32, Y_PTR
	ADDQ        $32, WEIGHT_PTR
	ADDQ        $32, BIAS_PTR
	SUBQ        $8, LEN
	JMP         normalize_8

normalize_tail:
	TESTQ       LEN, LEN
	JZ          normalize_done
	TAIL_MASK(LEN, SCRATCH, MASK)
	VMASKMOVPS  (X_PTR), MASK, Y0      // unit := (x[0:len] - mean) * scale
	VSUBPS      MEAN, Y0, Y0
	VMULPS      SCALE, Y0, Y0
	VMASKMOVPS  (BIAS_PTR), MASK, Y1   // y[0:len] = unit*weight[0:len] + bias[0:len]
	VMASKMOVPS  (WEIGHT_PTR), MASK, Y2
	VFMADD231PS Y2, Y0, Y1
	VMASKMOVPS  Y1, MASK, (Y_PTR)

normalize_done:
	VZEROUPPER
	RET
