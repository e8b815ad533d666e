//go:build amd64 && !purego

package kernel

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// Where the processor has no AVX-VNNI but the same dot product in AVX-512, all
// tests run the kernels with that encoding of it.
func init() {
	x := &cpu.X86
	if x.HasAVXVNNI || !x.HasAVX512VL || !x.HasAVX512VNNI {
		return
	}
	evex := tileSet{
		F32: tilesAVX2[F32],
		F16: tilesAVX2[F16],
		Q8:  {q8x1EVEX, q8x2EVEX, q8x4EVEX},
		Q4:  {q4x1EVEX, q4x2EVEX, q4x4EVEX},
	}
	for i, k := range implementations {
		if k.name == "avx2" {
			k.name = "avxvnni-evex"
			k.linear, k.panels = evex.linear, evex.panels
			k.chainInteger = chainIntegerEVEX
			implementations = slices.Insert(implementations, i+1, k)
			return
		}
	}
}
