package added_test

import (
	"fmt"
	"strings"
	"testing"

	"inkling/engine/added"
)

// split writes what Split gives: text in quotes, tokens as numbers.
func split(s *added.Set, text string, special bool) string {
	var out []string
	s.Split(text, special,
		func(piece string) { out = append(out, fmt.Sprintf("%q", piece)) },
		func(id int) { out = append(out, fmt.Sprint(id)) })
	return strings.Join(out, " ")
}

func mustNew(t *testing.T, normalize func(string) string, tokens ...added.Token) *added.Set {
	t.Helper()
	s, err := added.New(tokens, normalize)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSplit(t *testing.T) {
	s := mustNew(t, nil,
		added.Token{Text: "<|end|>", ID: 1, Special: true},
		added.Token{Text: "<|end", ID: 2},
		added.Token{Text: "  ", ID: 3, Normalized: true},
		added.Token{Text: "cat", ID: 4, SingleWord: true},
		added.Token{Text: "<m>", ID: 5, Special: true, LStrip: true, RStrip: true},
	)
	for _, c := range []struct {
		text    string
		special bool
		want    string
	}{
		{"", true, ""},
		{"plain", true, `"plain"`},
		{"a<|end|>b", true, `"a" 1 "b"`},
		{"a<|end|>b", false, `"a<|end|>b"`}, // the special token is text, and so is what it has in it
		{"a<|end>b", false, `"a" 2 ">b"`},
		{"<|end|><|end|>", true, "1 1"},
		{"<|e<|end|>", true, `"<|e" 1`},
		{"a   b", true, `"a" 3 " b"`},
		{"cat cats acat (cat) cat_ 猫cat cat", true, `4 " cats acat (" 4 ") cat_ 猫cat " 4`},
		{"a <m>\n b", true, `"a" 5 "b"`},
		{"a <m> <m> b", true, `"a" 5 5 "b"`},
		{"a <m> b", false, `"a <m> b"`},
		{"\xff<|end|>\xfe", true, `"\xff" 1 "\xfe"`},
	} {
		if got := split(s, c.text, c.special); got != c.want {
			t.Errorf("%q, special %v: %s, want %s", c.text, c.special, got, c.want)
		}
	}
}

// Tokens for the normalised text are found after the others, in any form that normalises to theirs.
func TestSplitNormalizes(t *testing.T) {
	s := mustNew(t, strings.ToLower, added.Token{Text: "YES", ID: 1, Normalized: true}, added.Token{Text: "No", ID: 2})
	if got, want := split(s, "A yes, Yes, no, No B", false), `"a " 1 ", " 1 ", no, " 2 " b"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSplitGuarded(t *testing.T) {
	for name, normalized := range map[string]bool{"raw": false, "normalized": true} {
		s := mustNew(t, nil, added.Token{Text: "<s>", ID: 1, Special: true, Normalized: normalized}, added.Token{Text: "ab", ID: 2},
			added.Token{Text: "\n", ID: 3, Special: true, Normalized: normalized}, added.Token{Text: "s>\n", ID: 4, Special: true, Normalized: normalized})
		var out []string
		s.SplitGuarded("<s>x\uFDD0<s>ab<s>\uFDD0ab\n\uFDD0\n\uFDD0<\uFDD0s>\n", "\uFDD0",
			func(piece string) { out = append(out, fmt.Sprintf("%q", piece)) },
			func(id int) { out = append(out, fmt.Sprint(id)) })
		if got, want := strings.Join(out, " "), `1 "x<s>" 2 1 2 3 "\n<s>\n"`; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		tokens []added.Token
		want   string
	}{
		{[]added.Token{{ID: 7}}, "id 7 has no text"},
		{[]added.Token{{Text: "a\n", ID: 1}, {Text: "a\n", ID: 2}}, `"a\n" is there twice`},
		{[]added.Token{{Text: "a", ID: 1}, {Text: "b", ID: 1}}, `id 1 belongs to both the added token "a" and "b"`},
		{[]added.Token{{Text: strings.Repeat("x", 1001), ID: 1}}, "1001 bytes"},
	} {
		_, err := added.New(c.tokens, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
