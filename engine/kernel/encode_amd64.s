//go:build amd64 && !purego

#include "textflag.h"

#define SCALES DI
#define QUANTS SI
#define PATCH R8      // column 0 of the eight rows
#define COLUMN R9     // four columns that are computed
#define FITTED R10    // their place in the quants of a fit
#define LEFT CX
#define FITS DX       // that are left
#define HALF BX       // 0 or 1: rows 0..7 or 8..15

DATA encodeMost<>+0(SB)/4, $0x46800000 // 2^14
GLOBL encodeMost<>(SB), RODATA|NOPTR, $4
DATA encodeAbs<>+0(SB)/8, $0x7fffffff7fffffff
DATA encodeAbs<>+8(SB)/8, $0x7fffffff7fffffff
DATA encodeAbs<>+16(SB)/8, $0x7fffffff7fffffff
DATA encodeAbs<>+24(SB)/8, $0x7fffffff7fffffff
GLOBL encodeAbs<>(SB), RODATA|NOPTR, $32
DATA encodeHighest<>+0(SB)/8, $0x42fe000042fe0000 // 127
DATA encodeHighest<>+8(SB)/8, $0x42fe000042fe0000
DATA encodeHighest<>+16(SB)/8, $0x42fe000042fe0000
DATA encodeHighest<>+24(SB)/8, $0x42fe000042fe0000
GLOBL encodeHighest<>(SB), RODATA|NOPTR, $32
DATA encodeLowest<>+0(SB)/4, $0x81818181 // -127
GLOBL encodeLowest<>(SB), RODATA|NOPTR, $4
DATA encodeNibbles<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA encodeNibbles<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA encodeNibbles<>+16(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA encodeNibbles<>+24(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL encodeNibbles<>(SB), RODATA|NOPTR, $32
DATA encodeOne<>+0(SB)/4, $1.0
GLOBL encodeOne<>(SB), RODATA|NOPTR, $4
DATA encodeCols<>+0(SB)/4, $32.0
GLOBL encodeCols<>(SB), RODATA|NOPTR, $4
DATA encodeInfinity<>+0(SB)/4, $0x7f800000
GLOBL encodeInfinity<>(SB), RODATA|NOPTR, $4
DATA encodeFirst<>+0(SB)/4, $-127.0 // levels[0]
GLOBL encodeFirst<>(SB), RODATA|NOPTR, $4
DATA encodeSpan<>+0(SB)/4, $240.0 // levels[15] - levels[0]
GLOBL encodeSpan<>(SB), RODATA|NOPTR, $4

// Packed from four columns the bytes of eight rows stand in [row/4][c][row%4]:
// this puts them in [row][c].
DATA encodeOrder<>+0(SB)/8, $0x0d0905010c080400
DATA encodeOrder<>+8(SB)/8, $0x0f0b07030e0a0602
DATA encodeOrder<>+16(SB)/8, $0x0d0905010c080400
DATA encodeOrder<>+24(SB)/8, $0x0f0b07030e0a0602
GLOBL encodeOrder<>(SB), RODATA|NOPTR, $32

// PACK leaves the columns Y0..Y3, rounded to integers of a byte, in Y0. Above
// 127 they were cut, below -128 they are.
#define PACK \
	VCVTPS2DQ Y0, Y0;                   \
	VCVTPS2DQ Y1, Y1;                   \
	VCVTPS2DQ Y2, Y2;                   \
	VCVTPS2DQ Y3, Y3;                   \
	VPACKSSDW Y1, Y0, Y0;               \
	VPACKSSDW Y3, Y2, Y2;               \
	VPACKSSWB Y2, Y0, Y0;               \
	VPSHUFB   encodeOrder<>(SB), Y0, Y0

// TOO_LARGE goes to label when a lane of top is not below or at most.
#define TOO_LARGE(top, label) \
	VPBROADCASTD encodeMost<>(SB), Y0;  \
	VPCMPGTD     Y0, top, Y0;           \
	VPTEST       Y0, Y0;                \
	JNZ          label

// On the stack. Of a fit and of the best one the quants [c/4][row][c%4].
#define FIT 0(SP)
#define BEST 256(SP)
#define BEST_LOSS 512(SP)
#define BEST_SCALE 544(SP)
#define BEST_OFFSET 576(SP)
#define LOW 608(SP)
#define HIGH 640(SP)
#define SUM 672(SP)
#define SUM_W 704(SP)

#define SCALE Y15
#define OFFSET Y14
#define INVERSE Y13
#define RMS Y12
#define LOSS Y11
#define SUM_L Y10
#define SUM_LL Y9
#define SUM_LW Y8

// WEIGHT is what a number v counts in the sums: |v| + rms.
#define WEIGHT(v, u) \
	VANDPS encodeAbs<>(SB), v, u;       \
	VADDPS RMS, u, u

// DISTANCE takes column c of four in steps of the scale.
#define DISTANCE(c, t) \
	VMOVUPS (64*c)(COLUMN), t;          \
	VSUBPS  OFFSET, t, t;               \
	VMULPS  INVERSE, t, t;              \
	VMINPS  encodeHighest<>(SB), t, t

// ADD_UP adds column c of four, with the levels Y2, to the sums of the fit.
#define ADD_UP(c) \
	VCVTDQ2PS Y2, Y2;                   \
	VMOVUPS   (64*c)(COLUMN), Y3;       \
	WEIGHT(Y3, Y4);                     \
	VMULPS    SCALE, Y2, Y5;            \
	VADDPS    OFFSET, Y5, Y5;           \
	VSUBPS    Y3, Y5, Y5;               \
	VMULPS    Y5, Y5, Y5;               \
	VMULPS    Y4, Y5, Y5;               \
	VADDPS    Y5, LOSS, LOSS;           \
	VMULPS    Y4, Y2, Y5;               \
	VADDPS    Y5, SUM_L, SUM_L;         \
	VMULPS    Y2, Y2, Y6;               \
	VMULPS    Y4, Y6, Y6;               \
	VADDPS    Y6, SUM_LL, SUM_LL;       \
	VMULPS    Y3, Y2, Y7;               \
	VMULPS    Y4, Y7, Y7;               \
	VADDPS    Y7, SUM_LW, SUM_LW

// KEEP_BEST keeps four columns of the fit in the rows that Y0 selects.
#define KEEP_BEST(at) \
	VMOVDQU   (256+at)(SP), Y1;         \
	VBLENDVPS Y0, at(SP), Y1, Y1;       \
	VMOVDQU   Y1, (256+at)(SP)

// STORE_BEST stores eight columns, column c+4 in the high four bits.
#define STORE_BEST(at, to) \
	VMOVDQU (256+at+32)(SP), Y0;        \
	VPSLLW  $4, Y0, Y0;                 \
	VPOR    (256+at)(SP), Y0, Y0;       \
	VMOVDQU Y0, to(QUANTS)

// ENDS sets scale and offset to map the first and the last level to them:
// scale = (last - first)/span, offset = first - levels[0]·scale.
#define ENDS(first, last) \
	VMOVUPS      first, Y0;             \
	VMOVUPS      last, SCALE;           \
	VSUBPS       Y0, SCALE, SCALE;      \
	VBROADCASTSS encodeSpan<>(SB), Y1;  \
	VDIVPS       Y1, SCALE, SCALE;      \
	VBROADCASTSS encodeFirst<>(SB), Y1; \
	VMULPS       SCALE, Y1, Y1;         \
	VSUBPS       Y1, Y0, OFFSET

// func encodeF16ColumnAVX2(w *uint16, column *float32) bool
TEXT ·encodeF16ColumnAVX2(SB), NOSPLIT, $0-17
	MOVQ      w+0(FP), DI
	MOVQ      column+8(FP), SI
	VMOVUPS   (SI), Y0
	VMOVUPS   32(SI), Y1
	VCVTPS2PH $0, Y0, (DI)
	VCVTPS2PH $0, Y1, 16(DI)
	VCMPPS    $3, Y1, Y0, Y0               // a lane of either is NaN
	VPTEST    Y0, Y0
	SETEQ     ret+16(FP)
	VZEROUPPER
	RET

// func encodeQ8PatchAVX2(scales *uint16, quants *byte, p *float32) bool
TEXT ·encodeQ8PatchAVX2(SB), NOSPLIT, $0-25
	MOVQ scales+0(FP), SCALES
	MOVQ quants+8(FP), QUANTS
	MOVQ p+16(FP), PATCH
	MOVQ $2, HALF

half:
	VPXOR Y7, Y7, Y7                       // the largest absolute value, as an integer
	MOVQ  PATCH, COLUMN
	MOVQ  $32, LEFT

largest:
	VMOVUPS (COLUMN), Y0
	VPAND   encodeAbs<>(SB), Y0, Y0
	VPMAXUD Y0, Y7, Y7
	ADDQ    $64, COLUMN
	DECQ    LEFT
	JNZ     largest
	TOO_LARGE(Y7, large)

	VDIVPS       encodeHighest<>(SB), Y7, Y0
	VCVTPS2PH    $0, Y0, X0                // scale
	VMOVDQU      X0, (SCALES)
	VCVTPH2PS    X0, Y0
	VBROADCASTSS encodeOne<>(SB), Y6
	VDIVPS       Y0, Y6, Y6
	VXORPS       Y1, Y1, Y1
	VCMPPS       $4, Y1, Y0, Y0
	VANDPS       Y0, Y6, Y6                // scale == 0 ? 0 : 1/scale
	VPBROADCASTD encodeLowest<>(SB), Y5
	MOVQ         PATCH, COLUMN
	MOVQ         $8, LEFT

columns:
	VMULPS  (COLUMN), Y6, Y0
	VMULPS  64(COLUMN), Y6, Y1
	VMULPS  128(COLUMN), Y6, Y2
	VMULPS  192(COLUMN), Y6, Y3
	PACK
	VPMAXSB Y5, Y0, Y0
	VMOVDQU Y0, (QUANTS)
	ADDQ    $256, COLUMN
	ADDQ    $64, QUANTS
	DECQ    LEFT
	JNZ     columns

	ADDQ $32, PATCH                        // the other eight rows
	ADDQ $16, SCALES
	SUBQ $(8*64-32), QUANTS
	DECQ HALF
	JNZ  half
	VZEROUPPER
	MOVB $1, ret+24(FP)
	RET

large:
	VZEROUPPER
	MOVB $0, ret+24(FP)
	RET

// func encodeQ4PatchAVX2(scales *uint16, quants *byte, p *float32) bool
TEXT ·encodeQ4PatchAVX2(SB), 0, $736-25
	MOVQ scales+0(FP), SCALES
	MOVQ quants+8(FP), QUANTS
	MOVQ p+16(FP), PATCH
	MOVQ $2, HALF

half:
	VMOVUPS (PATCH), Y1                    // low
	VMOVUPS (PATCH), Y2                    // high
	VXORPS  Y3, Y3, Y3                     // squares
	VPXOR   Y7, Y7, Y7                     // the largest absolute value, as an integer
	MOVQ    PATCH, COLUMN
	MOVQ    $32, LEFT

range:
	VMOVUPS (COLUMN), Y0
	VMINPS  Y1, Y0, Y1
	VMAXPS  Y2, Y0, Y2
	VMULPS  Y0, Y0, Y4
	VADDPS  Y4, Y3, Y3
	VPAND   encodeAbs<>(SB), Y0, Y0
	VPMAXUD Y0, Y7, Y7
	ADDQ    $64, COLUMN
	DECQ    LEFT
	JNZ     range
	TOO_LARGE(Y7, large)

	VMOVUPS      Y1, LOW
	VMOVUPS      Y2, HIGH
	VBROADCASTSS encodeCols<>(SB), Y0
	VDIVPS       Y0, Y3, RMS
	VSQRTPS      RMS, RMS
	VXORPS       Y1, Y1, Y1                // Σu
	VXORPS       Y2, Y2, Y2                // Σu·v
	MOVQ         PATCH, COLUMN
	MOVQ         $32, LEFT

weights:
	VMOVUPS (COLUMN), Y0
	WEIGHT(Y0, Y3)
	VADDPS  Y3, Y1, Y1
	VMULPS  Y0, Y3, Y3
	VADDPS  Y3, Y2, Y2
	ADDQ    $64, COLUMN
	DECQ    LEFT
	JNZ     weights

	VMOVUPS      Y1, SUM
	VMOVUPS      Y2, SUM_W
	VBROADCASTSS encodeInfinity<>(SB), Y0
	VMOVUPS      Y0, BEST_LOSS
	VXORPS       Y0, Y0, Y0
	VMOVUPS      Y0, BEST_SCALE
	VMOVUPS      Y0, BEST_OFFSET
	VMOVUPS      Y0, 256(SP)
	VMOVUPS      Y0, 288(SP)
	VMOVUPS      Y0, 320(SP)
	VMOVUPS      Y0, 352(SP)
	VMOVUPS      Y0, 384(SP)
	VMOVUPS      Y0, 416(SP)
	VMOVUPS      Y0, 448(SP)
	VMOVUPS      Y0, 480(SP)
	MOVQ         $4, FITS
	ENDS(LOW, HIGH)

fit:
	VCVTPS2PH    $0, SCALE, X15
	VCVTPH2PS    X15, SCALE
	VCVTPS2PH    $0, OFFSET, X14
	VCVTPH2PS    X14, OFFSET
	VBROADCASTSS encodeOne<>(SB), INVERSE
	VDIVPS       SCALE, INVERSE, INVERSE
	VXORPS       LOSS, LOSS, LOSS
	VCMPPS       $4, LOSS, SCALE, Y0       // scale != 0
	VANDPS       Y0, INVERSE, INVERSE
	VXORPS       SUM_L, SUM_L, SUM_L
	VXORPS       SUM_LL, SUM_LL, SUM_LL
	VXORPS       SUM_LW, SUM_LW, SUM_LW
	MOVQ         PATCH, COLUMN
	LEAQ         FIT, FITTED
	MOVQ         $8, LEFT

columns:
	DISTANCE(0, Y0)
	DISTANCE(1, Y1)
	DISTANCE(2, Y2)
	DISTANCE(3, Y3)
	PACK
	VPSRLW         $4, Y0, Y1              // the nearest level, see nearest
	VPAND          encodeNibbles<>(SB), Y1, Y1
	VBROADCASTI128 ·nearest+0(SB), Y2
	VPSHUFB        Y1, Y2, Y2
	VBROADCASTI128 ·nearest+16(SB), Y3
	VPSHUFB        Y1, Y3, Y3
	VPCMPGTB       Y3, Y0, Y3              // -1 beyond the bound
	VPSUBB         Y3, Y2, Y2
	VBROADCASTI128 ·nearest+32(SB), Y3
	VPSHUFB        Y1, Y3, Y3
	VPCMPGTB       Y3, Y0, Y3
	VPSUBB         Y3, Y2, Y2
	VMOVDQU        Y2, (FITTED)
	VBROADCASTI128 ·levels(SB), Y1
	VPSHUFB        Y2, Y1, Y1
	VPSLLD         $24, Y1, Y2
	VPSRAD         $24, Y2, Y2
	ADD_UP(0)
	VPSLLD         $16, Y1, Y2
	VPSRAD         $24, Y2, Y2
	ADD_UP(1)
	VPSLLD         $8, Y1, Y2
	VPSRAD         $24, Y2, Y2
	ADD_UP(2)
	VPSRAD         $24, Y1, Y2
	ADD_UP(3)
	ADDQ           $256, COLUMN
	ADDQ           $32, FITTED
	DECQ           LEFT
	JNZ            columns

	VMOVUPS   BEST_LOSS, Y1
	VCMPPS    $1, Y1, LOSS, Y0             // loss < best
	VBLENDVPS Y0, LOSS, Y1, Y1
	VMOVUPS   Y1, BEST_LOSS
	VMOVUPS   BEST_SCALE, Y1
	VBLENDVPS Y0, SCALE, Y1, Y1
	VMOVUPS   Y1, BEST_SCALE
	VMOVUPS   BEST_OFFSET, Y1
	VBLENDVPS Y0, OFFSET, Y1, Y1
	VMOVUPS   Y1, BEST_OFFSET
	KEEP_BEST(0)
	KEEP_BEST(32)
	KEEP_BEST(64)
	KEEP_BEST(96)
	KEEP_BEST(128)
	KEEP_BEST(160)
	KEEP_BEST(192)
	KEEP_BEST(224)

	DECQ  FITS
	JZ    best
	TESTQ $1, FITS
	JZ    turned
	VMOVUPS   SUM, Y0                      // least squares of this fit
	VMOVUPS   SUM_W, Y1
	VMULPS    SUM_LL, Y0, Y2
	VMULPS    SUM_L, SUM_L, Y3
	VSUBPS    Y3, Y2, Y2                   // the determinant
	VXORPS    Y3, Y3, Y3
	VCMPPS    $14, Y3, Y2, Y3              // is positive
	VMULPS    SUM_LW, Y0, Y4
	VMULPS    SUM_L, Y1, Y5
	VSUBPS    Y5, Y4, Y4
	VDIVPS    Y2, Y4, Y4
	VBLENDVPS Y3, Y4, SCALE, SCALE
	VMULPS    SUM_LL, Y1, Y4
	VMULPS    SUM_L, SUM_LW, Y5
	VSUBPS    Y5, Y4, Y4
	VDIVPS    Y2, Y4, Y4
	VBLENDVPS Y3, Y4, OFFSET, OFFSET
	JMP       fit

turned:
	ENDS(HIGH, LOW)
	JMP fit

best:
	VMOVUPS   BEST_SCALE, Y0
	VCVTPS2PH $0, Y0, X0
	VMOVDQU   X0, (SCALES)
	VMOVUPS   BEST_OFFSET, Y0
	VCVTPS2PH $0, Y0, X0
	VMOVDQU   X0, 32(SCALES)
	STORE_BEST(0, 0)
	STORE_BEST(64, 64)
	STORE_BEST(128, 128)
	STORE_BEST(192, 192)

	ADDQ $32, PATCH                        // the other eight rows
	ADDQ $16, SCALES
	ADDQ $32, QUANTS
	DECQ HALF
	JNZ  half
	VZEROUPPER
	MOVB $1, ret+24(FP)
	RET

large:
	VZEROUPPER
	MOVB $0, ret+24(FP)
	RET
