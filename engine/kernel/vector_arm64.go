//go:build arm64 && !purego

package kernel

// The kernels take numbers in eights, at least one eight. NEON has no masked
// loads: what is left over goes to the generic code or through an eight on the
// stack.

func addNEON(y, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		_ = y[n-1]
		add8NEON(&y[0], &x[0], n)
	}
	addGeneric(y[n:], x[n:])
}

// for i := range n { y[i] += x[i] }
//
//go:noescape
func add8NEON(y, x *float32, n int)

func multiplyNEON(y, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		_ = y[n-1]
		multiply8NEON(&y[0], &x[0], n)
	}
	multiplyGeneric(y[n:], x[n:])
}

// for i := range n { y[i] *= x[i] }
//
//go:noescape
func multiply8NEON(y, x *float32, n int)

func maximumNEON(x []float32) float32 {
	n := len(x) &^ 7
	highest := maximumGeneric(x[n:])
	if n > 0 {
		highest = max(highest, maximum8NEON(&x[0], n))
	}
	return highest
}

// The largest of n numbers as maximumGeneric has it.
//
//go:noescape
func maximum8NEON(x *float32, n int) float32
