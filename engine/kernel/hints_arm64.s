//go:build arm64 && !purego

#include "textflag.h"

// YIELD does nothing on processors without several threads to a core, which
// nearly all are. ISB waits until what is under way has ended: it takes about as
// long as PAUSE of amd64.

// func pause(n int)
TEXT ·pause(SB), NOSPLIT, $0-8
	MOVD n+0(FP), R0

again:
	ISB  $15
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
