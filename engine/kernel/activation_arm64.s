//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"

#define X_PTR R0
#define LEN R1
#define SCRATCH R2

// Vectors of one number each.
DATA expConstants<>+0(SB)/4, $89.0             // e^x is +Inf from here on
DATA expConstants<>+4(SB)/4, $-104.0           // e^x is 0 below
// e^r = 1 + r + r²(c2 + c3 r + ... + c7 r⁵) for |r| ≤ ln 2 / 2, c7 first: the
// polynomial of expf in the Cephes library, https://www.netlib.org/cephes/
DATA expConstants<>+8(SB)/4, $1.9875691500e-4
DATA expConstants<>+12(SB)/4, $1.3981999507e-3
DATA expConstants<>+16(SB)/4, $8.3334519073e-3
DATA expConstants<>+20(SB)/4, $4.1665795894e-2
DATA expConstants<>+24(SB)/4, $1.6666665459e-1
DATA expConstants<>+28(SB)/4, $5.0000001201e-1
DATA expConstants<>+32(SB)/4, $1.0
GLOBL expConstants<>(SB), RODATA|NOPTR, $36

#define HIGHEST 31
#define LOWEST 30
#define P7 29
#define P6 28
#define P5 27
#define P4 26
#define P3 25
#define P2 24
#define ONE 23

// One vector of numbers that are factors.
DATA factors<>+0(SB)/4, $1.44269504088896341   // log2 e
DATA factors<>+4(SB)/4, $0.693359375           // ln 2 = this + the next; an exponent times this is exact
DATA factors<>+8(SB)/4, $-2.12194440054690583e-4
DATA factors<>+12(SB)/4, $-0.0713548162726002  // -2·√(2/π)·0.044715, for GELU
GLOBL factors<>(SB), RODATA|NOPTR, $16

#define FACTORS 22
#define LOG2E 0
#define LN2_HIGH 1
#define LN2_LOW 2
#define CUBIC 3

#define LOAD_EXP_CONSTANTS \
	MOVD    $expConstants<>(SB), SCRATCH;  \
	VLD1R.P 4(SCRATCH), [V(HIGHEST).S4];   \
	VLD1R.P 4(SCRATCH), [V(LOWEST).S4];    \
	VLD1R.P 4(SCRATCH), [V(P7).S4];        \
	VLD1R.P 4(SCRATCH), [V(P6).S4];        \
	VLD1R.P 4(SCRATCH), [V(P5).S4];        \
	VLD1R.P 4(SCRATCH), [V(P4).S4];        \
	VLD1R.P 4(SCRATCH), [V(P3).S4];        \
	VLD1R.P 4(SCRATCH), [V(P2).S4];        \
	VLD1R   (SCRATCH), [V(ONE).S4];        \
	MOVD    $factors<>(SB), SCRATCH;       \
	VLD1    (SCRATCH), [V(FACTORS).S4]

// EXP replaces x by e^x; k, p and q are scratch. e^x = 2^k e^r, k = round(x/ln 2).
// NaN goes through FMIN and FMAX. 2^k is multiplied in as two halves, so that
// neither half leaves the range of an exponent and denormal results round once.
// The bits of 1.0 are an exponent of 0.
#define EXP(x, k, p, q) \
	FMIN(HIGHEST, x, x);               \
	FMAX(LOWEST, x, x);                \
	FMUL_LANE(FACTORS, LOG2E, x, k);   \
	FRINTN(k, k);                      \ // k, to the nearest
	FMLS_LANE(FACTORS, LN2_HIGH, k, x); \ // r = x - k*ln2
	FMLS_LANE(FACTORS, LN2_LOW, k, x); \
	FCVTNS(k, k);                      \
	MOV(P6, p);                        \ // the polynomial, highest power first
	FMLA(P7, x, p);                    \
	MOV(P5, q);                        \
	FMLA(p, x, q);                     \
	MOV(P4, p);                        \
	FMLA(q, x, p);                     \
	MOV(P3, q);                        \
	FMLA(p, x, q);                     \
	MOV(P2, p);                        \
	FMLA(q, x, p);                     \
	MOV(ONE, q);                       \
	FMLA(p, x, q);                     \
	MOV(ONE, p);                       \
	FMLA(q, x, p);                     \
	SSHR32(1, k, x);                   \ // k/2
	SUB32(x, k, k);                    \ // k - k/2
	SHL32(23, x, x);                   \
	ADD32(ONE, x, x);                  \ // 2^(k/2)
	SHL32(23, k, k);                   \
	ADD32(ONE, k, k);                  \ // 2^(k - k/2)
	FMUL(p, x, x);                     \
	FMUL(k, x, x)

// func expSum8NEON(x *float32, n int, shift float32) (sum float32)
TEXT ·expSum8NEON(SB), NOSPLIT, $0-28
	MOVD  x+0(FP), X_PTR
	MOVD  n+8(FP), LEN
	MOVW  shift+16(FP), SCRATCH
	VDUP  SCRATCH, V20.S4
	ZERO(16)                               // sums
	ZERO(17)
	LOAD_EXP_CONSTANTS

expsum_8:
	VLD1   (X_PTR), [V(0).S4, V(1).S4]     // x[0:8] = exp(x[0:8] - shift)
	FSUB(20, 0, 0)
	FSUB(20, 1, 1)
	EXP(0, 2, 4, 6)
	EXP(1, 3, 5, 7)
	VST1.P [V(0).S4, V(1).S4], 32(X_PTR)   // x = x[8:]
	FADD(0, 16, 16)                        // sum += x[0:8]
	FADD(1, 17, 17)
	SUBS   $8, LEN
	BNE    expsum_8
	FADD(17, 16, 16)
	FADDP(16, 16, 16)
	FADDP(16, 16, 16)
	FMOVS  F(16), sum+24(FP)
	RET

// func sumExp8NEON(x *float32, n int, shift float32) (sum float32)
TEXT ·sumExp8NEON(SB), NOSPLIT, $0-28
	MOVD  x+0(FP), X_PTR
	MOVD  n+8(FP), LEN
	MOVW  shift+16(FP), SCRATCH
	VDUP  SCRATCH, V20.S4
	ZERO(16)                               // sums
	ZERO(17)
	LOAD_EXP_CONSTANTS

sumexp_8:
	VLD1.P 32(X_PTR), [V(0).S4, V(1).S4]   // exp(x[0:8] - shift); x = x[8:]
	FSUB(20, 0, 0)
	FSUB(20, 1, 1)
	EXP(0, 2, 4, 6)
	EXP(1, 3, 5, 7)
	FADD(0, 16, 16)                        // sum += exp
	FADD(1, 17, 17)
	SUBS   $8, LEN
	BNE    sumexp_8
	FADD(17, 16, 16)
	FADDP(16, 16, 16)
	FADDP(16, 16, 16)
	FMOVS  F(16), sum+24(FP)
	RET

DATA linear<>+0(SB)/4, $-1.5957691216057308    // -2·√(2/π)
GLOBL linear<>(SB), RODATA|NOPTR, $4

#define LINEAR 21

// GELU replaces x by x / (1 + exp(-2·√(2/π)·(x + 0.044715·x³))); e, k, p and q
// are scratch.
#define GELU(x, e, k, p, q) \
	FMUL(x, x, e);                      \
	FMUL_LANE(FACTORS, CUBIC, e, e);    \
	FADD(LINEAR, e, e);                 \
	FMUL(x, e, e);                      \
	EXP(e, k, p, q);                    \
	FADD(ONE, e, e);                    \
	FDIV(e, x, x)

// func gelu8NEON(x *float32, n int)
TEXT ·gelu8NEON(SB), NOSPLIT, $0-16
	MOVD  x+0(FP), X_PTR
	MOVD  n+8(FP), LEN
	MOVD  $linear<>(SB), SCRATCH
	VLD1R (SCRATCH), [V(LINEAR).S4]
	LOAD_EXP_CONSTANTS

gelu_8:
	VLD1   (X_PTR), [V(0).S4, V(1).S4]
	GELU(0, 2, 4, 6, 8)
	GELU(1, 3, 5, 7, 9)
	VST1.P [V(0).S4, V(1).S4], 32(X_PTR)   // x = x[8:]
	SUBS   $8, LEN
	BNE    gelu_8
	RET

// SILU replaces x by x / (1 + exp(-x)); e, k, p and q are scratch.
#define SILU(x, e, k, p, q) \
	ZERO(e);                            \
	FSUB(x, e, e);                      \
	EXP(e, k, p, q);                    \
	FADD(ONE, e, e);                    \
	FDIV(e, x, x)

// func silu8NEON(x *float32, n int)
TEXT ·silu8NEON(SB), NOSPLIT, $0-16
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	LOAD_EXP_CONSTANTS

silu_8:
	VLD1   (X_PTR), [V(0).S4, V(1).S4]
	SILU(0, 2, 4, 6, 8)
	SILU(1, 3, 5, 7, 9)
	VST1.P [V(0).S4, V(1).S4], 32(X_PTR)   // x = x[8:]
	SUBS   $8, LEN
	BNE    silu_8
	RET

// func relu8NEON(x *float32, n int)
TEXT ·relu8NEON(SB), NOSPLIT, $0-16
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	ZERO(2)

relu_8:
	VLD1   (X_PTR), [V(0).S4, V(1).S4]
	FMAX(2, 0, 0)
	FMAX(2, 1, 1)
	VST1.P [V(0).S4, V(1).S4], 32(X_PTR)   // x = x[8:]
	SUBS   $8, LEN
	BNE    relu_8
	RET

// The coefficients of upperTail, vectors of one number each, and where it ends.
DATA tail<>+0(SB)/4, $0.11968669715513944
DATA tail<>+4(SB)/4, $0.1195716783347726
DATA tail<>+8(SB)/4, $0.11023649496746547
DATA tail<>+12(SB)/4, $0.0783848976420001
DATA tail<>+16(SB)/4, $0.09616993785009834
DATA tail<>+20(SB)/4, $-0.07944682587698154
DATA tail<>+24(SB)/4, $0.1918114207536725
DATA tail<>+28(SB)/4, $-0.2282329723411107
DATA tail<>+32(SB)/4, $0.11244355060196108
DATA tail<>+36(SB)/4, $-0.020624880817584512
DATA tail<>+40(SB)/4, $15.0
GLOBL tail<>(SB), RODATA|NOPTR, $44

// One vector of factors.
DATA tailFactors<>+0(SB)/4, $-0.5
DATA tailFactors<>+4(SB)/4, $0.3
GLOBL tailFactors<>(SB), RODATA|NOPTR, $8

#define T0 21
#define T1 20
#define T2 19
#define T3 18
#define T4 17
#define T5 16
#define T6 15
#define T7 14
#define T8 13
#define T9 12
#define TAIL_END 11
#define TAIL_FACTORS 10
#define MINUS_HALF 0
#define SLOPE 1

#define LOAD_TAIL_CONSTANTS \
	MOVD    $tail<>(SB), SCRATCH;       \
	VLD1R.P 4(SCRATCH), [V(T0).S4];     \
	VLD1R.P 4(SCRATCH), [V(T1).S4];     \
	VLD1R.P 4(SCRATCH), [V(T2).S4];     \
	VLD1R.P 4(SCRATCH), [V(T3).S4];     \
	VLD1R.P 4(SCRATCH), [V(T4).S4];     \
	VLD1R.P 4(SCRATCH), [V(T5).S4];     \
	VLD1R.P 4(SCRATCH), [V(T6).S4];     \
	VLD1R.P 4(SCRATCH), [V(T7).S4];     \
	VLD1R.P 4(SCRATCH), [V(T8).S4];     \
	VLD1R.P 4(SCRATCH), [V(T9).S4];     \
	VLD1R   (SCRATCH), [V(TAIL_END).S4]; \
	MOVD    $tailFactors<>(SB), SCRATCH; \
	FMOVD   (SCRATCH), F(TAIL_FACTORS)

// TAIL_PRODUCT replaces t by t·(1 - Φ(t)) for |t|, by the formula of upperTail;
// e, k, p and q are scratch.
#define TAIL_PRODUCT(t, e, k, p, q) \
	FABS(t, t);                         \
	FMIN(TAIL_END, t, t);               \
	FMUL_LANE(TAIL_FACTORS, MINUS_HALF, t, e); \
	FMUL(t, e, e);                      \
	EXP(e, k, p, q);                    \
	MOV(ONE, q);                        \
	FMLA_LANE(TAIL_FACTORS, SLOPE, t, q); \
	FDIV(q, ONE, k);                    \ // s
	FMUL(e, t, t);                      \
	FMUL(k, t, t);                      \ // t e^(-t²/2) s
	MOV(T8, p);                         \
	FMLA(T9, k, p);                     \
	MOV(T7, q);                         \
	FMLA(p, k, q);                      \
	MOV(T6, p);                         \
	FMLA(q, k, p);                      \
	MOV(T5, q);                         \
	FMLA(p, k, q);                      \
	MOV(T4, p);                         \
	FMLA(q, k, p);                      \
	MOV(T3, q);                         \
	FMLA(p, k, q);                      \
	MOV(T2, p);                         \
	FMLA(q, k, p);                      \
	MOV(T1, q);                         \
	FMLA(p, k, q);                      \
	MOV(T0, p);                         \
	FMLA(q, k, p);                      \
	FMUL(p, t, t)

// func geluErf8NEON(x *float32, n int)
TEXT ·geluErf8NEON(SB), NOSPLIT, $0-16
	MOVD x+0(FP), X_PTR
	MOVD n+8(FP), LEN
	LOAD_EXP_CONSTANTS
	LOAD_TAIL_CONSTANTS

geluerf_8:
	VLD1   (X_PTR), [V(0).S4, V(1).S4]
	TAIL_PRODUCT(0, 2, 4, 6, 8)
	TAIL_PRODUCT(1, 3, 5, 7, 9)
	VLD1   (X_PTR), [V(2).S4, V(3).S4]     // x[0:8] = max(x[0:8], 0) - product
	ZERO(4)
	FMAX(4, 2, 2)
	FMAX(4, 3, 3)
	FSUB(0, 2, 0)
	FSUB(1, 3, 1)
	VST1.P [V(0).S4, V(1).S4], 32(X_PTR)   // x = x[8:]
	SUBS   $8, LEN
	BNE    geluerf_8
	RET
