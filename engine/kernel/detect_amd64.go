//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

func detect() []implementation {
	// HasFMA and HasF16C are the bare processor bits; HasAVX2 also says that the
	// operating system saves the wide registers.
	x := &cpu.X86
	if !x.HasAVX2 || !x.HasFMA || !x.HasF16C {
		return nil
	}
	avx2 := implementation{
		name:      "avx2",
		add:       addAVX2,
		multiply:  multiplyAVX2,
		maximum:   maximumAVX2,
		expSum:    expSumAVX2,
		sumExp:    sumExpAVX2,
		roundSum:  roundSumAVX2,
		above:     aboveAVX2,
		count:     countAVX2,
		indices:   indicesAVX2,
		keep:      keepAVX2,
		scale:     scaleAVX2,
		moment:    momentAVX2,
		nearness:  nearnessAVX2,
		gelu:      geluAVX2,
		geluErf:   geluErfAVX2,
		relu:      reluAVX2,
		silu:      siluAVX2,
		layerNorm: layerNormAVX2,
		pack:      packAVX2,
		encodeF16: encodeF16AVX2,
		encodeQ8:  encodeQ8AVX2,
		encodeQ4:  encodeQ4AVX2,
		linear:    tilesAVX2.linear,
		panels:    tilesAVX2.panels,

		read:         readAVX2,
		chainFMA:     chainFMAAVX2,
		chainInteger: chainIntegerAVX2,
	}
	list := []implementation{avx2}
	if x.HasAVXVNNI {
		vnni := avx2
		vnni.name = "avxvnni"
		vnni.linear, vnni.panels = tilesAVXVNNI.linear, tilesAVXVNNI.panels
		vnni.chainInteger = chainIntegerAVXVNNI
		list = append(list, vnni)
	}
	if !x.HasAVX512F || !x.HasAVX512BW || !x.HasAVX512DQ || !x.HasAVX512VL || !x.HasAVX512VNNI {
		return list
	}
	// Vectors of 256 bits are enough for the rest.
	avx512 := avx2
	avx512.name = "avx512"
	avx512.expSum, avx512.gelu = expSumAVX512, geluAVX512
	avx512.linear, avx512.panels = tilesAVX512.linear, tilesAVX512.panels
	avx512.chainFMA, avx512.chainInteger = chainFMAAVX512, chainIntegerAVX512
	return append(list, avx512)
}

// masks holds eight lanes of ones, then eight of zeros: the eight words from
// masks[8-n] on select the first n lanes of a vector.
//
//lint:ignore U1000 the assembly reads it
var masks = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}
