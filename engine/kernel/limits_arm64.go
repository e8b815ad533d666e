//go:build arm64 && !purego

package kernel

// Sums the 64-bit words of memory, whose length is a multiple of 64, with
// loads of 64 bytes. Like the kernels it reads one stream.
//
//go:noescape
func readNEON(memory []byte) uint64

// 16 chains of four lanes, one fused multiplication and addition each.
func chainFMANEON(steps int) int

// 16 chains of four lanes, into which the instructions of the Q8 and Q4 kernels
// sum four products each.
func chainIntegerNEON(steps int) int

// 16 chains of four lanes, into which SDOT sums four products each.
func chainIntegerDotprod(steps int) int
