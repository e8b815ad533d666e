//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

func detect() []implementation {
	// HasFMA is the bare processor bit; HasAVX2 also says that the operating
	// system saves the wide registers.
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return []implementation{{
		name:      "avx2",
		dot:       dotAVX2,
		axpy:      axpyAVX2,
		add:       addAVX2,
		linear:    linearAVX2,
		layerNorm: layerNormAVX2,
		expSum:    expSumAVX2,
		gelu:      geluAVX2,
	}}
}

// masks holds eight lanes of ones, then eight of zeros: the eight words from
// masks[8-n] on select the first n lanes of a vector.
var masks = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}
