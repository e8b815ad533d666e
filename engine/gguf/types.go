package gguf

import "fmt"

// Type is how the elements of a tensor are stored, by ggml's number for it.
type Type uint32

// The types that this package reads; F32, F16, Q8_0 and Q4_0 it writes too.
const (
	F32    Type = 0
	F16    Type = 1
	Q4_0   Type = 2
	Q4_1   Type = 3
	Q5_0   Type = 6
	Q5_1   Type = 7
	Q8_0   Type = 8
	Q2_K   Type = 10
	Q3_K   Type = 11
	Q4_K   Type = 12
	Q5_K   Type = 13
	Q6_K   Type = 14
	IQ4_NL Type = 20
	BF16   Type = 30
)

// A layout is what is known of a type. The elements of a row are stored in blocks.
type layout struct {
	name     string
	elements int64 // of a block; 0: the type was removed from ggml
	bytes    int64 // of a block
	decode   func(dst []float32, src []byte)
	encode   func(dst []byte, values []float32) ([]byte, error)
}

const (
	superblock = 256 // elements of a block of the K types
	half       = 2   // bytes of a binary16
)

// layouts has every type of ggml's, so that the tensors of a file can be laid out even where they cannot be decoded.
var layouts = map[Type]layout{
	F32:    {"F32", 1, 4, decodeF32, encodeF32},
	F16:    {"F16", 1, 2, decodeF16, encodeF16},
	BF16:   {"BF16", 1, 2, decodeBF16, nil},
	Q4_0:   {"Q4_0", 32, half + 16, decodeQ4_0, encodeQ4_0},
	Q4_1:   {"Q4_1", 32, 2*half + 16, decodeQ4_1, nil},
	Q5_0:   {"Q5_0", 32, half + 4 + 16, decodeQ5_0, nil},
	Q5_1:   {"Q5_1", 32, 2*half + 4 + 16, decodeQ5_1, nil},
	Q8_0:   {"Q8_0", 32, half + 32, decodeQ8_0, encodeQ8_0},
	Q2_K:   {"Q2_K", superblock, superblock/16 + superblock/4 + 2*half, decodeQ2_K, nil},
	Q3_K:   {"Q3_K", superblock, superblock/8 + superblock/4 + 12 + half, decodeQ3_K, nil},
	Q4_K:   {"Q4_K", superblock, 2*half + 12 + superblock/2, decodeQ4_K, nil},
	Q5_K:   {"Q5_K", superblock, 2*half + 12 + superblock/8 + superblock/2, decodeQ5_K, nil},
	Q6_K:   {"Q6_K", superblock, superblock/2 + superblock/4 + superblock/16 + half, decodeQ6_K, nil},
	IQ4_NL: {"IQ4_NL", 32, half + 16, decodeIQ4_NL, nil},

	4:  {name: "Q4_2"},
	5:  {name: "Q4_3"},
	9:  {name: "Q8_1", elements: 32, bytes: 2*half + 32},
	15: {name: "Q8_K", elements: superblock, bytes: 4 + superblock + superblock/8},
	16: {name: "IQ2_XXS", elements: superblock, bytes: 66},
	17: {name: "IQ2_XS", elements: superblock, bytes: 74},
	18: {name: "IQ3_XXS", elements: superblock, bytes: 98},
	19: {name: "IQ1_S", elements: superblock, bytes: 50},
	21: {name: "IQ3_S", elements: superblock, bytes: 110},
	22: {name: "IQ2_S", elements: superblock, bytes: 82},
	23: {name: "IQ4_XS", elements: superblock, bytes: 136},
	24: {name: "I8", elements: 1, bytes: 1},
	25: {name: "I16", elements: 1, bytes: 2},
	26: {name: "I32", elements: 1, bytes: 4},
	27: {name: "I64", elements: 1, bytes: 8},
	28: {name: "F64", elements: 1, bytes: 8},
	29: {name: "IQ1_M", elements: superblock, bytes: 56},
	31: {name: "Q4_0_4_4"},
	32: {name: "Q4_0_4_8"},
	33: {name: "Q4_0_8_8"},
	34: {name: "TQ1_0", elements: superblock, bytes: 54},
	35: {name: "TQ2_0", elements: superblock, bytes: 66},
	36: {name: "IQ4_NL_4_4"},
	37: {name: "IQ4_NL_4_8"},
	38: {name: "IQ4_NL_8_8"},
	39: {name: "MXFP4", elements: 32, bytes: 17},
	40: {name: "NVFP4", elements: 64, bytes: 36},
	41: {name: "Q1_0", elements: 128, bytes: 18},
}

// String is ggml's name of the type.
func (t Type) String() string {
	if l, ok := layouts[t]; ok {
		return l.name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// Block is the number of elements that the type stores together; rows are multiples of it. It is 0 for a type that
// cannot be stored.
func (t Type) Block() int { return int(layouts[t].elements) }

// layout returns the layout of a type that tensors can have.
func (t Type) layout() (layout, error) {
	l, known := layouts[t]
	switch {
	case !known:
		return layout{}, fmt.Errorf("found %s, expected one of ggml's up to 41; the file is damaged or newer than this program", t)
	case l.elements == 0:
		return layout{}, fmt.Errorf("type %s was removed from ggml and is not read; convert the model again from its source", t)
	}
	return l, nil
}
