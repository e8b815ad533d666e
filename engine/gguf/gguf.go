// Package gguf reads and writes GGUF, the one-file format of llama.cpp: metadata as keys with values, and tensors, many
// of them quantised in blocks. It knows the container and the arithmetic of the blocks; what the keys and tensors of a
// GPT-2 are called is its callers' business.
//
//	4 bytes    "GGUF"
//	uint32     version, 2 or 3 (the same but for big-endian files, which version 3 allows and this package refuses)
//	uint64     number of tensors
//	uint64     number of keys
//	keys       each: string key, uint32 type, value
//	tensors    each: string name, uint32 number of dimensions, uint64 for each (innermost first), uint32 type, uint64 offset
//	data       from the next multiple of the alignment on; offsets count from here and are multiples of it
//
// All numbers are little-endian. A string is a uint64 length and that many bytes. The alignment is general.alignment,
// or 32.
//
// A file may come from anywhere: what it states is held against its size before memory is set aside for it, and an
// error is one line that says what was found, what was expected and what to do.
//
// Sources: docs/gguf.md and src/ggml-quants.c in github.com/ggml-org/ggml.
package gguf

const (
	magic            = "GGUF"
	alignmentKey     = "general.alignment"
	defaultAlignment = 32

	maxHeader    = 64 << 20 // bytes of all that comes before the data; a vocabulary of 256k tokens takes some 12 MiB
	maxPairs     = 1 << 16
	maxTensors   = 1 << 16
	maxAlignment = 1 << 20
	maxRank      = 4  // dimensions, ggml's limit
	maxName      = 63 // bytes of a tensor's name, ggml's limit
)

const adviseFetch = "the file is damaged, download it again"
