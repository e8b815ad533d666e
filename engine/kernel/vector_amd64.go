//go:build amd64 && !purego

package kernel

// for i := range x { y[i] += x[i] }
//
//go:noescape
func addAVX2(y, x []float32)

// for i := range x { y[i] *= x[i] }
//
//go:noescape
func multiplyAVX2(y, x []float32)

func maximumAVX2(x []float32) float32 {
	n := len(x) &^ 7
	highest := maximumGeneric(x[n:])
	if n > 0 {
		highest = max(highest, maximum8AVX2(&x[0], n))
	}
	return highest
}

// The largest of n numbers, a positive multiple of 8, as maximumGeneric has it.
//
//go:noescape
func maximum8AVX2(x *float32, n int) float32
