package weights

import (
	"encoding/binary"
	"math"

	"inkling/engine/kernel"
)

// elementSize returns the bytes of one element of a safetensors type, 0 when the type is unknown.
func elementSize(dtype string) int64 {
	switch dtype {
	case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0":
		return 1
	case "U16", "I16", "F16", "BF16":
		return 2
	case "U32", "I32", "F32":
		return 4
	case "U64", "I64", "F64", "C64":
		return 8
	}
	return 0
}

// decoder returns the conversion from little-endian elements of the type to float32, nil when
// there is none. It takes len(dst) elements from src.
func decoder(dtype string) func(dst []float32, src []byte) {
	switch dtype {
	case "F32":
		return decodeF32
	case "F16":
		return decodeF16
	case "BF16":
		return decodeBF16
	}
	return nil
}

// The decoders go forward, and src may be the end of the memory of dst.

func decodeF32(dst []float32, src []byte) {
	src = src[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = kernel.FromHalf(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

// decodeBF16: a bfloat16 is the upper half of a float32.
func decodeBF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}
