//go:build amd64 && !purego

#include "textflag.h"
#include "exp_amd64.h"

// What the AVX2 kernels compute, in the same order and with the same bits.

#define X_PTR SI
#define LEN CX
#define SCRATCH AX

#define HIGHEST Z15
#define LOWEST Z14
#define LOG2E Z13
#define LN2_HIGH Z12
#define LN2_LOW Z11
#define P2 Z10
#define P3 Z9
#define P4 Z8
#define P5 Z7
#define P6 Z6
#define P7 Z5
#define ONE Z4

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

// EXP replaces Z0 by e^Z0, as EXP of AVX2; Z1 and Z2 are scratch. VSCALEFPS
// multiplies by 2^k and rounds once, as the product of two halves does.
#define EXP \
	VMINPS       Z0, HIGHEST, Z0;  \
	VMAXPS       Z0, LOWEST, Z0;   \
	VMULPS       LOG2E, Z0, Z1;    \
	VRNDSCALEPS  $0, Z1, Z1;       \
	VFNMADD231PS LN2_HIGH, Z1, Z0; \
	VFNMADD231PS LN2_LOW, Z1, Z0;  \
	VMOVAPS      P7, Z2;           \
	VFMADD213PS  P6, Z0, Z2;       \
	VFMADD213PS  P5, Z0, Z2;       \
	VFMADD213PS  P4, Z0, Z2;       \
	VFMADD213PS  P3, Z0, Z2;       \
	VFMADD213PS  P2, Z0, Z2;       \
	VFMADD213PS  ONE, Z0, Z2;      \
	VFMADD213PS  ONE, Z0, Z2;      \
	VSCALEFPS    Z1, Z2, Z0

// MASK_REST sets K1 to the first LEN lanes, 0 < LEN < 16.
#define MASK_REST \
	MOVL  $1, SCRATCH;             \
	SHLL  CX, SCRATCH;             \
	DECL  SCRATCH;                 \
	KMOVW SCRATCH, K1

// ADD_HALVES adds the lower, then the upper half of Z0 to the sum Y3.
#define ADD_HALVES \
	VADDPS        Y0, Y3, Y3;      \
	VEXTRACTF64X4 $1, Z0, Y0;      \
	VADDPS        Y0, Y3, Y3

// func expSumAVX512(x []float32, shift float32) (sum float32)
TEXT ·expSumAVX512(SB), NOSPLIT, $0-36
	MOVQ         x_base+0(FP), X_PTR
	MOVQ         x_len+8(FP), LEN
	VBROADCASTSS shift+24(FP), Z16
	VXORPS       Y3, Y3, Y3            // sum
	LOAD_EXP_CONSTANTS

expsum_16:
	SUBQ         $16, LEN
	JLT          expsum_rest
	VMOVUPS      (X_PTR), Z0           // x[0:16] = exp(x[0:16] - shift)
	VSUBPS       Z16, Z0, Z0
	EXP
	VMOVUPS      Z0, (X_PTR)
	ADD_HALVES
	ADDQ         $64, X_PTR
	JMP          expsum_16

expsum_rest:
	ADDQ         $16, LEN
	JZ           expsum_lanes
	MASK_REST
	VMOVUPS.Z    (X_PTR), K1, Z0       // x[0:len] = exp(x[0:len] - shift)
	VSUBPS       Z16, Z0, Z0
	EXP
	VMOVUPS      Z0, K1, (X_PTR)
	VMOVAPS.Z    Z0, K1, Z0            // 0 beyond
	ADD_HALVES

expsum_lanes:
	VEXTRACTF128 $1, Y3, X0            // in the order of SUM_LANES
	VADDPS       X0, X3, X3
	VMOVHLPS     X3, X3, X0
	VADDPS       X0, X3, X3
	VMOVSHDUP    X3, X0
	VADDSS       X0, X3, X3
	VMOVSS       X3, sum+32(FP)
	VZEROUPPER
	RET

// GELU sets Z0 to x / (1 + exp(-2·√(2/π)·(x + 0.044715·x³))) for x in Z3.
#define GELU \
	VMULPS Z3, Z3, Z1;             \
	VMULPS Z1, Z17, Z0;            \
	VADDPS Z18, Z0, Z0;            \
	VMULPS Z3, Z0, Z0;             \
	EXP;                           \
	VADDPS ONE, Z0, Z0;            \
	VDIVPS Z0, Z3, Z0

// func geluAVX512(x []float32)
TEXT ·geluAVX512(SB), NOSPLIT, $0-24
	MOVQ         x_base+0(FP), X_PTR
	MOVQ         x_len+8(FP), LEN
	VBROADCASTSS geluCubic<>(SB), Z17
	VBROADCASTSS geluLinear<>(SB), Z18
	LOAD_EXP_CONSTANTS

gelu_16:
	SUBQ      $16, LEN
	JLT       gelu_rest
	VMOVUPS   (X_PTR), Z3              // x[0:16]
	GELU
	VMOVUPS   Z0, (X_PTR)
	ADDQ      $64, X_PTR
	JMP       gelu_16

gelu_rest:
	ADDQ      $16, LEN
	JZ        gelu_done
	MASK_REST
	VMOVUPS.Z (X_PTR), K1, Z3          // x[0:len]
	GELU
	VMOVUPS   Z0, K1, (X_PTR)

gelu_done:
	VZEROUPPER
	RET
