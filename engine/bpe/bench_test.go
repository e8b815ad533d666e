package bpe_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"inkling/engine/bpe"
)

func BenchmarkEncode(b *testing.B) {
	inputs := texts(b)
	inputs["one word of letters"] = strings.Repeat("etaoinshrdlu", 100_000/12)
	inputs["one word of blanks"] = strings.Repeat(" ", 100_000)
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		b.Run(name, func(b *testing.B) {
			tok, text := gpt2(), inputs[name]
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				tok.Encode(text, false)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	text := texts(b)["english"]
	ids := gpt2().Encode(text, false)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		gpt2().Decode(ids)
	}
}

func BenchmarkNew(b *testing.B) {
	v := gpt2Vocabulary()
	for b.Loop() {
		if _, err := bpe.New(v.pieces, v.merges, nil); err != nil {
			b.Fatal(err)
		}
	}
}
