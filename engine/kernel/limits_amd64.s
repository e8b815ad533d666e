//go:build amd64 && !purego

#include "textflag.h"

#define MEMORY SI
#define LEN CX
#define STEPS CX

// func readAVX2(memory []byte) uint64
TEXT ·readAVX2(SB), NOSPLIT, $0-32
	MOVQ  memory_base+0(FP), MEMORY
	MOVQ  memory_len+8(FP), LEN
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	SUBQ  $256, LEN
	JLT   read_rest
	PCALIGN $32

read_256:
	VPADDQ (MEMORY), Y0, Y0
	VPADDQ 32(MEMORY), Y1, Y1
	VPADDQ 64(MEMORY), Y2, Y2
	VPADDQ 96(MEMORY), Y3, Y3
	VPADDQ 128(MEMORY), Y0, Y0
	VPADDQ 160(MEMORY), Y1, Y1
	VPADDQ 192(MEMORY), Y2, Y2
	VPADDQ 224(MEMORY), Y3, Y3
	ADDQ   $256, MEMORY
	SUBQ   $256, LEN
	JGE    read_256

read_rest:
	ADDQ   $256, LEN
	JZ     read_done

read_64:
	VPADDQ (MEMORY), Y0, Y0
	VPADDQ 32(MEMORY), Y1, Y1
	ADDQ   $64, MEMORY
	SUBQ   $64, LEN
	JNZ    read_64

read_done:
	VPADDQ       Y1, Y0, Y0
	VPADDQ       Y3, Y2, Y2
	VPADDQ       Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDQ       X1, X0, X0
	VPSRLDQ      $8, X0, X1
	VPADDQ       X1, X0, X0
	VMOVQ        X0, AX
	MOVQ         AX, ret+24(FP)
	VZEROUPPER
	RET

DATA ones32<>+0(SB)/4, $0x3f800000
GLOBL ones32<>(SB), RODATA|NOPTR, $4
DATA ones8<>+0(SB)/4, $0x01010101
GLOBL ones8<>(SB), RODATA|NOPTR, $4
DATA ones16<>+0(SB)/4, $0x00010001
GLOBL ones16<>(SB), RODATA|NOPTR, $4


// EACH12 does F(r) for the accumulators of the twelve chains.
#define EACH12_Y(F) \
	F(Y0); F(Y1); F(Y2); F(Y3); F(Y4); F(Y5); F(Y6); F(Y7); F(Y8); F(Y9); F(Y10); F(Y11)
#define EACH12_Z(F) \
	F(Z0); F(Z1); F(Z2); F(Z3); F(Z4); F(Z5); F(Z6); F(Z7); F(Z8); F(Z9); F(Z10); F(Z11)

#define CLEAR_Y(r) VPXOR r, r, r
#define CLEAR_Z(r) VPXORD r, r, r

// The sums of float32 lanes are whole numbers below 2^24.
#define TO_INT(r) VCVTTPS2DQ r, r
#define SUM_Y(r) VPADDD r, Y13, Y13
#define SUM_Z(r) VPADDD r, Z13, Z13

// SUM_LANES leaves the sum of the eight lanes of Y13 in AX.
#define SUM_LANES \
	VEXTRACTI128 $1, Y13, X0;     \
	VPADDD       X0, X13, X13;    \
	VPSHUFD      $0x4e, X13, X0;  \
	VPADDD       X0, X13, X13;    \
	VPSHUFD      $0xb1, X13, X0;  \
	VPADDD       X0, X13, X13;    \
	VMOVD        X13, AX;         \
	VZEROUPPER

// FOLD_Z adds the upper half of Z13 to the lower.
#define FOLD_Z \
	VEXTRACTI64X4 $1, Z13, Y0;    \
	VPADDD        Y0, Y13, Y13

#define FMA_Y(r) VFMADD231PS Y12, Y12, r
#define FMA_Z(r) VFMADD231PS Z12, Z12, r

// func chainFMAAVX2(steps int) int
TEXT ·chainFMAAVX2(SB), NOSPLIT, $0-16
	MOVQ         steps+0(FP), STEPS
	VBROADCASTSS ones32<>(SB), Y12
	EACH12_Y(CLEAR_Y)
	PCALIGN $32

fma_avx2:
	EACH12_Y(FMA_Y)
	DECQ STEPS
	JNZ  fma_avx2
	EACH12_Y(TO_INT)
	CLEAR_Y(Y13)
	EACH12_Y(SUM_Y)
	SUM_LANES
	MOVQ AX, ret+8(FP)
	RET

// func chainFMAAVX512(steps int) int
TEXT ·chainFMAAVX512(SB), NOSPLIT, $0-16
	MOVQ         steps+0(FP), STEPS
	VBROADCASTSS ones32<>(SB), Z12
	EACH12_Z(CLEAR_Z)
	PCALIGN $32

fma_avx512:
	EACH12_Z(FMA_Z)
	DECQ STEPS
	JNZ  fma_avx512
	EACH12_Z(TO_INT)
	CLEAR_Z(Z13)
	EACH12_Z(SUM_Z)
	FOLD_Z
	SUM_LANES
	MOVQ AX, ret+8(FP)
	RET

#define DOT_Y(r) \
	VPMADDUBSW Y12, Y12, Y15; \
	VPMADDWD   Y14, Y15, Y15; \
	VPADDD     Y15, r, r
#define DOT_Z(r) VPDPBUSD Z12, Z12, r

// func chainIntegerAVX2(steps int) int
TEXT ·chainIntegerAVX2(SB), NOSPLIT, $0-16
	MOVQ         steps+0(FP), STEPS
	VPBROADCASTD ones8<>(SB), Y12
	VPBROADCASTD ones16<>(SB), Y14
	EACH12_Y(CLEAR_Y)
	PCALIGN $32

integer_avx2:
	EACH12_Y(DOT_Y)
	DECQ STEPS
	JNZ  integer_avx2
	CLEAR_Y(Y13)
	EACH12_Y(SUM_Y)
	SUM_LANES
	MOVQ AX, ret+8(FP)
	RET

// DOT_VEX is VPDPBUSD Y12, Y12, Yn for n < 12: VEX.256.66.0F38.W0 50 /r.
#define DOT_VEX(n) \
	BYTE $0xc4; BYTE $(0xc2 ^ (n&8)<<4); BYTE $0x1d; BYTE $0x50; BYTE $(0xc4 | (n&7)<<3)
#define DOTS_VEX \
	DOT_VEX(0); DOT_VEX(1); DOT_VEX(2); DOT_VEX(3); DOT_VEX(4); DOT_VEX(5); \
	DOT_VEX(6); DOT_VEX(7); DOT_VEX(8); DOT_VEX(9); DOT_VEX(10); DOT_VEX(11)

#define DOT_EVEX(r) VPDPBUSD Y12, Y12, r
#define DOTS_EVEX EACH12_Y(DOT_EVEX)

#define CHAIN_INTEGER(DOTS) \
	MOVQ         steps+0(FP), STEPS;    \
	VPBROADCASTD ones8<>(SB), Y12;      \
	EACH12_Y(CLEAR_Y);                  \
	PCALIGN $32;                        \
step:                                   \
	DOTS;                               \
	DECQ STEPS;                         \
	JNZ  step;                          \
	CLEAR_Y(Y13);                       \
	EACH12_Y(SUM_Y);                    \
	SUM_LANES;                          \
	MOVQ AX, ret+8(FP);                 \
	RET

// func chainIntegerAVXVNNI(steps int) int
TEXT ·chainIntegerAVXVNNI(SB), NOSPLIT, $0-16
	CHAIN_INTEGER(DOTS_VEX)

// func chainIntegerEVEX(steps int) int
TEXT ·chainIntegerEVEX(SB), NOSPLIT, $0-16
	CHAIN_INTEGER(DOTS_EVEX)

// func chainIntegerAVX512(steps int) int
TEXT ·chainIntegerAVX512(SB), NOSPLIT, $0-16
	MOVQ         steps+0(FP), STEPS
	VPBROADCASTD ones8<>(SB), Z12
	EACH12_Z(CLEAR_Z)
	PCALIGN $32

integer_avx512:
	EACH12_Z(DOT_Z)
	DECQ STEPS
	JNZ  integer_avx512
	CLEAR_Z(Z13)
	EACH12_Z(SUM_Z)
	FOLD_Z
	SUM_LANES
	MOVQ AX, ret+8(FP)
	RET
