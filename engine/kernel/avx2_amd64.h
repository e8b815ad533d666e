// What the AVX2 kernels share. Lengths count float32 values.

// TAIL_MASK sets mask to select the first n lanes, 0 < n < 8. Masked loads
// give 0 in the other lanes and touch no memory there.
#define TAIL_MASK(n, scratch, mask) \
	LEAQ    ·masks+32(SB), scratch; \
	NEGQ    n;                      \
	VMOVDQU (scratch)(n*4), mask;   \
	NEGQ    n

// SUM_LANES leaves the sum of the eight lanes of y (whose low half is x) in
// the lowest lane of x.
#define SUM_LANES(y, x, scratch) \
	VEXTRACTF128 $1, y, scratch;   \
	VADDPS       scratch, x, x;    \
	VMOVHLPS     x, x, scratch;    \
	VADDPS       scratch, x, x;    \
	VMOVSHDUP    x, scratch;       \
	VADDSS       scratch, x, x
