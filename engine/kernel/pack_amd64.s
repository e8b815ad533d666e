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

DATA wordOnes32<>+0(SB)/8, $0x0001000100010001
DATA wordOnes32<>+8(SB)/8, $0x0001000100010001
DATA wordOnes32<>+16(SB)/8, $0x0001000100010001
DATA wordOnes32<>+24(SB)/8, $0x0001000100010001
GLOBL wordOnes32<>(SB), RODATA|NOPTR, $32

#define BLOCK_PTR DI
#define INPUT_PTR SI
#define LEN CX
#define TOTAL AX

// LARGEST leaves in y the largest absolute values, as integers, of the lanes of
// the block b after INPUT_PTR: NaN is above all.
#define LARGEST(b, y) \
	VPAND   (128*b)(INPUT_PTR), Y15, y;      \
	VPAND   (128*b+32)(INPUT_PTR), Y15, Y8;  \
	VPMAXUD Y8, y, y;                        \
	VPAND   (128*b+64)(INPUT_PTR), Y15, Y8;  \
	VPAND   (128*b+96)(INPUT_PTR), Y15, Y9;  \
	VPMAXUD Y9, Y8, Y8;                      \
	VPMAXUD Y8, y, y

// JOIN2 and JOIN4 join the lanes of a and b by OP, in a, and ACROSS leaves in
// lane i of Y0 what the eight lanes of Yi make.
#define JOIN2(OP, a, b) \
	VPUNPCKLDQ b, a, Y8;                     \
	VPUNPCKHDQ b, a, Y9;                     \
	OP         Y9, Y8, a
#define JOIN4(OP, a, b) \
	VPUNPCKLQDQ b, a, Y8;                    \
	VPUNPCKHQDQ b, a, Y9;                    \
	OP          Y9, Y8, a
#define ACROSS(OP) \
	JOIN2(OP, Y0, Y1);                       \
	JOIN2(OP, Y2, Y3);                       \
	JOIN2(OP, Y4, Y5);                       \
	JOIN2(OP, Y6, Y7);                       \
	JOIN4(OP, Y0, Y2);                       \
	JOIN4(OP, Y4, Y6);                       \
	VPERM2I128 $0x20, Y4, Y0, Y8;            \
	VPERM2I128 $0x31, Y4, Y0, Y9;            \
	OP         Y9, Y8, Y0

// QUANTISE stores the q of the block b, whose inverse is on the stack, and
// leaves their sums in the lanes of y.
#define QUANTISE(b, y) \
	VBROADCASTSS (4*b)(SP), Y11;             \
	VMULPS     (128*b)(INPUT_PTR), Y11, Y8;  \
	VMULPS     (128*b+32)(INPUT_PTR), Y11, Y9; \
	VMULPS     (128*b+64)(INPUT_PTR), Y11, Y12; \
	VMULPS     (128*b+96)(INPUT_PTR), Y11, Y11; \
	VCVTPS2DQ  Y8, Y8;                       \
	VCVTPS2DQ  Y9, Y9;                       \
	VCVTPS2DQ  Y12, Y12;                     \
	VCVTPS2DQ  Y11, Y11;                     \
	VPACKSSDW  Y9, Y8, Y8;                   \
	VPACKSSDW  Y11, Y12, Y12;                \
	VPACKSSWB  Y12, Y8, Y8;                  \
	VPERMD     Y8, Y14, Y8;                  \
	VMOVDQU    Y8, (PACKED*b+PACKED_QUANTS)(BLOCK_PTR); \
	VPMADDUBSW Y8, Y13, Y8;                  \
	VPMADDWD   wordOnes32<>(SB), Y8, y

// HEADS stores what stands before the q of the blocks b and b+4.
#define HEADS(b, y, x) \
	VMOVDQU      x, (PACKED*b)(BLOCK_PTR);   \
	VEXTRACTI128 $1, y, (PACKED*(b+4))(BLOCK_PTR)

// Eight blocks at once share the divisions and the sums across lanes.
//
// func pack8BlocksAVX2(blocks *byte, x *float32, n int)
TEXT ·pack8BlocksAVX2(SB), NOSPLIT, $32-24
	MOVQ         blocks+0(FP), BLOCK_PTR
	MOVQ         x+8(FP), INPUT_PTR
	MOVQ         n+16(FP), LEN
	VPBROADCASTD absBits<>(SB), Y15
	VMOVDQU      packOrder<>(SB), Y14
	VPBROADCASTD ones8<>(SB), Y13

eight:
	LARGEST(0, Y0)
	LARGEST(1, Y1)
	LARGEST(2, Y2)
	LARGEST(3, Y3)
	LARGEST(4, Y4)
	LARGEST(5, Y5)
	LARGEST(6, Y6)
	LARGEST(7, Y7)
	ACROSS(VPMAXUD)
	VBROADCASTSS tinyScale<>(SB), Y1
	VCMPPS       $1, Y1, Y0, Y1        // largest < tiny
	VBROADCASTSS highest8<>(SB), Y2
	VDIVPS       Y2, Y0, Y10           // scale = largest/127
	VDIVPS       Y0, Y2, Y2            // inverse = 127/largest
	VANDNPS      Y10, Y1, Y10          // both 0 where it is tiny
	VANDNPS      Y2, Y1, Y2
	VMOVUPS      Y2, (SP)
	QUANTISE(0, Y0)
	QUANTISE(1, Y1)
	QUANTISE(2, Y2)
	QUANTISE(3, Y3)
	QUANTISE(4, Y4)
	QUANTISE(5, Y5)
	QUANTISE(6, Y6)
	QUANTISE(7, Y7)
	ACROSS(VPADDD)                     // Σq
	VCVTDQ2PS    Y0, Y1
	VMULPS       Y10, Y1, Y1           // scale·Σq
	VPSLLD       $7, Y0, Y0
	VPXOR        Y3, Y3, Y3
	VPSUBD       Y0, Y3, Y2            // -128·Σq
	VPUNPCKLDQ   Y2, Y10, Y4
	VPUNPCKHDQ   Y2, Y10, Y5
	VPUNPCKLDQ   Y3, Y1, Y6
	VPUNPCKHDQ   Y3, Y1, Y7
	VPUNPCKLQDQ  Y6, Y4, Y0
	VPUNPCKHQDQ  Y6, Y4, Y1
	VPUNPCKLQDQ  Y7, Y5, Y2
	VPUNPCKHQDQ  Y7, Y5, Y3
	HEADS(0, Y0, X0)
	HEADS(1, Y1, X1)
	HEADS(2, Y2, X2)
	HEADS(3, Y3, X3)
	ADDQ         $(8*128), INPUT_PTR
	ADDQ         $(8*PACKED), BLOCK_PTR
	SUBQ         $8, LEN
	JNZ          eight
	VZEROUPPER
	RET

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
