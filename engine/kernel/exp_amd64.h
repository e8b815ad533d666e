// Constants of e^x and GELU, for the kernels of each width of vectors.

DATA expHighest<>+0(SB)/4, $89.0            // e^x is +Inf from here on
GLOBL expHighest<>(SB), RODATA|NOPTR, $4
DATA expLowest<>+0(SB)/4, $-104.0           // e^x is 0 below
GLOBL expLowest<>(SB), RODATA|NOPTR, $4
DATA log2E<>+0(SB)/4, $1.44269504088896341
GLOBL log2E<>(SB), RODATA|NOPTR, $4
DATA ln2High<>+0(SB)/4, $0.693359375        // ln 2 = ln2High + ln2Low; k*ln2High is exact
GLOBL ln2High<>(SB), RODATA|NOPTR, $4
DATA ln2Low<>+0(SB)/4, $-2.12194440054690583e-4
GLOBL ln2Low<>(SB), RODATA|NOPTR, $4

// e^r = 1 + r + r²(exp2 + exp3 r + ... + exp7 r⁵) for |r| ≤ ln 2 / 2: the
// polynomial of expf in the Cephes library, https://www.netlib.org/cephes/
DATA exp2<>+0(SB)/4, $5.0000001201e-1
GLOBL exp2<>(SB), RODATA|NOPTR, $4
DATA exp3<>+0(SB)/4, $1.6666665459e-1
GLOBL exp3<>(SB), RODATA|NOPTR, $4
DATA exp4<>+0(SB)/4, $4.1665795894e-2
GLOBL exp4<>(SB), RODATA|NOPTR, $4
DATA exp5<>+0(SB)/4, $8.3334519073e-3
GLOBL exp5<>(SB), RODATA|NOPTR, $4
DATA exp6<>+0(SB)/4, $1.3981999507e-3
GLOBL exp6<>(SB), RODATA|NOPTR, $4
DATA exp7<>+0(SB)/4, $1.9875691500e-4
GLOBL exp7<>(SB), RODATA|NOPTR, $4
DATA one<>+0(SB)/4, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $4

DATA geluLinear<>+0(SB)/4, $-1.5957691216057308  // -2·√(2/π)
GLOBL geluLinear<>(SB), RODATA|NOPTR, $4
DATA geluCubic<>+0(SB)/4, $-0.0713548162726002   // -2·√(2/π)·0.044715
GLOBL geluCubic<>(SB), RODATA|NOPTR, $4
