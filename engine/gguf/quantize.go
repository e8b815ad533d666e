package gguf

import (
	"encoding/binary"
	"fmt"
	"math"

	"inkling/engine/dtype"
	"inkling/engine/kernel"
)

// The functions below compute what quantize_row_*_ref of ggml's ggml-quants.c compute, to the bit: the same operations in
// the same order, each rounded to float32. The values are whole blocks; the blocks are appended to dst. A value that the
// type cannot hold is an error.

func encodeF32(dst []byte, values []float32) ([]byte, error) {
	return dtype.AppendF32(dst, values), nil
}

func encodeF16(dst []byte, values []float32) ([]byte, error) {
	begin := len(dst)
	dst = dtype.AppendF16(dst, values)
	for i, x := range values {
		if !finite(float(dst[begin+2*i:])) && finite(x) {
			return nil, fmt.Errorf("value %g, but F16 holds at most %d; store the tensor as F32", x, dtype.MaxHalf)
		}
	}
	return dst, nil
}

// encodeQ8_0: the scale is the largest magnitude / 127.
func encodeQ8_0(dst []byte, values []float32) ([]byte, error) {
	for ; len(values) > 0; values = values[32:] {
		x := (*[32]float32)(values)
		extreme, err := largest(x)
		if err != nil {
			return nil, err
		}
		d := abs(extreme) / 127
		if dst, err = appendScale(dst, d); err != nil {
			return nil, err
		}
		inverse := invert(d)
		for _, v := range x {
			dst = append(dst, byte(int8(math.Round(float64(v*inverse))))) // halves away from zero, as roundf
		}
	}
	return dst, nil
}

// encodeQ4_0: the scale is the number of the largest magnitude, with its sign, / -8.
func encodeQ4_0(dst []byte, values []float32) ([]byte, error) {
	for ; len(values) > 0; values = values[32:] {
		x := (*[32]float32)(values)
		extreme, err := largest(x)
		if err != nil {
			return nil, err
		}
		d := extreme / -8
		if dst, err = appendScale(dst, d); err != nil {
			return nil, err
		}
		inverse := invert(d)
		for i := range 16 {
			dst = append(dst, nibble(x[i], inverse)|nibble(x[i+16], inverse)<<4)
		}
	}
	return dst, nil
}

func nibble(x, inverse float32) byte {
	if inverse == 0 {
		return 8
	}
	return byte(min(15, int8(float32(x*inverse)+8.5)))
}

// largest returns the number of the largest magnitude, the first of several.
func largest(x *[32]float32) (float32, error) {
	var extreme float32
	for _, v := range x {
		if !finite(v) {
			return 0, fmt.Errorf("value %g, expected finite numbers; the weights are damaged", v)
		}
		if abs(v) > abs(extreme) {
			extreme = v
		}
	}
	return extreme, nil
}

// invert returns 1/d, and 0 where d is 0 or so small that 1/d is infinite: as a binary16 it is 0 in either case.
func invert(d float32) float32 {
	if inverse := 1 / d; finite(inverse) {
		return inverse
	}
	return 0
}

func appendScale(dst []byte, d float32) ([]byte, error) {
	half := kernel.ToHalf(d)
	if !finite(kernel.FromHalf(half)) {
		return nil, fmt.Errorf("a block with the scale %g, but blocks hold at most %d; store the tensor as F32", d, dtype.MaxHalf)
	}
	return binary.LittleEndian.AppendUint16(dst, half), nil
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func finite(x float32) bool { return x-x == 0 }
