package chat

import (
	"slices"
	"strings"
	"testing"
)

// stretches are the parts of a text that were found.
func stretches(text string, found []Stretch) (parts []string) {
	for _, f := range found {
		parts = append(parts, text[f.From:f.To])
	}
	return parts
}

func TestFinder(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        []string
	}{
		{"The fox, the FOX and foxes", "fox", []string{"fox", "FOX", "fox"}},
		{"a café, a CAFE\u0301!", "cafe", []string{"café", "CAFE\u0301"}},
		{"he said\n\n  so", "said so", []string{"said\n\n  so"}},
		{"我在北京，北京很大", "北京", []string{"北京", "北京"}},
		{"각", "가", nil},
		{"aaaa", "aa", []string{"aa", "aa"}},
		{"ΟΔΟΣ", "οδος", nil}, // a sigma at the end is another letter
		{"İstanbul", "istan", []string{"İstan"}},
		{"\xff fox \xfe", "fox", []string{"fox"}},
		{"**bold** word", "bold word", nil},
	} {
		if got := stretches(c.text, NewFinder(c.query).In(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, c.want)
		}
	}
	if NewFinder(" ") != nil || NewWordFinder("?!") != nil {
		t.Error("there is something to find in nothing")
	}
}

func TestFinderOfWords(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        []string
	}{
		{"Foxes and a fox; the brave", "brave fox", []string{"Foxes", "fox", "brave"}},
		{"Foxes and a fox; the brave", "brave fox ", []string{"fox", "brave"}},
		{"New York, new-york, new or York", "new-york", []string{"New York", "new-york"}},
		{"一丁 丁一 一", "一丁", []string{"一丁"}},
		{"北\n京", "北京", []string{"北\n京"}},
	} {
		if got := stretches(c.text, NewWordFinder(c.query).In(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, c.want)
		}
	}
}

// What stands in a text is found in it however it was broken into rows.
func TestFinderInRows(t *testing.T) {
	for _, c := range []struct{ rows, query, want string }{
		{"the brave\nfox", "brave fox", "brave\nfox"},
		{"the unbreak\nable word", "unbreakable", "unbreak\nable"},
		{"我在北\n京", "北京", "北\n京"},
		{"- a list of\n  things", "of things", "of\n  things"},
		{"one\n\ntwo", "onetwo", "one\n\ntwo"},
		{"bravefox", "brave fox", ""},
	} {
		if got := strings.Join(stretches(c.rows, NewFinder(c.query).InRows(c.rows)), "|"); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.query, c.rows, got, c.want)
		}
	}
}

func BenchmarkFinder(b *testing.B) {
	text := strings.Repeat("It was a bright cold day in April, and the clocks were striking thirteen. ", 14_000)
	f := NewFinder("clocks were")
	for b.Loop() {
		if len(f.In(text)) != 14_000 {
			b.Fatal()
		}
	}
}
