package bpe_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"inkling/engine/bpe"
)

func TestNewNamesWhatIsWrong(t *testing.T) {
	bytes, _ := byteVocabulary()
	with := func(change func(pieces map[string]int)) map[string]int {
		pieces := maps.Clone(bytes)
		change(pieces)
		return pieces
	}
	for _, c := range []struct {
		name    string
		pieces  map[string]int
		merges  [][2]string
		special map[string]int
		want    []string // parts of the message
	}{
		{name: "nothing", want: []string{"vocabulary is empty"}},
		{name: "special tokens only", special: map[string]int{"<end>": 0}, want: []string{"vocabulary is empty"}},
		{name: "a byte is missing", pieces: with(func(p map[string]int) { delete(p, "A") }),
			want: []string{`"A"`, "0x41"}},
		{name: "the blank is missing", pieces: with(func(p map[string]int) { delete(p, "Ġ") }),
			want: []string{`"Ġ"`, "0x20"}},
		{name: "most bytes are missing", pieces: map[string]int{"a": 0, "b": 1},
			want: []string{`"Ā"`, "0x00", "251 more"}},
		{name: "negative id", pieces: with(func(p map[string]int) { p["zz"] = -1 }),
			want: []string{`"zz"`, "-1", "0 to 9999999"}},
		{name: "large id", pieces: with(func(p map[string]int) { p["zz"] = 10_000_000 }),
			want: []string{`"zz"`, "10000000", "0 to 9999999"}},
		{name: "negative id of a special token", pieces: bytes, special: map[string]int{"<end>": -7},
			want: []string{`"<end>"`, "-7"}},
		{name: "large id of a special token", pieces: bytes, special: map[string]int{"<end>": 1<<31 - 1},
			want: []string{`"<end>"`, "2147483647"}},
		{name: "an id twice", pieces: with(func(p map[string]int) { p["zz"] = 'q' }),
			want: []string{"id 113", `"q"`, `"zz"`}},
		{name: "left part is missing", pieces: with(func(p map[string]int) { p["xyz"] = 300 }), merges: [][2]string{{"xy", "z"}},
			want: []string{"merge 1", `"xy"`, `"z"`, `lacks "xy"`}},
		{name: "right part is missing", pieces: with(func(p map[string]int) { p["xyz"] = 300 }), merges: [][2]string{{"x", "yz"}},
			want: []string{"merge 1", `lacks "yz"`}},
		{name: "result is missing", pieces: with(func(p map[string]int) { p["ab"] = 300 }), merges: [][2]string{{"a", "b"}, {"ab", "c"}},
			want: []string{"merge 2", `"ab"`, `"c"`, `lacks "abc"`}},
		{name: "empty merge", pieces: bytes, merges: [][2]string{{}},
			want: []string{"merge 1", `lacks ""`}},
		{name: "special token without text", pieces: bytes, special: map[string]int{"": 300},
			want: []string{"300", "no text"}},
		{name: "special token with the id of a piece", pieces: bytes, special: map[string]int{"<end>": 'q'},
			want: []string{"id 113", `"<end>"`, `"q"`}},
		{name: "special tokens with one id", pieces: bytes, special: map[string]int{"<end>": 300, "<start>": 300},
			want: []string{"id 300", `"<end>"`, `"<start>"`}},
		{name: "control characters", pieces: bytes, merges: [][2]string{{"\x1b[2J\n", strings.Repeat("x", 10_000)}},
			want: []string{`\x1b[2J\n`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := bpe.New(c.pieces, c.merges, c.special)
			if err == nil {
				t.Fatal("New returns no error")
			}
			message := err.Error()
			for _, want := range c.want {
				if !strings.Contains(message, want) {
					t.Errorf("message %q; want %q in it", message, want)
				}
			}
			if strings.ContainsAny(message, "\n\x1b") || len(message) > 400 {
				t.Errorf("message %q is not one short line of text", message)
			}
		})
	}
}

func TestNewAccepts(t *testing.T) {
	for _, c := range []struct {
		name    string
		extra   map[string]int
		special map[string]int
		text    string
		want    []int
	}{
		{name: "bytes only", text: "é", want: []int{0xc3, 0xa9}},
		{name: "gaps between ids", extra: map[string]int{"far": 5000}, text: "a", want: []int{'a'}},
		{name: "a special token among the pieces", extra: map[string]int{"<end>": 256}, special: map[string]int{"<end>": 256},
			text: "<end>", want: []int{256}},
		{name: "a special token beside the pieces", special: map[string]int{"<end>": 256}, text: "<end>", want: []int{256}},
		{name: "an empty piece", extra: map[string]int{"": 256}, text: "a", want: []int{'a'}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pieces, merges := byteVocabulary()
			maps.Copy(pieces, c.extra)
			tok, err := bpe.New(pieces, merges, c.special)
			if err != nil {
				t.Fatal(err)
			}
			if got := tok.Encode(c.text, true); !slices.Equal(got, c.want) {
				t.Errorf("Encode(%q, true) = %v; want %v", c.text, got, c.want)
			}
			if got := tok.Decode(c.want); got != c.text {
				t.Errorf("Decode(%v) = %q; want %q", c.want, got, c.text)
			}
		})
	}
}

// A piece that is not written in byte letters stands for its own text.
func TestPieceOutsideTheByteLetters(t *testing.T) {
	pieces, merges := byteVocabulary()
	pieces["[日本 1]"] = 256
	tok, err := bpe.New(pieces, merges, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tok.Decode([]int{256}), "[日本 1]"; got != want {
		t.Errorf("Decode([256]) = %q; want %q", got, want)
	}
}

func TestNewKeepsNothingOfTheCaller(t *testing.T) {
	pieces, _ := byteVocabulary()
	pieces["ab"] = 256
	merges, special := [][2]string{{"a", "b"}}, map[string]int{"<end>": 257}
	tok, err := bpe.New(pieces, merges, special)
	if err != nil {
		t.Fatal(err)
	}
	clear(pieces)
	clear(merges)
	clear(special)
	if got, want := tok.Encode("ab<end>", true), []int{256, 257}; !slices.Equal(got, want) {
		t.Errorf("Encode after the caller's maps were cleared = %v; want %v", got, want)
	}
	if _, ok := tok.Special("<end>"); !ok {
		t.Error("Special after the caller's maps were cleared: no such token")
	}
}
