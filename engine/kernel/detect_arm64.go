//go:build arm64 && !purego

package kernel

import "golang.org/x/sys/cpu"

func detect() []implementation {
	// NEON with fused multiply-add and conversions of binary16 is in every ARMv8.
	neon := implementation{
		name:      "neon",
		add:       addNEON,
		multiply:  multiplyNEON,
		maximum:   maximumNEON,
		expSum:    expSumNEON,
		sumExp:    sumExpNEON,
		roundSum:  roundSumGeneric,
		above:     aboveGeneric,
		count:     countGeneric,
		indices:   indicesGeneric,
		keep:      keepGeneric,
		scale:     scaleGeneric,
		moment:    momentGeneric,
		nearness:  nearnessGeneric,
		gelu:      geluNEON,
		geluErf:   geluErfNEON,
		relu:      reluNEON,
		silu:      siluNEON,
		layerNorm: layerNormNEON,
		pack:      packNEON,
		encodeF16: encodeF16Generic,
		encodeQ8:  encodeQ8Generic,
		encodeQ4:  encodeQ4Generic,
		linear:    tilesNEON.linear,
		panels:    tilesNEON.panels,

		read:         readNEON,
		chainFMA:     chainFMANEON,
		chainInteger: chainIntegerNEON,
	}
	if !cpu.ARM64.HasASIMDDP {
		return []implementation{neon}
	}
	dotprod := neon
	dotprod.name = "neon-dotprod"
	dotprod.linear, dotprod.panels = tilesDotprod.linear, tilesDotprod.panels
	dotprod.chainInteger = chainIntegerDotprod
	return []implementation{neon, dotprod}
}
