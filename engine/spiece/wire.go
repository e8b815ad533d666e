package spiece

import (
	"encoding/binary"
	"errors"
	"math"
)

// A message of protocol buffers is fields, each a number with a type and a value
// (https://protobuf.dev/programming-guides/encoding).

// Types of values.
const (
	varint  = 0
	fixed64 = 1
	bytes   = 2
	fixed32 = 5
)

// field is one field of a message. Which of the values it has goes by its type.
type field struct {
	number int
	kind   int
	whole  uint64 // varint, fixed32, fixed64
	data   []byte // bytes; within the message
}

var errDamaged = errors.New("it is no message of protocol buffers")

// fields calls each for every field of a message, in order.
func fields(message []byte, each func(f field) error) error {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 || key>>3 == 0 || key>>3 > 1<<29-1 {
			return errDamaged
		}
		message = message[n:]
		f := field{number: int(key >> 3), kind: int(key & 7)}
		switch f.kind {
		case varint:
			f.whole, n = binary.Uvarint(message)
			if n <= 0 {
				return errDamaged
			}
		case fixed32, fixed64:
			n = map[int]int{fixed32: 4, fixed64: 8}[f.kind]
			if len(message) < n {
				return errDamaged
			}
			for i := range n {
				f.whole |= uint64(message[i]) << (8 * i)
			}
		case bytes:
			size, m := binary.Uvarint(message)
			if m <= 0 || size > uint64(len(message)-m) {
				return errDamaged
			}
			f.data, n = message[m:m+int(size)], m+int(size)
		default:
			return errDamaged
		}
		message = message[n:]
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}

// is reports whether a field is this one.
func (f field) is(number, kind int) bool { return f.number == number && f.kind == kind }

func (f field) float() float64 { return float64(math.Float32frombits(uint32(f.whole))) }

func (f field) truth() bool { return f.whole != 0 }
