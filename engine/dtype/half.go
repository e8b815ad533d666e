package dtype

import "math"

// MaxHalf is the largest number that a binary16 holds.
const MaxHalf = 65504

// FromHalf widens an IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits.
// Every value has an equal float32. With the fields moved to their places in a float32 (bias 127)
// the number is 2^(127-15) times too small, subnormal ones included, so that one exact
// multiplication puts all finite values right. Infinity and NaN have come out as 2^16 or more and
// need the largest exponent.
func FromHalf(half uint16) float32 {
	sign := uint32(half&0x8000) << 16
	bits := math.Float32bits(math.Float32frombits(uint32(half&0x7fff)<<13) * 0x1p112)
	if bits >= (127+16)<<23 {
		bits |= 0xff << 23
	}
	return math.Float32frombits(sign | bits)
}

// Half rounds to the nearest binary16, to the even one of two as near. What is beyond MaxHalf by
// half a step or more becomes infinite, a NaN the quiet one.
func Half(x float32) uint16 {
	const (
		infinity  = 0x7c00
		quiet     = 0x7e00
		tooLarge  = (127 + 16) << 23 // 2^16, as the bits of a float32
		smallest  = (127 - 14) << 23 // 2^-14, the smallest normal binary16
		halfUnits = 0.5              // a float32 from 0.5 to 1 counts in steps of 2^-24, as subnormal binary16 do
	)
	bits := math.Float32bits(x)
	sign, magnitude := uint16(bits>>16&0x8000), bits&0x7fffffff
	switch {
	case magnitude > 0xff<<23:
		return sign | quiet
	case magnitude >= tooLarge:
		return sign | infinity
	case magnitude < smallest:
		steps := math.Float32bits(math.Float32frombits(magnitude)+halfUnits) - math.Float32bits(halfUnits)
		return sign | uint16(steps)
	}
	// 13 bits of the fraction go. Just under half of the last bit that stays is added, or just half where that bit is set;
	// a carry runs into the exponent, as it should.
	magnitude += 1<<12 - 1 + magnitude>>13&1
	return sign | uint16((magnitude-(127-15)<<23)>>13)
}
