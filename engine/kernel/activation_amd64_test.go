//go:build amd64 && !purego

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What is computed number by number, and the sum of a softmax, has the same
// bits whatever the width of the vectors is.
func TestWidthOfVectorsChangesNoBit(t *testing.T) {
	avx2 := implementations[min(1, len(implementations)-1)]
	for _, k := range implementations[1:] {
		random := rand.New(rand.NewPCG(9, 10))
		for _, n := range sizes() {
			x := normal(random, n)
			for i := range x {
				x[i] *= float32(math.Exp2(float64(random.IntN(12) - 3))) // as far as the exponential overflows
			}
			if n > 40 {
				x[3], x[20], x[39] = 0, float32(math.Inf(1)), float32(math.Inf(-1))
			}
			for name, f := range map[string]func(k *implementation, x []float32){
				"gelu": func(k *implementation, x []float32) { k.gelu(x) },
				"expSum": func(k *implementation, x []float32) {
					x[0] = k.expSum(x[1:], 1)
				},
			} {
				if n == 0 {
					continue
				}
				got, want := append([]float32(nil), x...), append([]float32(nil), x...)
				f(&k, got)
				f(&avx2, want)
				for i := range got {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) && !(got[i] != got[i] && want[i] != want[i]) {
						t.Fatalf("%s, %s of %d numbers: number %d is %g from %g, want %g", k.name, name, n, i, got[i], x[i], want[i])
					}
				}
			}
		}
	}
}
