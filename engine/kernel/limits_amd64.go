//go:build amd64 && !purego

package kernel

// Sums the 64-bit words of memory, whose length is a multiple of 64, with
// loads of 32 bytes. Like the kernels it reads one stream.
//
//go:noescape
func readAVX2(memory []byte) uint64

// 12 chains of 8 lanes, one fused multiplication and addition each.
func chainFMAAVX2(steps int) int

// 12 chains of 8 lanes, into which the instructions of the Q8 and Q4 kernels
// sum four products each.
func chainIntegerAVX2(steps int) int

// 12 chains of 8 lanes, into which VPDPBUSD sums four products each, as AVX-VNNI
// encodes it and, for the tests, as AVX-512 does.
func chainIntegerAVXVNNI(steps int) int
func chainIntegerEVEX(steps int) int

// 12 chains of 16 lanes, one fused multiplication and addition each.
func chainFMAAVX512(steps int) int

// 12 chains of 16 lanes, into which VPDPBUSD sums four products each.
func chainIntegerAVX512(steps int) int
