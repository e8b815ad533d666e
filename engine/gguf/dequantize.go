package gguf

import (
	"encoding/binary"

	"inkling/engine/dtype"
	"inkling/engine/kernel"
)

// The functions below compute what dequantize_row_* of ggml's ggml-quants.c compute, to the bit: the same operations in
// the same order, each rounded to float32. The conversions float32(...) around products keep a compiler from fusing them
// with the addition that follows. len(dst) is a multiple of the type's block, src holds as many blocks.

var (
	decodeF32  = dtype.Decoder("F32")
	decodeF16  = dtype.Decoder("F16")
	decodeBF16 = dtype.Decoder("BF16")
)

// float reads a binary16.
func float(src []byte) float32 { return kernel.FromHalf(binary.LittleEndian.Uint16(src)) }

// decodeQ8_0: scale d, 32 signed bytes q; d*q.
func decodeQ8_0(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[34:] {
		y, q := (*[32]float32)(dst), (*[32]byte)(src[2:])
		d := float(src)
		for i := range y {
			y[i] = float32(int8(q[i])) * d
		}
	}
}

// decodeQ4_0: scale d, 32 nibbles q, the low ones of 16 bytes first; d*(q-8).
func decodeQ4_0(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[18:] {
		y, q := (*[32]float32)(dst), (*[16]byte)(src[2:])
		d := float(src)
		for i, b := range q {
			y[i] = float32(int(b&15)-8) * d
			y[i+16] = float32(int(b>>4)-8) * d
		}
	}
}

// decodeQ4_1: scale d, minimum m, 32 nibbles q; d*q + m.
func decodeQ4_1(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[20:] {
		y, q := (*[32]float32)(dst), (*[16]byte)(src[4:])
		d, m := float(src), float(src[2:])
		for i, b := range q {
			y[i] = float32(float32(b&15)*d) + m
			y[i+16] = float32(float32(b>>4)*d) + m
		}
	}
}

// decodeQ5_0: scale d, 32 high bits, 32 nibbles; d*(q-16).
func decodeQ5_0(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[22:] {
		y, q := (*[32]float32)(dst), (*[16]byte)(src[6:])
		d, high := float(src), binary.LittleEndian.Uint32(src[2:])
		for i, b := range q {
			y[i] = float32(int(fifth(high, i)|b&15)-16) * d
			y[i+16] = float32(int(fifth(high, i+16)|b>>4)-16) * d
		}
	}
}

// decodeQ5_1: scale d, minimum m, 32 high bits, 32 nibbles; d*q + m.
func decodeQ5_1(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[24:] {
		y, q := (*[32]float32)(dst), (*[16]byte)(src[8:])
		d, m, high := float(src), float(src[2:]), binary.LittleEndian.Uint32(src[4:])
		for i, b := range q {
			y[i] = float32(float32(fifth(high, i)|b&15)*d) + m
			y[i+16] = float32(float32(fifth(high, i+16)|b>>4)*d) + m
		}
	}
}

// fifth is bit i of high as the fifth bit of a number.
func fifth(high uint32, i int) byte { return byte(high>>i&1) << 4 }

// nonlinear are the values that the 16 nibbles of IQ4_NL stand for.
var nonlinear = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// decodeIQ4_NL: scale d, 32 nibbles that choose a value each.
func decodeIQ4_NL(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[32:], src[18:] {
		y, q := (*[32]float32)(dst), (*[16]byte)(src[2:])
		d := float(src)
		for i, b := range q {
			y[i] = d * nonlinear[b&15]
			y[i+16] = d * nonlinear[b>>4]
		}
	}
}

// The K types have blocks of 256 elements, in groups that have a scale each; the scales are quantised themselves.

// decodeQ2_K: 16 bytes, each a scale and a minimum of 4 bits for 16 elements; 256 quarters of bytes q; the scale d of
// the scales, the scale m of the minima.
func decodeQ2_K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[256:], src[84:] {
		scales, q := (*[16]byte)(src), src[16:80]
		d, m := float(src[80:]), float(src[82:])
		for group, scale := range scales {
			// Groups 0 and 1 are the lowest bits of bytes 0 to 31, groups 2 and 3 the next ones, and so on to group 7;
			// the others are in the same way in bytes 32 to 63.
			bytes := (*[16]byte)(q[group/8*32+group%2*16:])
			shift := group % 8 / 2 * 2
			y := (*[16]float32)(dst[16*group:])
			dl, ml := d*float32(scale&15), float32(m*float32(scale>>4))
			for i, b := range bytes {
				y[i] = float32(dl*float32(b>>shift&3)) - ml
			}
		}
	}
}

// decodeQ3_K: 256 high bits, 256 quarters of bytes, 16 scales of 6 bits in 12 bytes, the scale d of the scales.
func decodeQ3_K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[256:], src[110:] {
		high, q, packed := (*[32]byte)(src), src[32:96], (*[12]byte)(src[96:])
		d := float(src[108:])
		for group := range 16 {
			// The low 4 bits of scales 0 to 7 are the low nibbles of bytes 0 to 7, those of 8 to 15 the high ones; the
			// upper 2 bits of scale g are in byte 8 + g%4.
			scale := packed[group%8] >> (group / 8 * 4) & 15
			scale |= packed[8+group%4] >> (group / 4 * 2) & 3 << 4
			dl := d * float32(int(scale)-32)
			// The quarters are as in Q2_K; the high bit of the elements 32*n to 32*n+31 is bit n of bytes 0 to 31.
			at := group % 2 * 16
			bytes, highs := (*[16]byte)(q[group/8*32+at:]), (*[16]byte)(high[at:])
			shift, bit := group%8/2*2, group/2
			y := (*[16]float32)(dst[16*group:])
			for i, b := range bytes {
				x := int(b >> shift & 3)
				if highs[i]>>bit&1 == 0 {
					x -= 4
				}
				y[i] = dl * float32(x)
			}
		}
	}
}

// scaleAndMinimum unpacks one of 8 scales and one of 8 minima, of 6 bits each, from the 12 bytes of Q4_K and Q5_K.
func scaleAndMinimum(packed *[12]byte, group int) (scale, minimum float32) {
	if group < 4 {
		return float32(packed[group] & 63), float32(packed[group+4] & 63)
	}
	last := packed[group+4]
	return float32(last&15 | packed[group-4]>>6<<4), float32(last>>4 | packed[group]>>6<<4)
}

// decodeQ4_K: the scale d of the scales, the scale m of the minima, 12 bytes of scales and minima for 32 elements each,
// 256 nibbles.
func decodeQ4_K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[256:], src[144:] {
		d, m := float(src), float(src[2:])
		packed, q := (*[12]byte)(src[4:]), src[16:144]
		for group := range 8 {
			scale, minimum := scaleAndMinimum(packed, group)
			dl, ml := d*scale, float32(m*minimum)
			// Two groups share 32 bytes: the low nibbles, the high nibbles.
			bytes, shift := (*[32]byte)(q[group/2*32:]), group%2*4
			y := (*[32]float32)(dst[32*group:])
			for i, b := range bytes {
				y[i] = float32(dl*float32(b>>shift&15)) - ml
			}
		}
	}
}

// decodeQ5_K: as Q4_K, with 256 high bits before the nibbles: bit n of 32 bytes for group n.
func decodeQ5_K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[256:], src[176:] {
		d, m := float(src), float(src[2:])
		packed, high, q := (*[12]byte)(src[4:]), (*[32]byte)(src[16:]), src[48:176]
		for group := range 8 {
			scale, minimum := scaleAndMinimum(packed, group)
			dl, ml := d*scale, float32(m*minimum)
			bytes, shift := (*[32]byte)(q[group/2*32:]), group%2*4
			y := (*[32]float32)(dst[32*group:])
			for i, b := range bytes {
				x := b>>shift&15 | high[i]>>group&1<<4
				y[i] = float32(dl*float32(x)) - ml
			}
		}
	}
}

// decodeQ6_K: 256 nibbles, 256 quarters of bytes above them, 16 signed bytes that are the scales of 16 elements each,
// the scale d of the scales.
func decodeQ6_K(dst []float32, src []byte) {
	for ; len(dst) > 0; dst, src = dst[256:], src[210:] {
		low, high, scales := src[:128], src[128:192], (*[16]byte)(src[192:])
		d := float(src[208:])
		for group, scale := range scales {
			// In either half of the block, groups 0 to 3 are the low nibbles of 64 bytes and groups 4 to 7 the high
			// ones; the quarters above them are those of 32 bytes, two groups for each position in the byte.
			part, within := group/8, group%8
			lows := (*[16]byte)(low[part*64+within%4*16:])
			highs := (*[16]byte)(high[part*32+within%2*16:])
			shift, above := within/4*4, within/2*2
			y := (*[16]float32)(dst[16*group:])
			dl := d * float32(int8(scale))
			for i := range y {
				x := int(lows[i]>>shift&15|highs[i]>>above&3<<4) - 32
				y[i] = dl * float32(x)
			}
		}
	}
}
