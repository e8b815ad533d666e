// Package kernel is the float32 arithmetic under a GPT-2: matrix products, dot
// products, layer normalisation, softmax and GELU on rows of plain slices, and
// a pool of goroutines to split them over.
//
// The generic Go of each operation is its specification. Beside it stands
// assembly for amd64 with AVX2 and FMA, chosen once when the program starts;
// the build tag purego leaves it out. Matrices are row-major.
//
// Results depend on the instruction set in use (see [Level]), never on how the
// work was split: each output of [Linear] is one sum in one order, whatever the
// number of positions, the row range or the number of threads. The generic code
// rounds every product, so that no compiler fuses it into the sum that follows,
// and gives the same bits on every architecture.
//
// Slices of the wrong length are mistakes of the program and panic.
package kernel
