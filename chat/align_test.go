package chat

import (
	"slices"
	"testing"
)

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		text   string
		pieces []string
		ends   []int
	}{
		{"The cat", []string{" The", " cat"}, []int{3, 7}},
		{" The cat", []string{" The", " cat"}, []int{4, 8}},
		{"Hello.", []string{"Hello", ".", "\nUser", ":"}, []int{5, 6, 6, 6}},
		{"é 😀!", []string{"é", " \xf0\x9f", "\x98", "\x80!"}, []int{2, 3, 3, 8}},
		{"a\uFFFDb", []string{"a", "\xff", "b"}, []int{1, 4, 5}},
		{"a\uFFFD\uFFFDb", []string{"a\xff", "\xfeb"}, []int{1, 8}},
		{"Hello you", []string{"Hello", " me", "!"}, []int{5, 6, 6}},
		{"", []string{"\n"}, []int{0}},
	} {
		var pieces [][]byte
		for _, p := range c.pieces {
			pieces = append(pieces, []byte(p))
		}
		if ends := Align(c.text, pieces); !slices.Equal(ends, c.ends) {
			t.Errorf("%q of %q: tokens end at %v, expected %v", c.text, c.pieces, ends, c.ends)
		}
	}
}
