package weights

import (
	"encoding/binary"
	"math"
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

func decodeF32(dst []float32, src []byte) {
	src = src[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = halfToFloat32(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

// decodeBF16: a bfloat16 is the upper half of a float32.
func decodeBF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}

// halfToFloat32 widens an IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction
// bits. Every value has an equal float32. With the fields moved to their places in a float32 (bias
// 127) the number is 2^(127-15) times too small, subnormal ones included, so that one exact
// multiplication puts all finite values right. Infinity and NaN have come out as 2^16 or more and
// need the largest exponent.
func halfToFloat32(half uint16) float32 {
	sign := uint32(half&0x8000) << 16
	bits := math.Float32bits(math.Float32frombits(uint32(half&0x7fff)<<13) * 0x1p112)
	if bits >= (127+16)<<23 {
		bits |= 0xff << 23
	}
	return math.Float32frombits(sign | bits)
}
