//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"

#define X_PTR R0
#define Y_PTR R1
#define WEIGHT_PTR R2
#define BIAS_PTR R3
#define LEN R4
#define SCRATCH R5

#define MEAN 31
#define SCALE 30

// SUM_LANES leaves the sum of the lanes of V0 and V1 in F0.
#define SUM_LANES \
	FADD(1, 0, 0);  \
	FADDP(0, 0, 0); \
	FADDP(0, 0, 0)

// func sum8NEON(x *float32, n int) (sum float32)
TEXT ·sum8NEON(SB), NOSPLIT, $0-20
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	ZERO(0)
	ZERO(1)

sum_8:
	VLD1.P 32(X_PTR), [V(2).S4, V(3).S4]   // x = x[8:]
	FADD(2, 0, 0)                          // sum0 += x[0:4]
	FADD(3, 1, 1)                          // sum1 += x[4:8]
	SUBS   $8, LEN
	BNE    sum_8
	SUM_LANES
	FMOVS  F(0), sum+16(FP)
	RET

// func squares8NEON(x *float32, n int, mean float32) (sum float32)
TEXT ·squares8NEON(SB), NOSPLIT, $0-28
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	MOVW mean+16(FP), SCRATCH
	VDUP SCRATCH, V31.S4
	ZERO(0)
	ZERO(1)

squares_8:
	VLD1.P 32(X_PTR), [V(2).S4, V(3).S4]   // x = x[8:]
	FSUB(MEAN, 2, 2)                       // d := x[0:4] - mean
	FSUB(MEAN, 3, 3)                       // e := x[4:8] - mean
	FMLA(2, 2, 0)                          // sum0 += d * d
	FMLA(3, 3, 1)                          // sum1 += e * e
	SUBS   $8, LEN
	BNE    squares_8
	SUM_LANES
	FMOVS  F(0), sum+24(FP)
	RET

// func normalize8NEON(y, x, weight, bias *float32, n int, mean, scale float32)
TEXT ·normalize8NEON(SB), NOSPLIT, $0-48
	MOVD y+0(FP), Y_PTR
	MOVD x+8(FP), X_PTR
	MOVD weight+16(FP), WEIGHT_PTR
	MOVD bias+24(FP), BIAS_PTR
	MOVD n+32(FP), LEN
	MOVW mean+40(FP), SCRATCH
	VDUP SCRATCH, V31.S4
	MOVW scale+44(FP), SCRATCH
	VDUP SCRATCH, V30.S4

normalize_8:
	VLD1.P 32(X_PTR), [V(0).S4, V(1).S4]       // 8 numbers on in all four
	VLD1.P 32(WEIGHT_PTR), [V(2).S4, V(3).S4]
	VLD1.P 32(BIAS_PTR), [V(4).S4, V(5).S4]
	FSUB(MEAN, 0, 0)                           // unit := (x[0:8] - mean) * scale
	FSUB(MEAN, 1, 1)
	FMUL(SCALE, 0, 0)
	FMUL(SCALE, 1, 1)
	FMLA(2, 0, 4)                              // y[0:8] = unit*weight[0:8] + bias[0:8]
	FMLA(3, 1, 5)
	VST1.P [V(4).S4, V(5).S4], 32(Y_PTR)
	SUBS   $8, LEN
	BNE    normalize_8
	RET
