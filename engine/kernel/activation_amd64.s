//go:build amd64 && !purego

#include "textflag.h"
#include "avx2_amd64.h"
#include "exp_amd64.h"

#define X_PTR SI
#define LEN CX
#define SCRATCH AX

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

// func siluAVX2(x []float32)
TEXT ·siluAVX2(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), X_PTR
	MOVQ x_len+8(FP), LEN
	LOAD_EXP_CONSTANTS

silu_8:
	CMPQ    LEN, $8
	JLT     silu_tail
	VMOVUPS (X_PTR), Y3                // x[0:8] /= 1 + exp(-x[0:8])
	VXORPS  Y0, Y0, Y0
	VSUBPS  Y3, Y0, Y0
	EXP
	VADDPS  ONE, Y0, Y0
	VDIVPS  Y0, Y3, Y0
	VMOVUPS Y0, (X_PTR)
	ADDQ    $32, X_PTR                 // x = x[8:]
	SUBQ    $8, LEN
	JMP     silu_8

silu_tail:
	TESTQ      LEN, LEN
	JZ         silu_done
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS (X_PTR), Y2, Y3         // x[0:len] /= 1 + exp(-x[0:len])
	VXORPS     Y0, Y0, Y0
	VSUBPS     Y3, Y0, Y0
	EXP
	VADDPS     ONE, Y0, Y0
	VDIVPS     Y0, Y3, Y0
	TAIL_MASK(LEN, SCRATCH, Y2)        // EXP has used Y2
	VMASKMOVPS Y0, Y2, (X_PTR)

silu_done:
	VZEROUPPER
	RET

DATA absolute<>+0(SB)/4, $0x7fffffff    // all bits but the sign
GLOBL absolute<>(SB), RODATA|NOPTR, $4
DATA tailEnd<>+0(SB)/4, $15.0
GLOBL tailEnd<>(SB), RODATA|NOPTR, $4
DATA minusHalf<>+0(SB)/4, $-0.5
GLOBL minusHalf<>(SB), RODATA|NOPTR, $4
DATA tailSlope<>+0(SB)/4, $0.3
GLOBL tailSlope<>(SB), RODATA|NOPTR, $4

// The coefficients of upperTail.
DATA tail0<>+0(SB)/4, $0.11968669715513944
GLOBL tail0<>(SB), RODATA|NOPTR, $4
DATA tail1<>+0(SB)/4, $0.1195716783347726
GLOBL tail1<>(SB), RODATA|NOPTR, $4
DATA tail2<>+0(SB)/4, $0.11023649496746547
GLOBL tail2<>(SB), RODATA|NOPTR, $4
DATA tail3<>+0(SB)/4, $0.0783848976420001
GLOBL tail3<>(SB), RODATA|NOPTR, $4
DATA tail4<>+0(SB)/4, $0.09616993785009834
GLOBL tail4<>(SB), RODATA|NOPTR, $4
DATA tail5<>+0(SB)/4, $-0.07944682587698154
GLOBL tail5<>(SB), RODATA|NOPTR, $4
DATA tail6<>+0(SB)/4, $0.1918114207536725
GLOBL tail6<>(SB), RODATA|NOPTR, $4
DATA tail7<>+0(SB)/4, $-0.2282329723411107
GLOBL tail7<>(SB), RODATA|NOPTR, $4
DATA tail8<>+0(SB)/4, $0.11244355060196108
GLOBL tail8<>(SB), RODATA|NOPTR, $4
DATA tail9<>+0(SB)/4, $-0.020624880817584512
GLOBL tail9<>(SB), RODATA|NOPTR, $4

// TAIL_PRODUCT sets Y0 to t·(1 - Φ(t)) for t = |x|, x in Y3, by the formula of
// upperTail; Y1, Y2 and Y3 are scratch. NaN goes through as in EXP.
#define TAIL_PRODUCT \
	VBROADCASTSS absolute<>(SB), Y0;      \
	VANDPS       Y0, Y3, Y3;              \
	VBROADCASTSS tailEnd<>(SB), Y0;       \
	VMINPS       Y3, Y0, Y3;              \ // t
	VBROADCASTSS minusHalf<>(SB), Y0;     \
	VMULPS       Y3, Y0, Y0;              \
	VMULPS       Y3, Y0, Y0;              \
	EXP;                                  \
	VMULPS       Y3, Y0, Y0;              \ // t e^(-t²/2)
	VBROADCASTSS tailSlope<>(SB), Y1;     \
	VFMADD213PS  ONE, Y3, Y1;             \
	VDIVPS       Y1, ONE, Y1;             \ // s
	VMULPS       Y1, Y0, Y0;              \
	VBROADCASTSS tail9<>(SB), Y2;         \
	VBROADCASTSS tail8<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail7<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail6<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail5<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail4<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail3<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail2<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail1<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VBROADCASTSS tail0<>(SB), Y3;         \
	VFMADD213PS  Y3, Y1, Y2;              \
	VMULPS       Y2, Y0, Y0

// func geluErfAVX2(x []float32)
TEXT ·geluErfAVX2(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), X_PTR
	MOVQ x_len+8(FP), LEN
	LOAD_EXP_CONSTANTS

geluerf_8:
	CMPQ    LEN, $8
	JLT     geluerf_tail
	VMOVUPS (X_PTR), Y3
	TAIL_PRODUCT
	VXORPS  Y1, Y1, Y1                 // x[0:8] = max(x[0:8], 0) - product
	VMAXPS  (X_PTR), Y1, Y1
	VSUBPS  Y0, Y1, Y0
	VMOVUPS Y0, (X_PTR)
	ADDQ    $32, X_PTR                 // x = x[8:]
	SUBQ    $8, LEN
	JMP     geluerf_8

geluerf_tail:
	TESTQ      LEN, LEN
	JZ         geluerf_done
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS (X_PTR), Y2, Y3
	TAIL_PRODUCT
	TAIL_MASK(LEN, SCRATCH, Y2)        // the product has used Y2 and Y3
	VMASKMOVPS (X_PTR), Y2, Y3
	VXORPS     Y1, Y1, Y1              // x[0:len] = max(x[0:len], 0) - product
	VMAXPS     Y3, Y1, Y1
	VSUBPS     Y0, Y1, Y0
	VMASKMOVPS Y0, Y2, (X_PTR)

geluerf_done:
	VZEROUPPER
	RET

// func reluAVX2(x []float32)
TEXT ·reluAVX2(SB), NOSPLIT, $0-24
	MOVQ   x_base+0(FP), X_PTR
	MOVQ   x_len+8(FP), LEN
	VXORPS Y1, Y1, Y1

relu_8:
	CMPQ    LEN, $8
	JLT     relu_tail
	VMAXPS  (X_PTR), Y1, Y0            // x[0:8] = max(x[0:8], 0); of a NaN and 0,
	VMOVUPS Y0, (X_PTR)                // MAX gives the one named first here
	ADDQ    $32, X_PTR                 // x = x[8:]
	SUBQ    $8, LEN
	JMP     relu_8

relu_tail:
	TESTQ      LEN, LEN
	JZ         relu_done
	TAIL_MASK(LEN, SCRATCH, Y2)
	VMASKMOVPS (X_PTR), Y2, Y0         // x[0:len] = max(x[0:len], 0)
	VMAXPS     Y0, Y1, Y0
	VMASKMOVPS Y0, Y2, (X_PTR)

relu_done:
	VZEROUPPER
	RET
