package chat

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                nil,
		"Hello, world!":   {"hello", "world"},
		"don't CAFÉ café": {"don", "t", "cafe", "cafe"},
		"北京hotel 2024年":   {"北", "京", "hotel", "2024", "年"},
		"สวัสดี":          {"ส", "ว", "ส", "ด"},
		"한국어":             {"한", "국", "어"},
		"Ünïcödé ΣΊΣΥΦΟΣ": {"unicode", "σισυφοσ"},
		"a_b-c":           {"a", "b", "c"},
		"\x00\xff":        nil,
	} {
		got := Words(text)
		if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("filler text é ", 100) + "the brave\nfox 北京 " + strings.Repeat("more ", 100)
	for query, want := range map[string]string{"BRAVE fox": "the brave fox", "bra": "the brave", "北京": "北京", "nothing": "filler"} {
		got := Snippet(long, Phrases(query))
		if !strings.Contains(got, want) || strings.Contains(got, "\n") || utf8.RuneCountInString(got) > snippetRunes+2 || !utf8.ValidString(got) {
			t.Errorf("%q: %q", query, got)
		}
	}
}
