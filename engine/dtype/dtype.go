// Package dtype converts between float32 and the plain types of number that model files store,
// little-endian. Types go by the names of the safetensors format: "F16", "BF16", "I64".
package dtype

import (
	"encoding/binary"
	"math"

	"inkling/engine/kernel"
)

// MaxHalf is the largest number that F16 holds.
const MaxHalf = 65504

// Size returns the bytes of one element of a type, 0 when the type is unknown.
func Size(name string) int64 {
	switch name {
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

// Decoder returns the conversion from elements of the type to float32, nil when there is none. It
// takes len(dst) elements from src. F64 is rounded; the others keep their values.
func Decoder(name string) func(dst []float32, src []byte) {
	switch name {
	case "F64":
		return decodeF64
	case "F32":
		return decodeF32
	case "F16":
		return decodeF16
	case "BF16":
		return decodeBF16
	}
	return nil
}

// The decoders go forward, so that src may be the end of the memory of dst, but for F64.

func decodeF64(dst []float32, src []byte) {
	src = src[:8*len(dst)]
	for i := range dst {
		dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
	}
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

// AppendF32 appends the elements, 4 bytes each.
func AppendF32(dst []byte, values []float32) []byte {
	for _, x := range values {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(x))
	}
	return dst
}

// AppendF16 appends the elements, 2 bytes each, rounded to the nearest, to the even one of two as near; what is beyond
// MaxHalf by half a step or more becomes infinite.
func AppendF16(dst []byte, values []float32) []byte {
	for _, x := range values {
		dst = binary.LittleEndian.AppendUint16(dst, kernel.ToHalf(x))
	}
	return dst
}
