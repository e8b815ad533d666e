//go:build arm64 && !purego

#include "textflag.h"

// func pause(n int)
TEXT ·pause(SB), NOSPLIT, $0-8
	MOVD n+0(FP), R0

again:
	YIELD
	SUBS $1, R0
	BNE  again
	RET

// func prefetch(p unsafe.Pointer, stride, n int)
TEXT ·prefetch(SB), NOSPLIT, $0-24
	MOVD p+0(FP), R0
	MOVD stride+8(FP), R1
	MOVD n+16(FP), R2

line:
	PRFM (R0), PLDL1KEEP
	ADD  R1, R0
	SUBS $1, R2
	BNE  line
	RET
