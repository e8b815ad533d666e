//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"

#define X_PTR SI
#define LEN CX
#define SCRATCH AX

DATA expHighest<>+0(SB)/4, $89.0            // e^x is +Inf from here on
GLOBL expHighest<>(SB), RODATA|NOPTR, $4
DATA expLowest<>+0(SB)/4, $-104.0           // e^x is 0 below
GLOBL expLowest<>(SB), RODATA|NOPTR, $4
DATA log2E<>+0(SB)/4, $1.44269504088896341
GLOBL log2E<>(SB), RODATA|NOPTR, $4
DATA ln2High<>+0(SB)/4, $0.693359375        // ln 2 = ln2High + ln2Low; k*ln2High is exact
GLOBL ln2High<>(SB), RODATA|NOPTR, $4
DATA ln2Low<>+0(SB)/4, $-2.12194440054690583e-4
GLOBL ln2Low<>(SB), RODATA|NOPTR, $4

// e^r = 1 + r + r²(exp2 + exp3 r + ... + exp7 r⁵) for |r| ≤ ln 2 / 2: the
// polynomial of expf in the Cephes library, https://www.netlib.org/cephes/
DATA exp2<>+0(SB)/4, $5.0000001201e-1
GLOBL exp2<>(SB), RODATA|NOPTR, $4
DATA exp3<>+0(SB)/4, $1.6666665459e-1
GLOBL exp3<>(SB), RODATA|NOPTR, $4
DATA exp4<>+0(SB)/4, $4.1665795894e-2
GLOBL exp4<>(SB), RODATA|NOPTR, $4
DATA exp5<>+0(SB)/4, $8.3334519073e-3
GLOBL exp5<>(SB), RODATA|NOPTR, $4
DATA exp6<>+0(SB)/4, $1.3981999507e-3
GLOBL exp6<>(SB), RODATA|NOPTR, $4
DATA exp7<>+0(SB)/4, $1.9875691500e-4
GLOBL exp7<>(SB), RODATA|NOPTR, $4
DATA one<>+0(SB)/4, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $4

#define HIGHEST Y15
#define LOWEST Y14
#define LOG2E Y13
#define LN2_HIGH Y12
#define LN2_LOW Y11
#define P2 Y10
#define P3 Y9
#define P4 Y8
#define P5 Y7
#define P6 Y6
#define P7 Y5
#define ONE Y4

#define LOAD_EXP_CONSTANTS \
	VBROADCASTSS expHighest<>(SB), HIGHEST; \
	VBROADCASTSS expLowest<>(SB), LOWEST;   \
	VBROADCASTSS log2E<>(SB), LOG2E;        \
	VBROADCASTSS ln2High<>(SB), LN2_HIGH;   \
	VBROADCASTSS ln2Low<>(SB), LN2_LOW;     \
	VBROADCASTSS exp2<>(SB), P2;            \
	VBROADCASTSS exp3<>(SB), P3;            \
	VBROADCASTSS exp4<>(SB), P4;            \
	VBROADCASTSS exp5<>(SB), P5;            \
	VBROADCASTSS exp6<>(SB), P6;            \
	VBROADCASTSS exp7<>(SB), P7;            \
	VBROADCASTSS one<>(SB), ONE

// EXP replaces Y0 by e^Y0; Y1 and Y2 are scratch. e^x = 2^k e^r, k = round(x/ln 2).
// Of two operands of which one is NaN, MIN and MAX give the one named first
// here, so NaN goes through. 2^k is multiplied in as two halves, so that
// neither half leaves the range of an exponent and denormal results round once.
// The bits of 1.0 are an exponent of 0.
#define EXP \
	VMINPS       Y0, HIGHEST, Y0; \
	VMAXPS       Y0, LOWEST, Y0;  \
	VMULPS       LOG2E, Y0, Y1;   \
	VROUNDPS     $0, Y1, Y1;      \ // k, to the nearest
	VFNMADD231PS LN2_HIGH, Y1, Y0; \ // r = x - k*ln2
	VFNMADD231PS LN2_LOW, Y1, Y0; \
	VCVTPS2DQ    Y1, Y1;          \
	VMOVAPS      P7, Y2;          \ // the polynomial, highest power first
	VFMADD213PS  P6, Y0, Y2;      \
	VFMADD213PS  P5, Y0, Y2;      \
	VFMADD213PS  P4, Y0, Y2;      \
	VFMADD213PS  P3, Y0, Y2;      \
	VFMADD213PS  P2, Y0, Y2;      \
	VFMADD213PS  ONE, Y0, Y2;     \
	VFMADD213PS  ONE, Y0, Y2;     \
	VPSRAD       $1, Y1, Y0;      \ // k/2
	VPSUBD       Y0, Y1, Y1;      \ // k - k/2
	VPSLLD       $23, Y0, Y0;     \
	VPADDD       ONE, Y0, Y0;     \ // 2^(k/2)
	VPSLLD       $23, Y1, Y1;     \
	VPADDD       ONE, Y1, Y1;     \ // 2^(k - k/2)
	VMULPS       Y2, Y0, Y0;      \
	VMULPS       Y1, Y0, Y0

// func expSumAVX2(x []float32, shift float32) (sum float32)
TEXT ·expSumAVX2(SB), NOSPLIT, $0-36
	MOVQ   x_base+0(FP), X_PTR
	MOVQ   x_len+8(FP), LEN
	VXORPS Y3, Y3, Y3                  // sum, the one register EXP leaves free
	LOAD_EXP_CONSTANTS

expsum_8:
	CMPQ         LEN, $8
	JLT          expsum_tail
	VBROADCASTSS shift+24(FP), Y1
	VMOVUPS      (X_PTR), Y0           // x[0:8] = exp(x[0:8] - shift)
	VSUBPS       Y1, Y0, Y0
	EXP
	VMOVUPS      Y0, (X_PTR)
	VADDPS       Y0, Y3, Y3            // sum += x[0:8]
	ADDQ         $32, X_PTR            // x = x[8:]
	SUBQ         $8, LEN
	JMP          expsum_8

expsum_tail:
	TESTQ        LEN, LEN
	JZ           expsum_lanes
	VBROADCASTSS shift+24(FP), Y1
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS   (X_PTR), Y2, Y0       // x[0:len] = exp(x[0:len] - shift)
	VSUBPS       Y1, Y0, Y0
	EXP
	TAIL_MASK(LEN, SCRATCH, Y2)        // EXP has used Y2
	VMASKMOVPS   Y0, Y2, (X_PTR)
	VANDPS       Y2, Y0, Y0            // sum += x[0:len], 0 beyond
	VADDPS       Y0, Y3, Y3

expsum_lanes:
	SUM_LANES(Y3, X3, X0)
	VMOVSS X3, sum+32(FP)
	VZEROUPPER
	RET

// func sumExpAVX2(x []float32, shift float32) (sum float32)
TEXT ·sumExpAVX2(SB), NOSPLIT, $0-36
	MOVQ   x_base+0(FP), X_PTR
	MOVQ   x_len+8(FP), LEN
	VXORPS Y3, Y3, Y3                  // sum, the one register EXP leaves free
	LOAD_EXP_CONSTANTS

sumexp_8:
	CMPQ         LEN, $8
	JLT          sumexp_tail
	VBROADCASTSS shift+24(FP), Y1
	VMOVUPS      (X_PTR), Y0           // exp(x[0:8] - shift)
	VSUBPS       Y1, Y0, Y0
	EXP
	VADDPS       Y0, Y3, Y3            // sum += exp
	ADDQ         $32, X_PTR            // x = x[8:]
	SUBQ         $8, LEN
	JMP          sumexp_8

sumexp_tail:
	TESTQ        LEN, LEN
	JZ           sumexp_lanes
	VBROADCASTSS shift+24(FP), Y1
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS   (X_PTR), Y2, Y0       // exp(x[0:len] - shift)
	VSUBPS       Y1, Y0, Y0
	EXP
	TAIL_MASK(LEN, SCRATCH, Y2)        // EXP has used Y2
	VANDPS       Y2, Y0, Y0            // sum += exp, 0 beyond
	VADDPS       Y0, Y3, Y3

sumexp_lanes:
	SUM_LANES(Y3, X3, X0)
	VMOVSS X3, sum+32(FP)
	VZEROUPPER
	RET

DATA geluLinear<>+0(SB)/4, $-1.5957691216057308  // -2·√(2/π)
GLOBL geluLinear<>(SB), RODATA|NOPTR, $4
DATA geluCubic<>+0(SB)/4, $-0.0713548162726002   // -2·√(2/π)·0.044715
GLOBL geluCubic<>(SB), RODATA|NOPTR, $4

// GELU_EXPONENT sets Y0 to -2·√(2/π)·(x + 0.044715·x³) for x in Y3; Y1 is scratch.
#define GELU_EXPONENT \
	VMULPS       Y3, Y3, Y1;             \
	VBROADCASTSS geluCubic<>(SB), Y0;    \
	VMULPS       Y1, Y0, Y0;             \
	VBROADCASTSS geluLinear<>(SB), Y1;   \
	VADDPS       Y1, Y0, Y0;             \
	VMULPS       Y3, Y0, Y0

// func geluAVX2(x []float32)
TEXT ·geluAVX2(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), X_PTR
	MOVQ x_len+8(FP), LEN
	LOAD_EXP_CONSTANTS

gelu_8:
	CMPQ    LEN, $8
	JLT     gelu_tail
	VMOVUPS (X_PTR), Y3                // x[0:8] /= 1 + exp(exponent)
	GELU_EXPONENT
	EXP
	VADDPS  ONE, Y0, Y0
	VDIVPS  Y0, Y3, Y0
	VMOVUPS Y0, (X_PTR)
	ADDQ    $32, X_PTR                 // x = x[8:]
	SUBQ    $8, LEN
	JMP     gelu_8

gelu_tail:
	TESTQ      LEN, LEN
	JZ         gelu_done
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS (X_PTR), Y2, Y3         // x[0:len] /= 1 + exp(exponent)
	GELU_EXPONENT
	EXP
	VADDPS     ONE, Y0, Y0
	VDIVPS     Y0, Y3, Y0
	TAIL_MASK(LEN, SCRATCH, Y2)        // EXP has used Y2
	VMASKMOVPS Y0, Y2, (X_PTR)

gelu_done:
	VZEROUPPER
	RET
