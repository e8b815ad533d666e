//go:build amd64 && !purego

package kernel

// for i := range x { y[i] += x[i] }
//
//go:noescape
func addAVX2(y, x []float32)

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

func toHalfAVX2(half []uint16, x []float32) {
	n := len(x) &^ 7
	if n > 0 {
		_ = half[n-1]
		toHalf8AVX2(&half[0], &x[0], n)
	}
	toHalfGeneric(half[n:], x[n:])
}

// for i := range n { half[i] = ToHalf(x[i]) }, for a positive multiple of 8.
//
//go:noescape
func toHalf8AVX2(half *uint16, x *float32, n int)
