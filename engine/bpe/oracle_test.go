package bpe_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tiktoken-go/tokenizer"
)

var tiktoken = sync.OnceValue(func() tokenizer.Codec {
	codec, err := tokenizer.Get(tokenizer.R50kBase)
	if err != nil {
		panic(err)
	}
	return codec
})

// oracle encodes with tiktoken. That one drops U+007F, which is therefore
// replaced by U+0001: to the pattern both are symbols, and no merge has either.
func oracle(t testing.TB, text string) []int {
	t.Helper()
	ids, tokens, err := tiktoken().Encode(strings.ReplaceAll(text, "\x7f", "\x01"))
	if err != nil {
		t.Fatal(err)
	}
	pieces := gpt2Vocabulary().pieces
	got := make([]int, len(ids))
	at := 0
	for i, token := range tokens {
		got[i] = int(ids[i])
		if text[at] == '\x7f' {
			got[i] = pieces[letters['\x7f']]
		}
		at += len(token)
	}
	if at != len(text) {
		t.Fatalf("tiktoken's tokens of %q have %d bytes; want %d", text, at, len(text))
	}
	return got
}

// matchOracle encodes a text both ways and reports the first difference.
func matchOracle(t *testing.T, text string) {
	t.Helper()
	tok := gpt2()
	got, want := tok.Encode(text, false), oracle(t, text)
	if slices.Equal(got, want) {
		return
	}
	i, at := 0, 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		at += len(tok.Bytes(got[i]))
		i++
	}
	t.Fatalf("ids differ from byte %d, %.40q:\n got %.10v\nwant %.10v", at, text[at:],
		got[i:min(i+10, len(got))], want[i:min(i+10, len(want))])
}

func TestNoMergeHasTheDeleteCharacter(t *testing.T) {
	for _, m := range gpt2Vocabulary().merges {
		for _, b := range []byte{0x01, 0x7f} {
			if strings.Contains(m[0]+m[1], letters[b]) {
				t.Errorf("merge %q has byte %#x; oracle relies on there being none", m, b)
			}
		}
	}
}

func TestEncodeMatchesTiktoken(t *testing.T) {
	for name, text := range texts(t) {
		t.Run(name, func(t *testing.T) {
			matchOracle(t, text)
			matchOracle(t, strings.ToUpper(text))
			matchOracle(t, strings.ReplaceAll(text, "\n", "\r\n"))
			for _, cut := range []int{1, 7, 100} { // amid runes too
				matchOracle(t, text[cut:len(text)-cut])
			}
		})
	}
}

// Planes 0 to 3 and 14 have all assigned code points outside private use.
func TestEncodeMatchesTiktokenOnEveryCodePoint(t *testing.T) {
	var text strings.Builder
	for _, plane := range []rune{0, 1, 2, 3, 14} {
		for r := plane << 16; r < (plane+1)<<16; r++ {
			if 0xD800 <= r && r < 0xE000 {
				continue
			}
			c := string(r)
			text.WriteString("a" + c + " " + c + "1" + c + c + "'s")
			if text.Len() > 1<<14 {
				matchOracle(t, text.String())
				text.Reset()
			}
		}
	}
	matchOracle(t, text.String())
}

func TestEncodeMatchesTiktokenOnRandomText(t *testing.T) {
	parts := []string{
		" ", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u3000", "\u2028", "\u0085", "\x1c", "\u200b", "\u200d",
		"'", "'s", "'S", "'ll", "'LL", "'re", "'ve", "'d", "'m", "'t", "’s", "a", "the", "Straße", "naïve", "ſ",
		"0", "12", "½", "٣", "x", "!", "?!", "--", "...", "_", "\x00", "\x7f", "中", "文字", "한", "שלום", "مرحبا",
		"👍🏽", "👩‍🚀", "e\u0301", "\xff", "\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f", "\xf4\x90\x80\x80", "\ufffd",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		matchOracle(t, text.String())
	}
}

// Words around and far above the length where the way of merging changes.
func TestEncodeMatchesTiktokenOnLongWords(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, alphabet := range []string{"a", "ab", "etaoinshrdlu", "=-*", "0123456789", " ", "\xe3\x81\x82\x84"} {
		for _, n := range []int{1, 2, 63, 64, 65, 66, 127, 128, 129, 500, 2000} {
			word := make([]byte, n)
			for i := range word {
				word[i] = alphabet[random.IntN(len(alphabet))]
			}
			matchOracle(t, string(word))
		}
	}
}

func TestDecodeMatchesTiktoken(t *testing.T) {
	codec, err := tokenizer.Get(tokenizer.R50kBase)
	if err != nil {
		t.Fatal(err)
	}
	codec.SetErrorMode(tokenizer.ErrorModeReplace)
	var high []int // tokens with bytes that are not ASCII
	for id := range 50256 {
		if gpt2().Bytes(id)[0] >= 0x80 {
			high = append(high, id)
		}
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		n := 1 + random.IntN(8)
		ids, same := make([]int, n), make([]uint, n)
		for i := range ids {
			if random.IntN(4) == 0 {
				ids[i] = random.IntN(50256)
			} else {
				ids[i] = high[random.IntN(len(high))]
			}
			same[i] = uint(ids[i])
		}
		want, err := codec.Decode(same)
		if err != nil {
			t.Fatal(err)
		}
		if got := gpt2().Decode(ids); got != want {
			t.Fatalf("Decode(%v), bytes %x:\n got %q\nwant %q", ids, bytesOf(gpt2(), ids), got, want)
		}
	}
}
