package wordpiece_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"inkling/engine/added"
	"inkling/engine/wordpiece"
)

// pieces is testdata/vocab.txt.
func pieces(t testing.TB) map[string]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "vocab.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for id, piece := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		ids[piece] = id
	}
	return ids
}

// options are those of a BertTokenizer without arguments.
func options(t testing.TB) wordpiece.Options {
	o := wordpiece.Options{Pieces: pieces(t), Unknown: "[UNK]", Prefix: "##", Longest: 100, Clean: true, Chinese: true, StripAccents: true, Lower: true}
	for _, text := range []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} {
		o.Added = append(o.Added, added.Token{Text: text, ID: o.Pieces[text], Special: true})
	}
	return o
}

func mustNew(t testing.TB, o wordpiece.Options) *wordpiece.Tokenizer {
	t.Helper()
	tok, err := wordpiece.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// fixtures are what BertTokenizer gives; see testdata/make_fixtures.py.
type fixtures struct {
	Texts []string           `json:"texts"`
	IDs   map[string][][]int `json:"ids"` // by the name of the options, a list for each text
	Added struct {
		Tokens []struct {
			Text       string
			ID         int
			Special    bool
			Normalized bool
			SingleWord bool `json:"single_word"`
			LStrip     bool
			RStrip     bool
		}
		Cases []struct {
			Special bool
			Text    string
			IDs     []int
		}
	} `json:"added"`
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestEncodeEqualsBertTokenizer(t *testing.T) {
	var f fixtures
	readJSON(t, "encode.json", &f)
	if len(f.Texts) < 300 || len(f.IDs) != 5 {
		t.Fatalf("%d texts, %d sets of options", len(f.Texts), len(f.IDs))
	}
	for name, change := range map[string]func(*wordpiece.Options){
		"lower":                 func(*wordpiece.Options) {},
		"cased":                 func(o *wordpiece.Options) { o.Lower, o.StripAccents = false, false },
		"cased without accents": func(o *wordpiece.Options) { o.Lower = false },
		"lower with accents":    func(o *wordpiece.Options) { o.StripAccents = false },
		"chinese in words":      func(o *wordpiece.Options) { o.Chinese = false },
	} {
		o := options(t)
		change(&o)
		tok := mustNew(t, o)
		for i, text := range f.Texts {
			if got, want := tok.Encode(text, true), f.IDs[name][i]; !slices.Equal(got, want) {
				t.Errorf("%s: %.80q:\n got %.60v\nwant %.60v", name, text, got, want)
			}
		}
	}
}

func TestAddedTokensEqualBertTokenizer(t *testing.T) {
	var f fixtures
	readJSON(t, "encode.json", &f)
	o := options(t)
	o.Added = nil
	for _, token := range f.Added.Tokens {
		o.Added = append(o.Added, added.Token{Text: token.Text, ID: token.ID, Special: token.Special, Normalized: token.Normalized,
			SingleWord: token.SingleWord, LStrip: token.LStrip, RStrip: token.RStrip})
	}
	tok := mustNew(t, o)
	if len(f.Added.Cases) < 30 {
		t.Fatalf("%d cases", len(f.Added.Cases))
	}
	for _, c := range f.Added.Cases {
		if got := tok.Encode(c.Text, c.Special); !slices.Equal(got, c.IDs) {
			t.Errorf("special %v, %q:\n got %v\nwant %v", c.Special, c.Text, got, c.IDs)
		}
	}
}

// Every code point that Unicode 3.2 has, and the emoji, by itself.
func TestCodePointsEqualBertTokenizer(t *testing.T) {
	var f struct {
		All, Dropped, Space, Chinese, Punctuation, Divides [][2]rune
		Lower, Accents                                     map[string]string
	}
	readJSON(t, "codepoints.json", &f)
	in := func(table [][2]rune, r rune) bool {
		return slices.ContainsFunc(table, func(span [2]rune) bool { return span[0] <= r && r <= span[1] })
	}
	reclassified := []rune{0x166D, 0x1734} // by versions of Unicode later than the library's
	clean, chinese, lower, accents := wordpiece.Options{Clean: true}, wordpiece.Options{Chinese: true}, wordpiece.Options{Lower: true}, wordpiece.Options{StripAccents: true}
	count := 0
	for _, span := range f.All {
		for r := span[0]; r <= span[1]; r++ {
			count++
			s := string(r)
			want := s
			switch {
			case in(f.Dropped, r):
				want = ""
			case in(f.Space, r):
				want = " "
			}
			if got := wordpiece.Normalize(clean, s); got != want {
				t.Errorf("%U cleaned is %q, want %q", r, got, want)
			}
			want = s
			if in(f.Chinese, r) {
				want = " " + s + " "
			}
			if got := wordpiece.Normalize(chinese, s); got != want {
				t.Errorf("%U set apart is %q, want %q", r, got, want)
			}
			want = s
			if l, ok := f.Lower[s]; ok {
				want = l
			}
			if got := wordpiece.Normalize(lower, s); got != want {
				t.Errorf("%U lower-cased is %q, want %q", r, got, want)
			}
			if a, ok := f.Accents[s]; ok && !slices.Contains(reclassified, r) {
				if got := wordpiece.Normalize(accents, s); got != a {
					t.Errorf("%U without accents is %q, want %q", r, got, a)
				}
			}
			words := []string{"a" + s + "b"}
			switch {
			case in(f.Punctuation, r):
				words = []string{"a", s, "b"}
			case in(f.Divides, r):
				words = []string{"a", "b"}
			}
			if got := wordpiece.Words("a" + s + "b"); !slices.Equal(got, words) && !slices.Contains(reclassified, r) {
				t.Errorf("%U between letters: %q, want %q", r, got, words)
			}
		}
	}
	if count < 90_000 {
		t.Errorf("%d code points", count)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*wordpiece.Options)
		want   string
	}{
		"nothing":            {func(o *wordpiece.Options) { o.Pieces = nil }, `lacks the unknown token "[UNK]"`},
		"no unknown token":   {func(o *wordpiece.Options) { o.Unknown = "<unk>" }, `lacks the unknown token "<unk>"`},
		"an id twice":        {func(o *wordpiece.Options) { o.Pieces["zz"] = 3 }, `id 3 belongs to both "[SEP]" and "zz"`},
		"negative id":        {func(o *wordpiece.Options) { o.Pieces["zz"] = -1 }, `"zz" has id -1`},
		"large id":           {func(o *wordpiece.Options) { o.Pieces["zz"] = 1 << 40 }, `ids go from 0 to 9999999`},
		"an added id":        {func(o *wordpiece.Options) { o.Added = append(o.Added, added.Token{Text: "x\n", ID: 3}) }, `id 3 belongs to both "[SEP]" and "x\n"`},
		"a token twice":      {func(o *wordpiece.Options) { o.Added = append(o.Added, o.Added[0]) }, `"[PAD]" is there twice`},
		"a token of no text": {func(o *wordpiece.Options) { o.Added = append(o.Added, added.Token{ID: 5000}) }, "no text"},
	} {
		o := options(t)
		c.change(&o)
		_, err := wordpiece.New(o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestBytesAndSpecial(t *testing.T) {
	tok := mustNew(t, options(t))
	ids := pieces(t)
	for _, piece := range []string{"##ing", "这", "[SEP]"} {
		if got := string(tok.Bytes(ids[piece])); got != piece {
			t.Errorf("Bytes(%d) = %q, want %q", ids[piece], got, piece)
		}
	}
	if tok.Bytes(-1) != nil || tok.Bytes(len(ids)) != nil {
		t.Error("there are bytes of ids that no token has")
	}
	if id, ok := tok.Special("[SEP]"); !ok || id != ids["[SEP]"] || !tok.IsSpecial(id) {
		t.Errorf("[SEP] is %d, %v", id, ok)
	}
	if _, ok := tok.Special("这"); ok || tok.IsSpecial(ids["这"]) {
		t.Error("a piece is said to be special")
	}
}

// Text that spells special tokens is text where they are not asked for, and where guards stand before them.
func TestTextDoesNotBecomeSpecial(t *testing.T) {
	tok := mustNew(t, options(t))
	text := "你好[SEP] [CLS]x"
	for name, ids := range map[string][]int{"not asked for": tok.Encode(text, false), "guarded": tok.EncodeGuarded(strings.ReplaceAll(text, "[", "\uFDD0["), "\uFDD0")} {
		if slices.ContainsFunc(ids, func(id int) bool { return tok.IsSpecial(id) && id != pieces(t)["[UNK]"] }) {
			t.Errorf("%s: %v", name, ids)
		}
		if !slices.Equal(ids, tok.Encode(text, false)) {
			t.Errorf("%s: %v, want %v", name, ids, tok.Encode(text, false))
		}
	}
	if got, want := tok.EncodeGuarded("[CLS]你\uFDD0[SEP]好[SEP]", "\uFDD0"), slices.Concat([]int{2}, tok.Encode("你[SEP]好", false), []int{3}); !slices.Equal(got, want) {
		t.Errorf("special tokens and guarded text: %v, want %v", got, want)
	}
}

func FuzzEncode(f *testing.F) {
	var all fixtures
	readJSON(f, "encode.json", &all)
	for _, text := range all.Texts[:100] {
		f.Add(text)
	}
	f.Add("\xff\xfe[SEP\xe2\x82]")
	o := options(f)
	tok := mustNew(f, o)
	cased := options(f)
	cased.Lower, cased.StripAccents, cased.Clean = false, false, false
	tokenizers := []*wordpiece.Tokenizer{tok, mustNew(f, cased)}
	f.Fuzz(func(t *testing.T, text string) {
		for _, tok := range tokenizers {
			ids := tok.Encode(text, false)
			for _, id := range ids {
				if tok.Bytes(id) == nil {
					t.Fatalf("%q: no token has the id %d", text, id)
				}
			}
			checkDecoder(t, tok, ids)
			if !utf8.ValidString(tok.Decode(ids)) && utf8.ValidString(text) {
				t.Fatalf("%q decodes to %q", text, tok.Decode(ids))
			}
			// Without unknown words the ids say all that the tokenizer sees of a text.
			if !slices.Contains(ids, o.Pieces["[UNK]"]) && !strings.ContainsFunc(text, unicode.IsControl) {
				if again := tok.Encode(tok.Decode(ids), false); !slices.Equal(again, ids) {
					t.Fatalf("%q is %v, decodes to %q, and that is %v", text, ids, tok.Decode(ids), again)
				}
			}
		}
	})
}
