package weights

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inkling/engine/added"
)

const (
	byteLevel   = `{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}`
	bertSplit   = `{"type": "BertPreTokenizer"}`
	bertClean   = `{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": null, "lowercase": true}`
	wordVocab   = `"vocab": {"[UNK]": 0, "a": 1, "[CLS]": 2}`
	adviceKinds = "; there are BPE, Unigram and WordPiece"
)

// Everything in a tokenizer.json that would cut text in another way is refused by its name.
func TestUnsupportedTokenizers(t *testing.T) {
	bpe := func(model, parts string) string {
		return `{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []` + model + `}` + parts + `}`
	}
	words := func(parts string) string { return `{"model": {"type": "WordPiece", ` + wordVocab + `}` + parts + `}` }
	split := func(pretokenizer string) string { return bpe("", `, "pre_tokenizer": `+pretokenizer) }
	sequence := func(steps ...string) string {
		return split(`{"type": "Sequence", "pretokenizers": [` + strings.Join(steps, ",") + `]}`)
	}
	for _, c := range []struct{ name, file, want string }{
		{"words", `{"model": {"type": "WordLevel", "vocab": {"a": 0}}}`, "model.type: a tokenizer of the type WordLevel is not supported"},
		{"a type that is no text", `{"model": {"type": 1}}`, "model.type: a tokenizer of the type 1 is not supported"},
		{"normalizer", bpe("", `, "normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": `+byteLevel), "normalizer: BertNormalizer: it is not supported with this model"},
		{"normalizer in a sequence", bpe("", `, "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Other"}]}`), "normalizer: Other: it is not supported with this model"},
		{"a pattern that looks behind", bpe("", `, "normalizer": {"type": "Replace", "pattern": {"Regex": "(?<=a)b"}, "content": ""}`), "normalizer: Replace: the regular expression (?<=a)b is not supported: it looks around, or has an atomic group"},
		{"pre-tokenizer", sequence(byteLevel, `{"type": "UnicodeScripts"}`), "pre_tokenizer: UnicodeScripts: it is not supported with this model"},
		{"a pattern with references", split(`{"type": "Split", "pattern": {"Regex": "(a)\\1"}, "behavior": "Isolated"}`), `pre_tokenizer: Split: the regular expression (a)\1 is not supported: it has \1`},
		{"classes within each other", split(`{"type": "Split", "pattern": {"Regex": "[a[b]]"}, "behavior": "Isolated"}`), "it has brackets within brackets"},
		{"a common part of classes", split(`{"type": "Split", "pattern": {"Regex": "[a&&b]"}, "behavior": "Isolated"}`), "it has the operator && within brackets"},
		{"an unknown property", split(`{"type": "Split", "pattern": {"Regex": "\\p{Grinning}"}, "behavior": "Isolated"}`), "it has what is not known of regular expressions"},
		{"metaspace", split(`{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "sometimes"}`), "pre_tokenizer: Metaspace: prepend_scheme: sometimes is not supported"},
		{"decoder", bpe("", `, "pre_tokenizer": `+byteLevel+`, "decoder": {"type": "CTC"}`), "decoder: CTC: it is not supported with this model"},
		{"no type", split(`{"add_prefix_space": true}`), "pre_tokenizer: found no type, expected one"},
		{"post-processor", bpe("", `, "pre_tokenizer": `+byteLevel+`, "post_processor": {"type": "Other"}`), "post_processor: Other is not supported"},
		{"two tokens before", bpe("", `, "pre_tokenizer": `+byteLevel+`, "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a"}}, {"SpecialToken": {"id": "b"}}, {"Sequence": {"id": "A"}}]}`),
			"post_processor: more than one special token before a text is not supported"},
		{"wordpiece, normalizer", words(`, "normalizer": {"type": "NFKC"}, "pre_tokenizer": ` + bertSplit), "normalizer: NFKC is not supported with WordPiece, only one BertNormalizer"},
		{"wordpiece, two normalizers", words(`, "normalizer": {"type": "Sequence", "normalizers": [` + bertClean + `, {"type": "NFD"}]}, "pre_tokenizer": ` + bertSplit), "normalizer: NFD is not supported with WordPiece, only one BertNormalizer"},
		{"wordpiece, pre-tokenizer", words(`, "pre_tokenizer": ` + byteLevel), "pre_tokenizer: ByteLevel is not supported with WordPiece, only one BertPreTokenizer"},
		{"wordpiece, no pre-tokenizer", words(""), "pre_tokenizer: found none, expected BertPreTokenizer"},
		{"wordpiece, decoder", words(`, "pre_tokenizer": ` + bertSplit + `, "decoder": {"type": "BPEDecoder"}`), "decoder: BPEDecoder is not supported, only WordPiece"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mustOpen(t, vocabularyFolder(tokenizerFile, c.file)).Vocabulary()
			if err == nil || !strings.HasPrefix(err.Error(), "m/tokenizer.json: ") || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), adviceKinds) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestDamagedPipelines(t *testing.T) {
	for _, parts := range []string{
		`"pre_tokenizer": 1`, `"pre_tokenizer": {"type": 1}`, `"pre_tokenizer": {"type": "Sequence", "pretokenizers": {}}`,
		`"pre_tokenizer": {"type": "ByteLevel", "use_regex": "\n"}`, `"normalizer": "NFC"`, `"pre_tokenizer": ` + byteLevel + `, "decoder": []`,
		`"pre_tokenizer": ` + byteLevel + `, "post_processor": {"type": "TemplateProcessing", "single": 1}`,
		`"pre_tokenizer": ` + byteLevel + `, "post_processor": {"type": "BertProcessing", "cls": "x"}`,
		`"normalizer": {"type": "Replace", "content": ""}`, `"normalizer": {"type": "Replace", "pattern": "a", "content": ""}`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAA="}`,
		`"normalizer": {"type": "Precompiled", "precompiled_charsmap": "!"}`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": [1]}`, `"pre_tokenizer": {"type": "Split", "pattern": {"String": "a"}}`,
		`"pre_tokenizer": {"type": "Metaspace", "replacement": "ab"}`, `"pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": ""}`, `"decoder": {"type": "Strip", "content": ""}`,
		`"decoder": {"type": "Strip", "content": " ", "start": -1.5}`, `"normalizer": ` + strings.Repeat(`{"type": "Sequence", "normalizers": [`, 30) + strings.Repeat(`]}`, 30),
	} {
		_, err := mustOpen(t, vocabularyFolder(tokenizerFile, `{"model": {"type": "BPE", "vocab": {"a": 0}}, `+parts+`}`)).Vocabulary()
		if err == nil || !strings.HasPrefix(err.Error(), "m/tokenizer.json: ") || !strings.HasSuffix(err.Error(), adviseFetch) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", parts, err)
		}
	}
}

func TestWordPiece(t *testing.T) {
	plain := WordPiece{Unknown: "[UNK]", Prefix: "##", Longest: 100, Clean: true, Chinese: true, StripAccents: true, Lower: true}
	with := func(change func(*WordPiece)) WordPiece {
		w := plain
		change(&w)
		return w
	}
	file := func(parts string) string {
		return `{"model": {"type": "WordPiece", ` + wordVocab + `}, "pre_tokenizer": ` + bertSplit + parts + `}`
	}
	const vocab = "[UNK]\na\n[CLS]\n"
	for _, c := range []struct {
		name  string
		files []string
		want  WordPiece
	}{
		{"vocab.txt", []string{wordsFile, vocab}, plain},
		{"cased", []string{wordsFile, vocab, settingsFile, `{"do_lower_case": false}`}, with(func(w *WordPiece) { w.Lower, w.StripAccents = false, false })},
		{"cased without accents", []string{wordsFile, vocab, settingsFile, `{"do_lower_case": false, "strip_accents": true}`}, with(func(w *WordPiece) { w.Lower = false })},
		{"accents", []string{wordsFile, vocab, settingsFile, `{"strip_accents": false, "tokenize_chinese_chars": false}`}, with(func(w *WordPiece) { w.StripAccents, w.Chinese = false, false })},
		{"another unknown token", []string{wordsFile, "<unk>\na\n[CLS]\n", settingsFile, `{"unk_token": "<unk>"}`}, with(func(w *WordPiece) { w.Unknown = "<unk>" })},
		{"tokenizer.json", []string{tokenizerFile, file(`, "normalizer": ` + bertClean)}, with(func(w *WordPiece) { w.Clean, w.Chinese = false, false })},
		{"tokenizer.json without normalizer", []string{tokenizerFile, file("")}, WordPiece{Unknown: "[UNK]", Prefix: "##", Longest: 100}},
		{"settings first", []string{tokenizerFile, file(`, "normalizer": ` + bertClean), settingsFile, `{"do_lower_case": false}`}, with(func(w *WordPiece) { w.Clean, w.Chinese, w.Lower, w.StripAccents = false, false, false, false })},
	} {
		v, err := mustOpen(t, vocabularyFolder(c.files...)).Vocabulary()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if v.WordPiece == nil || *v.WordPiece != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, v.WordPiece, c.want)
		}
		if v.Begin != "[CLS]" || v.Special["[CLS]"] != 2 || v.Pieces["a"] != 1 || v.Merges != nil {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

// The ids of vocab.txt are the numbers of its lines. Of equal pieces the last one counts; an empty line has no token.
func TestWords(t *testing.T) {
	v, err := mustOpen(t, vocabularyFolder(wordsFile, "[UNK]\r\na\n\nb\na\n 字\nlast")).Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"[UNK]": 0, "a": 4, "b": 3, " 字": 5, "last": 6}; !maps.Equal(v.Pieces, want) {
		t.Errorf("%v, want %v", v.Pieces, want)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "m/vocab.txt: no pieces; " + adviseFetch},
		"not UTF-8": {"a\n\xff\n", "m/vocab.txt: not UTF-8 text; " + adviseFetch},
	} {
		_, err := mustOpen(t, vocabularyFolder(wordsFile, c.text)).Vocabulary()
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	_, err = mustOpen(t, vocabularyFolder(wordsFile, "[UNK]\n", settingsFile, `{"do_basic_tokenize": false}`)).Vocabulary()
	checkError(t, err, "m/tokenizer_config.json: do_basic_tokenize: false is not supported"+adviceKinds)
}

func TestSettings(t *testing.T) {
	const vocab, tokens = `{"a": 0, "<|endoftext|>": 1, "<pad>": 2, "<x>": 3, "word": 4, "[A]": 5}`, `"added_tokens_decoder": {
		"3": {"content": "<x>", "special": true, "lstrip": true, "normalized": false},
		"4": {"content": "word", "special": false, "single_word": true},
		"5": {"content": "[A]", "special": false},
		"9": {"content": "<|new|>", "special": true}}`
	open := func(files ...string) Vocabulary {
		t.Helper()
		v, err := mustOpen(t, vocabularyFolder(append([]string{vocabFile, vocab, mergesFile, ""}, files...)...)).Vocabulary()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}

	v := open(settingsFile, `{`+tokens+`, "eos_token": {"content": "<x>", "__type": "AddedToken"}, "bos_token": null, "pad_token": "<pad>",
		"additional_special_tokens": ["word"], "extra_special_tokens": {"image_token": "<image>"}, "chat_template": "{{ '[A]' }} a", "model_max_length": 1e30}`)
	if want := map[string]string{"bos_token": "<|endoftext|>", "eos_token": "<x>", "unk_token": "<|endoftext|>", "pad_token": "<pad>"}; !maps.Equal(v.Names, want) {
		t.Errorf("names %v, want %v", v.Names, want)
	}
	// What the folder names, and what its template writes, is special; [A] is, and "a" is no token of its own.
	want := []added.Token{
		{Text: "<|endoftext|>", ID: 1, Special: true},
		{Text: "<pad>", ID: 2, Special: true},
		{Text: "<x>", ID: 3, Special: true, LStrip: true},
		{Text: "word", ID: 4, Special: true, SingleWord: true},
		{Text: "[A]", ID: 5, Special: true},
		{Text: "<|new|>", ID: 9, Special: true},
	}
	if !slices.Equal(v.Added, want) {
		t.Errorf("added tokens\n got %+v\nwant %+v", v.Added, want)
	}
	if v.ChatTemplate != "{{ '[A]' }} a" {
		t.Errorf("template %q", v.ChatTemplate)
	}

	v = open(settingsFile, `{`+tokens+`}`)
	if slices.ContainsFunc(v.Added, func(token added.Token) bool {
		return token.Special != slices.Contains([]string{"<|endoftext|>", "<x>", "<|new|>"}, token.Text)
	}) {
		t.Errorf("without names and template: %+v", v.Added)
	}

	// special_tokens_map.json fills in, chat_template.jinja wins, added_tokens.json does not change what is known.
	v = open(settingsFile, `{`+tokens+`, "bos_token": "<x>", "add_bos_token": true, "chat_template": "old"}`,
		namesFile, `{"bos_token": "<pad>", "eos_token": {"content": "<pad>"}}`, templateFile, "new\n", addedFile, `{"word": 4, "<more>": 10}`)
	if v.Names["bos_token"] != "<x>" || v.Names["eos_token"] != "<pad>" || v.Begin != "<x>" || v.ChatTemplate != "new\n" {
		t.Errorf("names %v, begin %q, template %q", v.Names, v.Begin, v.ChatTemplate)
	}
	if v.Special["<more>"] != 10 || v.Special["word"] != 0 {
		t.Errorf("special %v", v.Special)
	}

	for text, want := range map[string]string{
		`[{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]`: "d",
		`[{"name": "tool_use", "template": "t"}]`:                                       "",
		`null`: "",
		`""`:   "",
	} {
		if v := open(settingsFile, `{"chat_template": `+text+`}`); v.ChatTemplate != want {
			t.Errorf("%s: template %q, want %q", text, v.ChatTemplate, want)
		}
	}
}

func TestDamagedSettings(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{settingsFile, "", "found nothing, expected JSON"},
		{settingsFile, `[]`, "found an array, expected an object"},
		{settingsFile, "{\"a\x1b\n", "which is no JSON"},
		{settingsFile, `{"add_prefix_space": "yes"}`, "add_prefix_space"},
		{settingsFile, `{"added_tokens_decoder": {"-1": "x"}}`, `added_tokens_decoder: found the id -1, expected a whole number from 0 to 16777215`},
		{settingsFile, `{"added_tokens_decoder": {"99999999": "x"}}`, `found the id 99999999`},
		{settingsFile, `{"added_tokens_decoder": {"5": 7}}`, `added_tokens_decoder: 5: found 7, expected a text or an object`},
		{settingsFile, `{"added_tokens_decoder": {"0": "b"}}`, "id 0: found for both a and b, expected one of them"},
		{settingsFile, `{"added_tokens_decoder": {"3": "a"}}`, "token a: id 3, expected 0 as elsewhere in the folder"},
		{settingsFile, `{"added_tokens_decoder": {"3": {}}}`, "the token with id 3: found no text"},
		{settingsFile, `{"eos_token": 1}`, "eos_token: found 1, expected a text or an object"},
		{settingsFile, `{"additional_special_tokens": [1]}`, "additional_special_tokens: found 1"},
		{settingsFile, `{"chat_template": 1}`, "chat_template: found 1, expected a text or a list of templates"},
		{namesFile, `1`, "found 1, expected an object"},
	} {
		_, err := mustOpen(t, vocabularyFolder(vocabFile, `{"a": 0}`, mergesFile, "", c.file, c.text)).Vocabulary()
		if err == nil || !strings.HasPrefix(err.Error(), "m/"+c.file+": ") || !strings.Contains(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s %s: %v, want %s", c.file, c.text, err, c.want)
		}
	}
	for _, name := range []string{settingsFile, namesFile, templateFile} {
		_, err := mustOpen(t, vocabularyFolder(vocabFile, `{"a": 0}`, mergesFile, "", name, strings.Repeat(" ", maxSettings+1))).Vocabulary()
		checkError(t, err, "m/"+name+": 16777217 bytes, expected at most 16777216; this is not the file of a GPT-2 model")
	}
}

// Nothing in a folder makes the reader fail in another way than by an error of one line.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"added_tokens_decoder": {"3": {"content": "<x>", "special": true}}, "eos_token": "<x>", "chat_template": [{"name": "default", "template": "{{ x }}"}]}`), []byte("[UNK]\na\n"))
	f.Add([]byte(`{"model": {"type": "WordPiece", "vocab": {"a": 0}}, "normalizer": {"type": "Sequence", "normalizers": [{"type": "BertNormalizer"}]}, "pre_tokenizer": {"type": "BertPreTokenizer"}}`), []byte(`{}`))
	f.Add([]byte(fmt.Sprintf(smallTokenizer, `"a b"`)), []byte(`{"bos_token": {"content": "a"}, "add_bos_token": true}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for _, files := range [][]string{
			{wordsFile, string(second), settingsFile, string(first)},
			{tokenizerFile, string(first), settingsFile, string(second), namesFile, string(second)},
			{vocabFile, `{"a": 0, "<|endoftext|>": 1}`, mergesFile, "", namesFile, string(first), addedFile, string(second)},
		} {
			v, err := mustOpen(t, vocabularyFolder(files...)).Vocabulary()
			if err != nil {
				if strings.ContainsAny(err.Error(), "\n\r\x1b") {
					t.Errorf("the message is not one plain line: %q", err)
				}
				if !reflect.DeepEqual(v, Vocabulary{}) {
					t.Errorf("got %v with the error", v)
				}
				continue
			}
			for i, token := range v.Added {
				if token.Text == "" || token.ID < 0 || token.ID > maxID || i > 0 && token.ID <= v.Added[i-1].ID {
					t.Errorf("added token %+v", token)
				}
				if id, ok := v.Special[token.Text]; ok != token.Special || ok && id != token.ID {
					t.Errorf("added token %+v, special %v", token, v.Special)
				}
			}
		}
	})
}
