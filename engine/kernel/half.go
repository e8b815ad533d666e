package kernel

import "math"

// FromHalf widens an IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15),
// 10 fraction bits. Every value has an equal float32.
//
// With the fields moved to their places in a float32 (bias 127) the number is
// 2^(127-15) times too small, subnormal ones included, so that one exact
// multiplication puts all finite values right. Infinity and NaN have come out
// as 2^16 or more and need the largest exponent.
func FromHalf(half uint16) float32 {
	sign := uint32(half&0x8000) << 16
	bits := math.Float32bits(math.Float32frombits(uint32(half&0x7fff)<<13) * 0x1p112)
	if bits >= (127+16)<<23 {
		bits |= 0xff << 23
	}
	return math.Float32frombits(sign | bits)
}

// ToHalf rounds to the nearest binary16, ties to even. What lies beyond its
// range becomes an infinity, and NaN stays NaN.
func ToHalf(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits >> 16 & 0x8000)
	bits &= 0x7fffffff
	switch {
	case bits > 0xff<<23: // NaN: keep it quiet
		return sign | 0x7e00
	case bits >= 0x477ff000: // 65520, halfway from the largest to the next
		return sign | 0x7c00
	case bits < 0x38800000: // below 2^-14: subnormal
		// Adding 0.5 leaves the multiple of 2^-24 in the lowest bits, rounded
		// by the addition.
		sum := math.Float32frombits(bits) + 0.5
		return sign | uint16(math.Float32bits(sum)-math.Float32bits(0.5))
	}
	odd := bits >> 13 & 1
	return sign | uint16((bits-(127-15)<<23+0xfff+odd)>>13)
}
