//go:build arm64 && !purego

#include "textflag.h"
#include "neon_arm64.h"

#define MEMORY R0
#define LEN R1
#define STEPS R2
#define SUM R3

// func readNEON(memory []byte) uint64
TEXT ·readNEON(SB), NOSPLIT, $0-32
	MOVD memory_base+0(FP), MEMORY
	MOVD memory_len+8(FP), LEN
	ZERO(0)
	ZERO(1)
	ZERO(2)
	ZERO(3)
	SUBS $256, LEN
	BLT  read_rest
	PCALIGN $32

read_256:
	VLD1.P 64(MEMORY), [V16.D2, V17.D2, V18.D2, V19.D2]
	VLD1.P 64(MEMORY), [V20.D2, V21.D2, V22.D2, V23.D2]
	VLD1.P 64(MEMORY), [V24.D2, V25.D2, V26.D2, V27.D2]
	VLD1.P 64(MEMORY), [V28.D2, V29.D2, V30.D2, V31.D2]
	VADD   V16.D2, V0.D2, V0.D2
	VADD   V17.D2, V1.D2, V1.D2
	VADD   V18.D2, V2.D2, V2.D2
	VADD   V19.D2, V3.D2, V3.D2
	VADD   V20.D2, V0.D2, V0.D2
	VADD   V21.D2, V1.D2, V1.D2
	VADD   V22.D2, V2.D2, V2.D2
	VADD   V23.D2, V3.D2, V3.D2
	VADD   V24.D2, V0.D2, V0.D2
	VADD   V25.D2, V1.D2, V1.D2
	VADD   V26.D2, V2.D2, V2.D2
	VADD   V27.D2, V3.D2, V3.D2
	VADD   V28.D2, V0.D2, V0.D2
	VADD   V29.D2, V1.D2, V1.D2
	VADD   V30.D2, V2.D2, V2.D2
	VADD   V31.D2, V3.D2, V3.D2
	SUBS   $256, LEN
	BGE    read_256

read_rest:
	ADDS $256, LEN
	BEQ  read_done

read_64:
	VLD1.P 64(MEMORY), [V16.D2, V17.D2, V18.D2, V19.D2]
	VADD   V16.D2, V0.D2, V0.D2
	VADD   V17.D2, V1.D2, V1.D2
	VADD   V18.D2, V2.D2, V2.D2
	VADD   V19.D2, V3.D2, V3.D2
	SUBS   $64, LEN
	BNE    read_64

read_done:
	VADD V1.D2, V0.D2, V0.D2
	VADD V3.D2, V2.D2, V2.D2
	VADD V2.D2, V0.D2, V0.D2
	VMOV V0.D[0], SUM
	VMOV V0.D[1], LEN
	ADD  LEN, SUM
	MOVD SUM, ret+24(FP)
	RET

// The chains' accumulators are V0..V15. That many keep four units busy whose
// results take four cycles.
#define EACH8(F) \
	F(0); F(1); F(2); F(3); F(4); F(5); F(6); F(7)
#define EACH16(F) \
	EACH8(F); F(8); F(9); F(10); F(11); F(12); F(13); F(14); F(15)

#define ONES 31

// SUM_LANES leaves the sum of all lanes in V16 and SUM.
#define ADD_TO_SUM(r) ADD32(r, 16, 16)
#define SUM_LANES \
	ZERO(16);           \
	EACH16(ADD_TO_SUM); \
	ADDV32(16, 16);     \
	FMOVS F16, SUM;     \
	MOVWU SUM, SUM

// The sums of float32 lanes are whole numbers below 2^24.
#define TO_INT(r) FCVTNS(r, r)

#define ADD_PRODUCTS(r) FMLA(ONES, ONES, r)

// func chainFMANEON(steps int) int
TEXT ·chainFMANEON(SB), NOSPLIT, $0-16
	MOVD steps+0(FP), STEPS
	FMOVS $1.0, F31
	DUP32(0, ONES, ONES)
	EACH16(ZERO)
	PCALIGN $32

fma:
	EACH16(ADD_PRODUCTS)
	SUBS $1, STEPS
	BNE  fma
	EACH16(TO_INT)
	SUM_LANES
	MOVD SUM, ret+8(FP)
	RET

// The 16-bit products are in V16..V23. They are those of eight chains, so that a
// processor which executes in order need not wait for them.
#define MULTIPLY(r) SMULL(ONES, ONES, (16+r))
#define MULTIPLY_ADD(r) SMLAL(ONES, ONES, (16+r))
#define ADD_PAIRS(r) SADALP((16+r), r)
#define ADD_PAIRS_8(r) SADALP((16+r), (8+r))

// func chainIntegerNEON(steps int) int
TEXT ·chainIntegerNEON(SB), NOSPLIT, $0-16
	MOVD steps+0(FP), STEPS
	FILL8(1, ONES)
	EACH16(ZERO)
	PCALIGN $32

integer_neon:
	EACH8(MULTIPLY)
	EACH8(MULTIPLY_ADD)
	EACH8(ADD_PAIRS)
	EACH8(MULTIPLY)
	EACH8(MULTIPLY_ADD)
	EACH8(ADD_PAIRS_8)
	SUBS $1, STEPS
	BNE  integer_neon
	SUM_LANES
	MOVD SUM, ret+8(FP)
	RET

#define ADD_DOTS(r) SDOT_LANE(ONES, 0, ONES, r)

// func chainIntegerDotprod(steps int) int
TEXT ·chainIntegerDotprod(SB), NOSPLIT, $0-16
	MOVD steps+0(FP), STEPS
	FILL8(1, ONES)
	EACH16(ZERO)
	PCALIGN $32

integer_dotprod:
	EACH16(ADD_DOTS)
	SUBS $1, STEPS
	BNE  integer_dotprod
	SUM_LANES
	MOVD SUM, ret+8(FP)
	RET
