package normalize_test

import (
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"inkling/engine/normalize"
)

// charMap is a map of one text of one letter. A double array has its children at a place that the parent's offset and the letter
// give together; the value of a text that ends is in a unit beside.
func charMap(letter byte, becomes string) []byte {
	const root, base = 1, 0 // offsets of the root and of the letter's unit
	units := make([]uint32, 256)
	units[0] = root << 10
	at := root ^ uint32(letter)
	units[at] = uint32(letter) | 1<<8 | base<<10 // has a value
	units[at^base] = units[at]                   // set again below
	child := uint32(2)
	units[at] = uint32(letter) | 1<<8 | (at^child)<<10
	units[child] = 1 << 31 // value 0: the beginning of the texts
	data := binary.LittleEndian.AppendUint32(nil, uint32(4*len(units)))
	for _, u := range units {
		data = binary.LittleEndian.AppendUint32(data, u)
	}
	return append(data, becomes+"\x00"...)
}

func TestCharMap(t *testing.T) {
	m, err := normalize.ReadCharMap(charMap('a', "éé"))
	if err != nil {
		t.Fatal(err)
	}
	if becomes, n := m.Longest("ab"); becomes != "éé" || n != 1 {
		t.Errorf("%q, %d", becomes, n)
	}
	if becomes, n := m.Longest("ba"); becomes != "" || n != 0 {
		t.Errorf("%q, %d", becomes, n)
	}
	if got := normalize.Precompiled(m)("bab a\u0301x"); got != "bééb ééx" { // of a cluster what its beginning becomes stays
		t.Errorf("%q", got)
	}
	for _, data := range []string{"", "\x04\x00\x00\x00", "\x05\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\x00\x00\x00\x00", "\x04\x00\x00\x00\x00\x00\x00\x00\xff"} {
		if _, err := normalize.ReadCharMap([]byte(data)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestSequence(t *testing.T) {
	if normalize.Sequence() != nil {
		t.Error("no normalizers do something")
	}
	f := normalize.Sequence(normalize.Strip(true, false), normalize.Lowercase, normalize.Prepend("▁"), normalize.Replace(" ", "▁"))
	if got := f("  A B "); got != "▁a▁b▁" {
		t.Errorf("%q", got)
	}
	if got := f("  "); got != "" {
		t.Errorf("%q", got)
	}
}

// Replacements that make a text ever longer come to an end.
func TestGrowthIsBounded(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	f := normalize.Sequence(normalize.Replace("a", long), normalize.Replace("a", long), normalize.ReplaceMatches(regexp.MustCompile("a"), long), normalize.Prepend(long))
	if got := f(strings.Repeat("a", 10)); len(got) > 32<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

// Whatever a map holds, texts stay UTF-8 and work is bounded by the text.
func FuzzCharMap(f *testing.F) {
	f.Add(charMap('a', "b"), "aab")
	f.Add(charMap('\xe3', "x"), "が")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		m, err := normalize.ReadCharMap(data)
		if err != nil || !utf8.ValidString(text) {
			return
		}
		if got := normalize.Precompiled(m)(text); len(text) < 100 && len(got) > 200*(len(data)+1) {
			t.Fatalf("%d bytes became %d", len(text), len(got))
		}
		for rest := text; rest != ""; {
			_, n := m.Longest(rest)
			if n > len(rest) {
				t.Fatalf("%q: %d", rest, n)
			}
			rest = rest[max(n, 1):]
		}
	})
}
