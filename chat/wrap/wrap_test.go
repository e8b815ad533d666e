package wrap

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one\n\ntwo\n\n", 10, []string{"one", "", "two"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"  an indent stays", 12, []string{"  an indent", "stays"}},
		{"dashes - are - words", 10, []string{"dashes -", "are -", "words"}},
		{"fact x or - no-repeat", 11, []string{"fact x or -", "no-repeat"}},
		{"state-of-the-art", 9, []string{"state-of-", "the-art"}},
		{"a --flag stays whole", 6, []string{"a", "--flag", "stays", "whole"}},
		{"ab /prompt/prompt", 7, []string{"ab", "/prompt", "/prompt"}},
		{"\x1b[2mpale words\x1b[m", 5, []string{"\x1b[2mpale", "words\x1b[m"}},
		{"我喜欢小说", 4, []string{"我喜", "欢小", "说"}},
		{"two 👨\u200d👩\u200d👧 three", 3, []string{"two", "👨\u200d👩\u200d👧", "thr", "ee"}},
	} {
		if got := Text(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns: %q, expected %q", c.text, c.width, got, c.want)
		}
	}
}

// Whatever the text: no row is too wide, but for one sign that is; nothing but blanks goes; the next word would not have fitted.
func TestRandomTexts(t *testing.T) {
	words := []string{"-", "--", "a", "well-known", "state-of-the-art", "words", "/prompt/prompt", "一", "小说", "👍🏽", "👨\u200d👩\u200d👧", "🇫🇷", "ไทย", "é", "\u00a0", ""}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var parts []string
		for range 1 + random.IntN(20) {
			parts = append(parts, words[random.IntN(len(words))])
		}
		text, width := strings.Join(parts, []string{" ", ""}[random.IntN(2)]), 1+random.IntN(40)
		rows := Text(text, width)
		for i, row := range rows {
			if n := max(ansi.StringWidth(row), ansi.StringWidthWc(row)); n > width && next(row).text != row {
				t.Fatalf("%q in %d columns: the row %q takes %d", text, width, row, n)
			}
			if row == "" && len(rows) > 1 {
				t.Fatalf("%q in %d columns: an empty row in %q", text, width, rows)
			}
			if i == 0 || row == "" {
				continue
			}
			word, _, _ := strings.Cut(row, " ")
			if joined := rows[i-1] + " " + word; strings.Contains(text, joined) && ansi.StringWidthWc(joined) <= width && ansi.StringWidth(joined) <= width {
				t.Fatalf("%q in %d columns: %q would have fitted", text, width, joined)
			}
		}
		if strip := func(s string) string { return strings.ReplaceAll(s, " ", "") }; strip(strings.Join(rows, "")) != strip(text) {
			t.Fatalf("%q in %d columns: %q", text, width, rows)
		}
	}
}
