package wordpiece_test

import (
	"slices"
	"strings"
	"testing"

	"inkling/engine/wordpiece"
)

// checkDecoder asserts that ids decode to the same text at once and one by one, from any of them on.
func checkDecoder(t *testing.T, tok *wordpiece.Tokenizer, ids []int) {
	t.Helper()
	whole := tok.Decode(ids)
	for _, cut := range []int{0, len(ids) / 2, len(ids)} {
		decoder := tok.NewDecoder(ids[:cut]...)
		var text strings.Builder
		text.WriteString(tok.Decode(ids[:cut]))
		for _, id := range ids[cut:] {
			text.WriteString(decoder.Push(id))
		}
		text.WriteString(decoder.Flush())
		if text.String() != whole {
			t.Fatalf("one by one from %d on: %q, at once %q", cut, text.String(), whole)
		}
	}
}

func TestDecode(t *testing.T) {
	tok := mustNew(t, options(t))
	for _, c := range []struct{ pieces, want string }{
		{"今 天 天 气", "今天天气"},
		{"[CLS] 你 好 ， 世 界 ！ [SEP]", "你好，世界！"},
		{"我 爱 python 和 go", "我爱python和go"},
		{"hello world", "hello world"},
		{"runn ##ing token ##ization", "running tokenization"},
		{"hello , world ! hello", "hello, world! hello"},
		{"don ' t , isn ' t", "don't, isn't"},
		{"pi : 3 . 1 ##4 a , 1 , 0 ##00 a , 1 ##2 : 3 ##0", "pi: 3.14 a, 1,000 a, 12:30"},
		{"( a ) [ b ] { c }", "(a) [b] {c}"},
		{"he ##lo \" hello world \" a \" b \" .", `helo "hello world" a "b".`},
		{"hello ( world ) , a", "hello (world), a"},
		{"gpt - 2 a / b a _ b", "gpt-2 a/b a_b"},
		{"他 说 ： “ 你 好 ” 。", "他说：“你好”。"},
		{"the “ fox ” a", "the “fox” a"},
		{"5 ##0 % a", "50%a"},
		{". . . a", "... a"},
		{"[UNK] 今 [UNK] 天 [PAD] [MASK]", "今天"},
		{"hello [SEP] world", "hello world"},
		{"[SEP] hello", "hello"},
		{"##ing", "ing"},
		{"今 ##文", "今文"},
		{"😂 👍 你 😂", "😂 👍你😂"},
		{"##", "##"},
	} {
		ids := map[string]int{}
		for piece, id := range pieces(t) {
			ids[piece] = id
		}
		var list []int
		for _, piece := range strings.Fields(c.pieces) {
			id, ok := ids[piece]
			if !ok { // spell it
				for i, r := range piece {
					letter := string(r)
					if i > 0 {
						letter = "##" + letter
					}
					list = append(list, ids[letter])
				}
				continue
			}
			list = append(list, id)
		}
		if got := tok.Decode(list); got != c.want {
			t.Errorf("%s: %q, want %q", c.pieces, got, c.want)
		}
		checkDecoder(t, tok, list)
	}
	if got := tok.Decode([]int{-1, 1 << 30}); got != "" {
		t.Errorf("unknown ids: %q", got)
	}
}

// What follows a text joins it as its tokens say.
func TestDecoderGoesOn(t *testing.T) {
	tok := mustNew(t, options(t))
	ids := pieces(t)
	for _, c := range []struct{ before, next, want string }{
		{"hello", "world", " world"},
		{"hello", "##s", "s"},
		{"今", "天", "天"},
		{"[CLS]", "hello", "hello"},
	} {
		if got := tok.NewDecoder(ids[c.before]).Push(ids[c.next]); got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.next, c.before, got, c.want)
		}
	}
}

// The text of ids is text that has these ids, where no word is unknown.
func TestDecodedTextHasTheSameIDs(t *testing.T) {
	var f fixtures
	readJSON(t, "encode.json", &f)
	tok := mustNew(t, options(t))
	compared := 0
	for i, text := range f.Texts {
		ids := f.IDs["lower"][i]
		checkDecoder(t, tok, ids)
		if slices.ContainsFunc(ids, tok.IsSpecial) {
			continue
		}
		compared++
		if again := tok.Encode(tok.Decode(ids), false); !slices.Equal(again, ids) {
			t.Errorf("%q decodes to %q:\n got %v\nwant %v", text, tok.Decode(ids), again, ids)
		}
	}
	if compared < 30 {
		t.Errorf("only %d texts have no special token", compared)
	}
}
