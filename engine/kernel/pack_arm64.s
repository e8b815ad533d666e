//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"

#define BLOCK_PTR R0
#define X_PTR R1
#define LEN R2
#define SUM R3
#define SCRATCH R4

#define HIGHEST F31     // 127
#define TINY F30        // const tiny
#define NOTHING F29     // 0
#define LARGEST F16
#define SCALE F17
#define INVERSE F18
#define TOTAL F19

// func packBlocksNEON(blocks *byte, x *float32, n int)
TEXT ·packBlocksNEON(SB), NOSPLIT, $0-24
	MOVD  blocks+0(FP), BLOCK_PTR
	MOVD  x+8(FP), X_PTR
	MOVD  n+16(FP), LEN
	MOVW  $0x42fe0000, SCRATCH
	FMOVS SCRATCH, HIGHEST
	MOVW  $0x0d800000, SCRATCH
	FMOVS SCRATCH, TINY
	FMOVS ZR, NOTHING

block:
	VLD1.P 64(X_PTR), [V(0).S4, V(1).S4, V(2).S4, V(3).S4]
	VLD1.P 64(X_PTR), [V(4).S4, V(5).S4, V(6).S4, V(7).S4]
	FABS(0, 16)                            // the largest absolute value, as an integer:
	FABS(1, 17)                            // NaN is above all
	FABS(2, 18)
	FABS(3, 19)
	FABS(4, 20)
	FABS(5, 21)
	FABS(6, 22)
	FABS(7, 23)
	UMAX32(17, 16, 16)
	UMAX32(19, 18, 18)
	UMAX32(21, 20, 20)
	UMAX32(23, 22, 22)
	UMAX32(18, 16, 16)
	UMAX32(22, 20, 20)
	UMAX32(20, 16, 16)
	UMAXV32(16, 16)
	FDIVS  HIGHEST, LARGEST, SCALE         // largest/127
	FDIVS  LARGEST, HIGHEST, INVERSE       // 127/largest
	FCMPS  TINY, LARGEST                   // both 0 where largest < tiny
	FCSELS MI, NOTHING, SCALE, SCALE
	FCSELS MI, NOTHING, INVERSE, INVERSE
	FMUL_LANE(18, 0, 0, 0)
	FMUL_LANE(18, 0, 1, 1)
	FMUL_LANE(18, 0, 2, 2)
	FMUL_LANE(18, 0, 3, 3)
	FMUL_LANE(18, 0, 4, 4)
	FMUL_LANE(18, 0, 5, 5)
	FMUL_LANE(18, 0, 6, 6)
	FMUL_LANE(18, 0, 7, 7)
	FCVTNS(0, 0)
	FCVTNS(1, 1)
	FCVTNS(2, 2)
	FCVTNS(3, 3)
	FCVTNS(4, 4)
	FCVTNS(5, 5)
	FCVTNS(6, 6)
	FCVTNS(7, 7)
	UZP16(1, 0, 20)                        // the low 16 bits of eight, in order
	UZP16(3, 2, 21)
	UZP16(5, 4, 22)
	UZP16(7, 6, 23)
	UZP8(21, 20, 20)                       // the low 8 of 16
	UZP8(23, 22, 22)
	ADD32(1, 0, 0)                         // Σq
	ADD32(3, 2, 2)
	ADD32(5, 4, 4)
	ADD32(7, 6, 6)
	ADD32(2, 0, 0)
	ADD32(6, 4, 4)
	ADD32(4, 0, 0)
	ADDV32(0, 0)
	FMOVS  F(0), SUM
	SCVTFWS SUM, TOTAL
	FMULS  SCALE, TOTAL, TOTAL
	LSL    $7, SUM, SUM
	NEGW   SUM, SUM
	FMOVS  SCALE, 0(BLOCK_PTR)
	MOVW   SUM, 4(BLOCK_PTR)
	FMOVS  TOTAL, 8(BLOCK_PTR)
	MOVW   ZR, 12(BLOCK_PTR)
	FMOVQ  F20, 16(BLOCK_PTR)
	FMOVQ  F22, 32(BLOCK_PTR)
	ADD    $48, BLOCK_PTR
	SUBS   $1, LEN
	BNE    block
	RET
