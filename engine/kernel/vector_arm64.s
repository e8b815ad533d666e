//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"

#define X_PTR R0
#define Y_PTR R1
#define LEN R2
#define SCRATCH R3

// func add8NEON(y, x *float32, n int)
TEXT ·add8NEON(SB), NOSPLIT, $0-24
	MOVD y+0(FP), Y_PTR
	MOVD x+8(FP), X_PTR
	MOVD n+16(FP), LEN

add_8:
	VLD1   (Y_PTR), [V(0).S4, V(1).S4]     // y[0:8] += x[0:8]
	VLD1.P 32(X_PTR), [V(2).S4, V(3).S4]   // x, y = x[8:], y[8:]
	FADD(2, 0, 0)
	FADD(3, 1, 1)
	VST1.P [V(0).S4, V(1).S4], 32(Y_PTR)
	SUBS   $8, LEN
	BNE    add_8
	RET

// func multiply8NEON(y, x *float32, n int)
TEXT ·multiply8NEON(SB), NOSPLIT, $0-24
	MOVD y+0(FP), Y_PTR
	MOVD x+8(FP), X_PTR
	MOVD n+16(FP), LEN

multiply_8:
	VLD1   (Y_PTR), [V(0).S4, V(1).S4]     // y[0:8] *= x[0:8]
	VLD1.P 32(X_PTR), [V(2).S4, V(3).S4]   // x, y = x[8:], y[8:]
	FMUL(2, 0, 0)
	FMUL(3, 1, 1)
	VST1.P [V(0).S4, V(1).S4], 32(Y_PTR)
	SUBS   $8, LEN
	BNE    multiply_8
	RET

// func maximum8NEON(x *float32, n int) float32
TEXT ·maximum8NEON(SB), NOSPLIT, $0-20
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	MOVD $0xff800000, SCRATCH              // -Inf
	VDUP SCRATCH, V0.S4
	VDUP SCRATCH, V1.S4

maximum_8:
	VLD1.P 32(X_PTR), [V(2).S4, V(3).S4]   // x = x[8:]
	FCMGT(0, 2, 4)                         // V0, V1 = max(V0, x[0:4]), max(V1, x[4:8])
	FCMGT(1, 3, 5)                         // in which NaN is never greater, other than with FMAX
	BIT(4, 2, 0)
	BIT(5, 3, 1)
	SUBS   $8, LEN
	BNE    maximum_8
	FMAX(1, 0, 0)
	FMAXV(0, 0)
	FMOVS  F(0), ret+16(FP)
	RET
