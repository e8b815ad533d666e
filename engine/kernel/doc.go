// Package kernel is the arithmetic under a GPT-2: matrices in several formats
// and their products with blocks of activations, attention over a key/value
// cache, layer normalisation, softmax, GELU and other activations, and a pool of
// goroutines to split them over.
//
// The generic Go of each operation is its specification. Beside it stands
// assembly, chosen once when the program starts: for amd64 with AVX2, FMA and
// F16C, for amd64 with AVX-VNNI beside these, for amd64 with AVX-512 and VNNI, for
// arm64 with NEON, and for arm64 with the dot product instructions as well. The
// build tag purego leaves it out, and the environment variable INKLING_KERNEL
// forces one of them by name (see [Level]).
//
// Results depend on the instruction set in use, never on how the work was
// split: each output of [Linear] and of [Attention] is one sum in one order,
// whatever the number of positions, the row range or the number of threads. The
// generic code rounds every product, so that no compiler fuses it into the sum
// that follows, and gives the same bits on every architecture.
//
// Slices of the wrong length are mistakes of the program and panic.
package kernel
