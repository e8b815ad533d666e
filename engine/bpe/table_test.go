package bpe_test

import (
	"bytes"
	"slices"
	"testing"

	"inkling/engine/added"
	"inkling/engine/bpe"
)

// A table that was written and read again makes the tokenizer that it made before.
func TestTableReadAgain(t *testing.T) {
	v := gpt2Vocabulary()
	tokens := []added.Token{{Text: endOfText, ID: v.pieces[endOfText], Special: true}, {Text: "<user>", ID: 50300}}
	table, err := bpe.Compile(bpe.Options{Pieces: v.pieces, Merges: v.merges, Added: tokens})
	if err != nil {
		t.Fatal(err)
	}
	var again bpe.Table
	data, _ := table.AppendBinary([]byte("x"))
	if err := again.UnmarshalBinary(data[1:]); err != nil {
		t.Fatal(err)
	}
	tok, err := again.Tokenizer(tokens, true)
	if err != nil {
		t.Fatal(err)
	}
	want, err := bpe.Make(bpe.Options{Pieces: v.pieces, Merges: v.merges, Added: tokens, PrefixSpace: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts(t) {
		text += endOfText + "<user>"
		if got, want := tok.Encode(text, true), want.Encode(text, true); !slices.Equal(got, want) {
			t.Errorf("%s: other ids", name)
		}
	}
	if tok.Size() != want.Size() {
		t.Fatalf("%d ids, want %d", tok.Size(), want.Size())
	}
	for id := range want.Size() {
		if got, want := tok.Bytes(id), want.Bytes(id); !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Fatalf("token %d: %q, want %q", id, got, want)
		}
	}
	if _, err := again.Tokenizer([]added.Token{{Text: "<late>", ID: 60_000}}, false); err == nil {
		t.Error("an added token beyond the table: no error")
	}
}

func FuzzTable(f *testing.F) {
	pieces, merges := byteVocabulary()
	pieces["ab"], pieces["abc"] = 300, 301
	merges = append(merges, [2]string{"a", "b"}, [2]string{"ab", "c"})
	table, err := bpe.Compile(bpe.Options{Pieces: pieces, Merges: merges})
	if err != nil {
		f.Fatal(err)
	}
	data, _ := table.AppendBinary(nil)
	f.Add(data, "abc")
	f.Add(data[:len(data)-1], "")
	f.Add([]byte{255, 255, 255, 255}, "")
	f.Add([]byte(nil), "")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		var table bpe.Table
		if table.UnmarshalBinary(data) != nil {
			return
		}
		if again, _ := table.AppendBinary(nil); !bytes.Equal(again, data) {
			t.Errorf("%x became %x", data, again)
		}
		tok, err := table.Tokenizer(nil, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range tok.Encode(text, false) {
			if tok.Bytes(id) == nil {
				t.Errorf("Encode(%q): no token %d", text, id)
			}
		}
	})
}
