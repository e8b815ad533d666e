//go:build amd64 && !purego

#include "textflag.h"

#define X_PTR SI
#define Y_PTR DI
#define LEN CX

// SUM_DOUBLES leaves the sum of the four lanes of y (whose low half is x) in the
// lowest lane of x.
#define SUM_DOUBLES(y, x, scratch) \
	VEXTRACTF128 $1, y, scratch; \
	VADDPD       scratch, x, x;  \
	VUNPCKHPD    x, x, scratch;  \
	VADDSD       scratch, x, x

DATA weightRounding<>+0(SB)/8, $98304.0   // 1.5·2^16
GLOBL weightRounding<>(SB), RODATA|NOPTR, $8
DATA lowestExponent<>+0(SB)/8, $-104.0
GLOBL lowestExponent<>(SB), RODATA|NOPTR, $8
DATA signBit<>+0(SB)/8, $0x8000000000000000
GLOBL signBit<>(SB), RODATA|NOPTR, $8

// func roundSum8AVX2(w *float32, n int) float64
TEXT ·roundSum8AVX2(SB), NOSPLIT, $0-24
	MOVQ         w+0(FP), X_PTR
	MOVQ         n+8(FP), LEN
	VBROADCASTSD weightRounding<>(SB), Y15
	VXORPD       Y4, Y4, Y4
	VXORPD       Y5, Y5, Y5

roundsum_8:
	VCVTPS2PD  (X_PTR), Y0
	VCVTPS2PD  16(X_PTR), Y1
	VADDPD     Y15, Y0, Y0            // to a multiple of 2^-36
	VADDPD     Y15, Y1, Y1
	VSUBPD     Y15, Y0, Y0
	VSUBPD     Y15, Y1, Y1
	VADDPD     Y0, Y4, Y4             // sum += w[0:8]
	VADDPD     Y1, Y5, Y5
	VCVTPD2PSY Y0, X0
	VCVTPD2PSY Y1, X1
	VMOVUPS    X0, (X_PTR)
	VMOVUPS    X1, 16(X_PTR)
	ADDQ       $32, X_PTR             // w = w[8:]
	SUBQ       $8, LEN
	JNZ        roundsum_8

	VADDPD Y5, Y4, Y4
	SUM_DOUBLES(Y4, X4, X0)
	VMOVSD X4, ret+16(FP)
	VZEROUPPER
	RET

// func above8AVX2(x, w *float32, n int, bound float32) (count int, mass float64)
TEXT ·above8AVX2(SB), NOSPLIT, $0-48
	MOVQ         x+0(FP), X_PTR
	MOVQ         w+8(FP), Y_PTR
	MOVQ         n+16(FP), LEN
	VBROADCASTSS bound+24(FP), Y15
	VXORPD       Y4, Y4, Y4           // sums
	VXORPD       Y5, Y5, Y5
	VPXOR        Y6, Y6, Y6           // counts

above_8:
	VMOVUPS      (X_PTR), Y0
	VCMPPS       $0x1d, Y15, Y0, Y0   // x[0:8] >= bound
	VPSUBD       Y0, Y6, Y6           // a mask is -1
	VANDPS       (Y_PTR), Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VCVTPS2PD    X0, Y0
	VCVTPS2PD    X1, Y1
	VADDPD       Y0, Y4, Y4
	VADDPD       Y1, Y5, Y5
	ADDQ         $32, X_PTR           // x, w = x[8:], w[8:]
	ADDQ         $32, Y_PTR
	SUBQ         $8, LEN
	JNZ          above_8

	VADDPD       Y5, Y4, Y4
	SUM_DOUBLES(Y4, X4, X0)
	VMOVSD       X4, mass+40(FP)
	VEXTRACTI128 $1, Y6, X0
	VPADDD       X0, X6, X6
	VPHADDD      X6, X6, X6
	VPHADDD      X6, X6, X6
	VMOVD        X6, AX
	MOVQ         AX, count+32(FP)
	VZEROUPPER
	RET

// func count8AVX2(x *float32, n int, bound float32) int
TEXT ·count8AVX2(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), X_PTR
	MOVQ         n+8(FP), LEN
	VBROADCASTSS bound+16(FP), Y15
	VPXOR        Y6, Y6, Y6

count_8:
	VMOVUPS (X_PTR), Y0
	VCMPPS  $0x1d, Y15, Y0, Y0        // x[0:8] >= bound
	VPSUBD  Y0, Y6, Y6                // a mask is -1
	ADDQ    $32, X_PTR                // x = x[8:]
	SUBQ    $8, LEN
	JNZ     count_8

	VEXTRACTI128 $1, Y6, X0
	VPADDD       X0, X6, X6
	VPHADDD      X6, X6, X6
	VPHADDD      X6, X6, X6
	VMOVD        X6, AX
	MOVQ         AX, ret+24(FP)
	VZEROUPPER
	RET

// func indices8AVX2(to *int32, x *float32, n int, low, high float32, base int32) int
TEXT ·indices8AVX2(SB), NOSPLIT, $0-48
	MOVQ         to+0(FP), Y_PTR
	MOVQ         x+8(FP), X_PTR
	MOVQ         n+16(FP), LEN
	VBROADCASTSS low+24(FP), Y15
	VBROADCASTSS high+28(FP), Y14
	MOVL         base+32(FP), R8
	MOVQ         Y_PTR, R9

indices_8:
	VMOVUPS   (X_PTR), Y0
	VCMPPS    $0x1d, Y15, Y0, Y1      // x[0:8] >= low
	VCMPPS    $0x11, Y14, Y0, Y2      // x[0:8] < high
	VANDPS    Y1, Y2, Y1
	VMOVMSKPS Y1, AX
	TESTL     AX, AX
	JZ        indices_next

indices_bit:
	BSFL  AX, BX                      // *to = base + index
	ADDL  R8, BX
	MOVL  BX, (Y_PTR)
	ADDQ  $4, Y_PTR                   // to++
	LEAL  -1(AX), DX
	ANDL  DX, AX
	JNZ   indices_bit

indices_next:
	ADDQ $32, X_PTR                   // x = x[8:]
	ADDL $8, R8
	SUBQ $8, LEN
	JNZ  indices_8

	SUBQ R9, Y_PTR
	SHRQ $2, Y_PTR
	MOVQ Y_PTR, ret+40(FP)
	VZEROUPPER
	RET

// func keep8AVX2(x, key *float32, n int, bound, other float32)
TEXT ·keep8AVX2(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), X_PTR
	MOVQ         key+8(FP), Y_PTR
	MOVQ         n+16(FP), LEN
	VBROADCASTSS bound+24(FP), Y15
	VBROADCASTSS other+28(FP), Y14

keep_8:
	VMOVUPS   (Y_PTR), Y0
	VCMPPS    $0x1d, Y15, Y0, Y0      // key[0:8] >= bound
	VMOVUPS   (X_PTR), Y1
	VBLENDVPS Y0, Y1, Y14, Y1         // where it is: x, else other
	VMOVUPS   Y1, (X_PTR)
	ADDQ      $32, X_PTR              // x, key = x[8:], key[8:]
	ADDQ      $32, Y_PTR
	SUBQ      $8, LEN
	JNZ       keep_8
	VZEROUPPER
	RET

// func scale8AVX2(x *float32, n int, shift, factor float64)
TEXT ·scale8AVX2(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), X_PTR
	MOVQ         n+8(FP), LEN
	VBROADCASTSD shift+16(FP), Y15
	VBROADCASTSD factor+24(FP), Y14

scale_8:
	VCVTPS2PD  (X_PTR), Y0
	VCVTPS2PD  16(X_PTR), Y1
	VSUBPD     Y15, Y0, Y0            // (x[0:8] - shift)·factor
	VSUBPD     Y15, Y1, Y1
	VMULPD     Y14, Y0, Y0
	VMULPD     Y14, Y1, Y1
	VCVTPD2PSY Y0, X0
	VCVTPD2PSY Y1, X1
	VMOVUPS    X0, (X_PTR)
	VMOVUPS    X1, 16(X_PTR)
	ADDQ       $32, X_PTR             // x = x[8:]
	SUBQ       $8, LEN
	JNZ        scale_8
	VZEROUPPER
	RET

// func moment8AVX2(w, x *float32, n int, shift float64) float64
TEXT ·moment8AVX2(SB), NOSPLIT, $0-40
	MOVQ         w+0(FP), Y_PTR
	MOVQ         x+8(FP), X_PTR
	MOVQ         n+16(FP), LEN
	VBROADCASTSD shift+24(FP), Y15
	VBROADCASTSD lowestExponent<>(SB), Y14
	VXORPD       Y4, Y4, Y4
	VXORPD       Y5, Y5, Y5

moment_8:
	VCVTPS2PD   (X_PTR), Y0
	VCVTPS2PD   16(X_PTR), Y1
	VCVTPS2PD   (Y_PTR), Y2
	VCVTPS2PD   16(Y_PTR), Y3
	VSUBPD      Y15, Y0, Y0           // max(x[0:8] - shift, -104)
	VSUBPD      Y15, Y1, Y1
	VMAXPD      Y0, Y14, Y0           // of a NaN and a number, MAX gives the
	VMAXPD      Y1, Y14, Y1           // one named first here
	VFMADD231PD Y2, Y0, Y4            // sum += w[0:8]·that
	VFMADD231PD Y3, Y1, Y5
	ADDQ        $32, X_PTR            // w, x = w[8:], x[8:]
	ADDQ        $32, Y_PTR
	SUBQ        $8, LEN
	JNZ         moment_8

	VADDPD Y5, Y4, Y4
	SUM_DOUBLES(Y4, X4, X0)
	VMOVSD X4, ret+32(FP)
	VZEROUPPER
	RET

// func nearness8AVX2(y, x *float32, n int, mean float64)
TEXT ·nearness8AVX2(SB), NOSPLIT, $0-32
	MOVQ         y+0(FP), Y_PTR
	MOVQ         x+8(FP), X_PTR
	MOVQ         n+16(FP), LEN
	VBROADCASTSD mean+24(FP), Y15
	VBROADCASTSD signBit<>(SB), Y14

nearness_8:
	VCVTPS2PD  (X_PTR), Y0
	VCVTPS2PD  16(X_PTR), Y1
	VSUBPD     Y15, Y0, Y0            // -|x[0:8] - mean|
	VSUBPD     Y15, Y1, Y1
	VORPD      Y14, Y0, Y0
	VORPD      Y14, Y1, Y1
	VCVTPD2PSY Y0, X0
	VCVTPD2PSY Y1, X1
	VMOVUPS    X0, (Y_PTR)
	VMOVUPS    X1, 16(Y_PTR)
	ADDQ       $32, X_PTR             // y, x = y[8:], x[8:]
	ADDQ       $32, Y_PTR
	SUBQ       $8, LEN
	JNZ        nearness_8
	VZEROUPPER
	RET
