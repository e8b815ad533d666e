//go:build amd64 && !purego

package kernel

// The functions named 8 do what their generic ones do, with n numbers, a
// positive multiple of 8; the rest is done by these.

//go:noescape
func roundSum8AVX2(w *float32, n int) float64

//go:noescape
func above8AVX2(x, w *float32, n int, bound float32) (count int, mass float64)

//go:noescape
func count8AVX2(x *float32, n int, bound float32) int

//go:noescape
func indices8AVX2(to *int32, x *float32, n int, low, high float32, base int32) int

//go:noescape
func keep8AVX2(x, key *float32, n int, bound, other float32)

//go:noescape
func scale8AVX2(x *float32, n int, shift, factor float64)

//go:noescape
func moment8AVX2(w, x *float32, n int, shift float64) float64

//go:noescape
func nearness8AVX2(y, x *float32, n int, mean float64)

func roundSumAVX2(w []float32) float64 {
	n := len(w) &^ 7
	sum := roundSumGeneric(w[n:])
	if n > 0 {
		sum += roundSum8AVX2(&w[0], n)
	}
	return sum
}

func aboveAVX2(x, w []float32, bound float32) (count int, mass float64) {
	n := len(x) &^ 7
	count, mass = aboveGeneric(x[n:], w[n:], bound)
	if n > 0 {
		c, m := above8AVX2(&x[0], &w[0], n, bound)
		count, mass = count+c, mass+m
	}
	return count, mass
}

func countAVX2(x []float32, bound float32) int {
	n := len(x) &^ 7
	count := countGeneric(x[n:], bound)
	if n > 0 {
		count += count8AVX2(&x[0], n, bound)
	}
	return count
}

func indicesAVX2(to []int32, x []float32, low, high float32, base int32) int {
	n := len(x) &^ 7
	found := 0
	if n > 0 {
		found = indices8AVX2(&to[0], &x[0], n, low, high, base)
	}
	return found + indicesGeneric(to[found:], x[n:], low, high, base+int32(n))
}

func keepAVX2(x, key []float32, bound, other float32) {
	n := len(x) &^ 7
	if n > 0 {
		keep8AVX2(&x[0], &key[0], n, bound, other)
	}
	keepGeneric(x[n:], key[n:], bound, other)
}

func scaleAVX2(x []float32, shift, factor float64) {
	n := len(x) &^ 7
	if n > 0 {
		scale8AVX2(&x[0], n, shift, factor)
	}
	scaleGeneric(x[n:], shift, factor)
}

func momentAVX2(w, x []float32, shift float64) float64 {
	n := len(x) &^ 7
	sum := momentGeneric(w[n:], x[n:], shift)
	if n > 0 {
		sum += moment8AVX2(&w[0], &x[0], n, shift)
	}
	return sum
}

func nearnessAVX2(y, x []float32, mean float64) {
	n := len(x) &^ 7
	if n > 0 {
		nearness8AVX2(&y[0], &x[0], n, mean)
	}
	nearnessGeneric(y[n:], x[n:], mean)
}
