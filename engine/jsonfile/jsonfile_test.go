package jsonfile_test

import (
	"strings"
	"testing"

	"inkling/engine/jsonfile"
)

// An error names the key, what was found and what was expected, and nothing of Go's.
func TestErrorsArePlain(t *testing.T) {
	type inner struct {
		Tokens []string `json:"tokens"`
		Size   float64  `json:"size"`
		Plain  string
	}
	for text, want := range map[string]string{
		`{"n_head": "twelve"}`:             `n_head: found "twelve", expected a whole number`,
		`{"n_head": 1.5}`:                  `n_head: found 1.5, expected a whole number`,
		`{"n_head": 99999999999999999999}`: `n_head: found 99999999999999999999, expected a whole number`,
		`{"n_head": [1]}`:                  `n_head: found an array, expected a whole number`,
		`{"N_Head": {}}`:                   `N_Head: found an object, expected a whole number`,
		`{"inner": {"plain": 3}}`:          `inner.plain: found 3, expected a string`,
		`{"tied": "yes"}`:                  `tied: found "yes", expected true or false`,
		`{"name": 3}`:                      `name: found 3, expected a string`,
		`{"inner": {"tokens": "a"}}`:       `inner.tokens: found "a", expected an array`,
		`{"inner": {"size": true}}`:        `inner.size: found true, expected a number`,
		`{"inner": []}`:                    `inner: found an array, expected an object`,
		`{"inner": {"tokens": [1]}}`:       `expected a string`,
		`[]`:                               `found an array, expected an object`,
		`"x"`:                              `found "x", expected an object`,
		` `:                                `found nothing, expected JSON`,
		`{"n_head": 1`:                     `the text ends too early, after 12 bytes`,
		`{"n_head": 1}}`:                   `byte 14: found '}', expected the end of the text`,
		`{"n_head": x}`:                    `byte 12: found 'x', which is no JSON`,
		"{\"n_head\": \x01}":               `byte 12: found '\x01', which is no JSON`,
		"{\"n_head\": \xff}":               `byte 12: found the byte 0xFF, which is no JSON`,
		`{"name": ["` + strings.Repeat("x", 9999) + `"]}`: `name: found an array, expected a string`,
		`{"n_head": "` + strings.Repeat("x", 9999) + `"}`: `xxx..., expected a whole number`,
	} {
		into := struct {
			Heads int    `json:"n_head"`
			Tied  bool   `json:"tied"`
			Name  string `json:"name"`
			Inner inner  `json:"inner"`
		}{}
		err := jsonfile.Unmarshal([]byte(text), &into)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", text, err, want)
			continue
		}
		for _, word := range []string{"Go ", "json", "unmarshal", "struct", "invalid character", "\n"} {
			if strings.Contains(err.Error(), word) {
				t.Errorf("%.60s: %q has the word %q", text, err, word)
			}
		}
		if len(err.Error()) > 200 {
			t.Errorf("%.60s: an error of %d bytes", text, len(err.Error()))
		}
	}
}

func TestLongPathsAreShortened(t *testing.T) {
	long := "/" + strings.Repeat("a", 5000) + "/model/config.json"
	short := jsonfile.Path(long)
	if len(short) > 200 || !strings.HasPrefix(short, "/aaa") || !strings.HasSuffix(short, "/model/config.json") || !strings.Contains(short, "...") {
		t.Errorf("%q", short)
	}
	if jsonfile.Path("/tmp/x") != "/tmp/x" {
		t.Error("a short path was changed")
	}
	wide := strings.Repeat("é", 500)
	if short := jsonfile.Path(wide); strings.ContainsRune(short, '\uFFFD') {
		t.Errorf("%q has half a character", short)
	}
}
