//go:build amd64 && !purego

#include "textflag.h"
#include "tiles_amd64.h"

DATA absBits<>+0(SB)/4, $0x7fffffff
GLOBL absBits<>(SB), RODATA|NOPTR, $4
DATA highest8<>+0(SB)/4, $127.0
GLOBL highest8<>(SB), RODATA|NOPTR, $4
DATA tinyScale<>+0(SB)/4, $0x0d800000 // 2^-100, const tiny
GLOBL tinyScale<>(SB), RODATA|NOPTR, $4
DATA ones8<>+0(SB)/4, $0x01010101
GLOBL ones8<>(SB), RODATA|NOPTR, $4
DATA wordOnes<>+0(SB)/4, $0x00010001
GLOBL wordOnes<>(SB), RODATA|NOPTR, $4

// VPACKSSDW and VPACKSSWB work within halves: this puts their double words in order.
DATA packOrder<>+0(SB)/4, $0
DATA packOrder<>+4(SB)/4, $4
DATA packOrder<>+8(SB)/4, $1
DATA packOrder<>+12(SB)/4, $5
DATA packOrder<>+16(SB)/4, $2
DATA packOrder<>+20(SB)/4, $6
DATA packOrder<>+24(SB)/4, $3
DATA packOrder<>+28(SB)/4, $7
GLOBL packOrder<>(SB), RODATA|NOPTR, $32

#define BLOCK_PTR DI
#define INPUT_PTR SI
#define LEN CX
#define TOTAL AX

// func packBlocksAVX2(blocks *byte, x *float32, n int)
TEXT ·packBlocksAVX2(SB), NOSPLIT, $0-24
	MOVQ         blocks+0(FP), BLOCK_PTR
	MOVQ         x+8(FP), INPUT_PTR
	MOVQ         n+16(FP), LEN
	VPBROADCASTD absBits<>(SB), Y15
	VMOVDQU      packOrder<>(SB), Y14
	VPBROADCASTD ones8<>(SB), Y13
	VPBROADCASTD wordOnes<>(SB), Y12
	VMOVSS       highest8<>(SB), X11
	VMOVSS       tinyScale<>(SB), X10

block:
	VMOVUPS      (INPUT_PTR), Y0
	VMOVUPS      32(INPUT_PTR), Y1
	VMOVUPS      64(INPUT_PTR), Y2
	VMOVUPS      96(INPUT_PTR), Y3
	VPAND        Y15, Y0, Y4           // the largest absolute value, as an integer:
	VPAND        Y15, Y1, Y5           // NaN is above all
	VPMAXUD      Y5, Y4, Y4
	VPAND        Y15, Y2, Y5
	VPAND        Y15, Y3, Y6
	VPMAXUD      Y6, Y5, Y5
	VPMAXUD      Y5, Y4, Y4
	VEXTRACTI128 $1, Y4, X5
	VPMAXUD      X5, X4, X4
	VPSHUFD      $0x4e, X4, X5
	VPMAXUD      X5, X4, X4
	VPSHUFD      $0xb1, X4, X5
	VPMAXUD      X5, X4, X4
	VCMPSS       $1, X10, X4, X7       // largest < tiny
	VDIVSS       X11, X4, X5           // scale = largest/127
	VDIVSS       X4, X11, X6           // inverse = 127/largest
	VANDNPS      X5, X7, X5            // both 0 where it is tiny
	VANDNPS      X6, X7, X6
	VBROADCASTSS X6, Y6
	VMULPS       Y6, Y0, Y0
	VMULPS       Y6, Y1, Y1
	VMULPS       Y6, Y2, Y2
	VMULPS       Y6, Y3, Y3
	VCVTPS2DQ    Y0, Y0
	VCVTPS2DQ    Y1, Y1
	VCVTPS2DQ    Y2, Y2
	VCVTPS2DQ    Y3, Y3
	VPACKSSDW    Y1, Y0, Y0
	VPACKSSDW    Y3, Y2, Y2
	VPACKSSWB    Y2, Y0, Y0
	VPERMD       Y0, Y14, Y0
	VMOVDQU      Y0, PACKED_QUANTS(BLOCK_PTR)
	VPMADDUBSW   Y0, Y13, Y1           // 1·q, pair by pair
	VPMADDWD     Y12, Y1, Y1
	VEXTRACTI128 $1, Y1, X2
	VPADDD       X2, X1, X1
	VPSHUFD      $0x4e, X1, X2
	VPADDD       X2, X1, X1
	VPSHUFD      $0xb1, X1, X2
	VPADDD       X2, X1, X1            // Σq
	VCVTDQ2PS    X1, X2
	VMULSS       X5, X2, X2
	VMOVD        X1, TOTAL
	SHLL         $7, TOTAL
	NEGL         TOTAL
	VMOVSS       X5, PACKED_SCALE(BLOCK_PTR)
	MOVL         TOTAL, PACKED_BIAS(BLOCK_PTR)
	VMOVSS       X2, PACKED_SUM(BLOCK_PTR)
	MOVL         $0, 12(BLOCK_PTR)
	ADDQ         $128, INPUT_PTR
	ADDQ         $PACKED, BLOCK_PTR
	DECQ         LEN
	JNZ          block
	VZEROUPPER
	RET
