package weights

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"inkling/engine/added"
)

const smallTokenizer = `{
	"version": "1.0",
	"added_tokens": [
		{"id": 3, "content": "<|endoftext|>", "special": true, "lstrip": false},
		{"id": 4, "content": "<|user|>", "special": true},
		{"id": 5, "content": "plain", "special": false, "normalized": true}],
	"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
	"model": {
		"type": "BPE", "dropout": null, "unk_token": null,
		"vocab": {"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3, "Ġ": 6, "Ġab": 7},
		"merges": [%s]}}`

// vocabularyFolder is a folder with the files, given as name and content by turns.
func vocabularyFolder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{configFile: {Data: []byte("{}")}, weightsFile: {Data: smallWeights()}}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func TestVocabulary(t *testing.T) {
	const vocab = `{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3, "Ġ": 6, "Ġab": 7}`
	pieces := map[string]int{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3, "Ġ": 6, "Ġab": 7}
	merges := [][2]string{{"a", "b"}, {"Ġ", "ab"}}
	endOnly := map[string]int{"<|endoftext|>": 3}
	withUser := map[string]int{"<|endoftext|>": 3, "<|user|>": 4}
	end := added.Token{Text: "<|endoftext|>", ID: 3, Special: true}
	user, word := added.Token{Text: "<|user|>", ID: 4, Special: true}, added.Token{Text: "plain", ID: 5, Normalized: true}
	names := map[string]string{"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
	onlyEnd := Vocabulary{Pieces: pieces, Merges: merges, Special: endOnly, Added: []added.Token{end}, Names: names}
	whole := Vocabulary{Pieces: pieces, Merges: merges, Special: withUser, Added: []added.Token{end, user, word}, Names: names}
	more := whole
	more.Special = map[string]int{"<|endoftext|>": 3, "<|user|>": 4, "a bit": 9}
	more.Added = append(slices.Clip(whole.Added), added.Token{Text: "a bit", ID: 9, Special: true})
	noEnd := Vocabulary{Pieces: map[string]int{"a": 0}, Special: map[string]int{}, Names: map[string]string{}}
	strs := fmt.Sprintf(smallTokenizer, `"a b", "Ġ ab"`)
	pairs := fmt.Sprintf(smallTokenizer, `["a", "b"], ["Ġ", "ab"]`)
	tests := []struct {
		name string
		fsys fstest.MapFS
		want Vocabulary
	}{
		{"two files", vocabularyFolder(vocabFile, vocab, mergesFile, "#version: 0.2\na b\nĠ ab\n"), onlyEnd},
		{"no version, blank lines, CRLF, no last newline", vocabularyFolder(vocabFile, vocab, mergesFile, "a b\r\n\r\n\nĠ ab"), onlyEnd},
		{"tokenizer.json, strings", vocabularyFolder(tokenizerFile, strs), whole},
		{"tokenizer.json, pairs", vocabularyFolder(tokenizerFile, pairs), whole},
		{"tokenizer.json, vocab.json without merges", vocabularyFolder(tokenizerFile, strs, vocabFile, `{"x": 0}`), whole},
		{"tokenizer.json first, special tokens from all",
			vocabularyFolder(vocabFile, `{"x": 0, "b": 1}`, mergesFile, "", tokenizerFile, strs, addedFile, `{"<|endoftext|>": 3, "plain": 5, "a bit": 9}`), more},
		{"no end of text", vocabularyFolder(vocabFile, `{"a": 0}`, mergesFile, ""), noEnd},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := mustOpen(t, test.fsys).Vocabulary()
			if err != nil {
				t.Fatal(err)
			}
			got.Pipeline = nil // a vocabulary that lacks most bytes has one
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("\n got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// "#version" is a comment in the first line alone; later it is a pair like any other.
func TestMergesVersion(t *testing.T) {
	got, err := decodeMerges([]byte("#version 0.2\n#version 0.2\n# #\n"))
	if want := [][2]string{{"#version", "0.2"}, {"#", "#"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestVocabularyErrors(t *testing.T) {
	const (
		needs = "; a model folder needs config.json, weights (model.safetensors or pytorch_model.bin), and a tokenizer (tokenizer.json, vocab.json with merges.txt, vocab.txt, or spiece.model); " +
			`"inkling pull gpt2" downloads a whole one, "inkling pull owner/name" any other of the hub`
		fetch = "; the file is damaged, download it again"
		kinds = "; there are BPE, Unigram and WordPiece"
		vocab = `{"a": 0, "b": 1}`
		split = `,"pre_tokenizer":{"type":"ByteLevel"}`
	)
	pair := func(vocab, merges string) fstest.MapFS { return vocabularyFolder(vocabFile, vocab, mergesFile, merges) }
	tokenizer := func(text string) fstest.MapFS { return vocabularyFolder(tokenizerFile, text) }
	model := func(fields string) fstest.MapFS { return tokenizer(`{"model":{` + fields + `}}`) }
	tests := []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"nothing", vocabularyFolder(), "m/vocab.json: file does not exist" + needs},
		{"no vocab", vocabularyFolder(mergesFile, ""), "m/vocab.json: file does not exist" + needs},
		{"no merges", vocabularyFolder(vocabFile, vocab), "m/merges.txt: file does not exist" + needs},

		{"three pieces", pair(vocab, "#version\na b\na b c\n"), `m/merges.txt: line 3: found "a b c", expected two pieces with one space between them` + fetch},
		{"one piece", pair(vocab, "a"), `m/merges.txt: line 1: found "a", expected two pieces with one space between them` + fetch},
		{"no left piece", pair(vocab, "\r\n b\r\n"), `m/merges.txt: line 2: found " b", expected two pieces with one space between them` + fetch},
		{"two spaces", pair(vocab, "a  b"), `m/merges.txt: line 1: found "a  b", expected two pieces with one space between them` + fetch},
		{"merges not UTF-8", pair(vocab, "a \xff"), "m/merges.txt: not UTF-8 text" + fetch},

		{"no pieces", pair(`{}`, ""), "m/vocab.json: no pieces" + fetch},
		{"vocab not UTF-8", pair("{\"\xff\": 0}", ""), "m/vocab.json: not UTF-8 text" + fetch},
		{"vocab cut", pair(`{"a": 0,`, ""), "m/vocab.json: the text ends too early, after 8 bytes" + fetch},
		{"more than one value", pair(vocab+"{}", ""), "m/vocab.json: byte 17: found {, expected the end of the text" + fetch},
		{"piece twice", pair(`{"a": 0, "a": 1}`, ""), "m/vocab.json: byte 12: key a appears twice" + fetch},
		{"id twice", pair(`{"a": 0, "b": 1, "c": 0}`, ""), "m/vocab.json: id 0: found for both a and c, expected one of them" + fetch},
		{"negative id", pair(`{"a": -1}`, ""), "m/vocab.json: token a: byte 8: found -1, expected a whole number from 0 to 16777215" + fetch},
		{"huge id", pair(`{"a": 16777216}`, ""), "m/vocab.json: token a: byte 14: found 16777216, expected a whole number from 0 to 16777215" + fetch},
		{"fractional id", pair(`{"a": 1.0}`, ""), "m/vocab.json: token a: byte 9: found 1.0, expected a whole number from 0 to 16777215" + fetch},
		{"id is text", pair(`{"a": "0\n"}`, ""), `m/vocab.json: token a: byte 11: found "0\n", expected a whole number from 0 to 16777215` + fetch},
		{"id is null", pair(`{"a": null}`, ""), "m/vocab.json: token a: byte 10: found null, expected a whole number from 0 to 16777215" + fetch},

		{"no model", tokenizer(`{}`), "m/tokenizer.json: no pieces" + fetch},
		{"another model", model(`"type":"WordLevel"`), "m/tokenizer.json: model.type: a tokenizer of the type WordLevel is not supported" + kinds},
		{"no scores", model(`"type":"Unigram","vocab":{"a":0}`), "m/tokenizer.json: model.vocab: found no list of pieces with scores for Unigram, or one for Unigram" + fetch},
		{"a score is text", model(`"type":"Unigram","vocab":[["a","b"]]`), "m/tokenizer.json: model.vocab: piece 1: byte 44: found \"b\", expected a number" + fetch},
		{"a piece without a score", model(`"type":"Unigram","vocab":[["a",1],["b"]]`), "m/tokenizer.json: model.vocab: piece 2: found 1 values, expected a piece and its score" + fetch},
		{"a score without bound", model(`"type":"Unigram","vocab":[["a",1e999]]`), "m/tokenizer.json: model.vocab: piece 1: byte 46: found 1e999, expected a number" + fetch},
		{"an unknown piece that is not there", model(`"type":"Unigram","vocab":[["a",1]],"unk_id":7`), "m/tokenizer.json: model.unk_id: found 7, expected the place of a piece, 0 to 0" + fetch},
		{"model is null", tokenizer(`{"model":null}`), "m/tokenizer.json: byte 13: found null, expected an object" + fetch},
		{"merges are text", model(`"vocab":{"a":0},"merges":"a b"`), "m/tokenizer.json: model.merges: byte 40: found \"a b\", expected an array" + fetch},
		{"merge is a number", model(`"vocab":{"a":0},"merges":[1]`), "m/tokenizer.json: model.merges: byte 37: found 1, expected a merge" + fetch},
		{"merge is an object", model(`"vocab":{"a":0},"merges":[{}]`), "m/tokenizer.json: model.merges: byte 37: found {, expected a merge" + fetch},
		{"merge of three", model(`"vocab":{"a":0},"merges":["a a",["a","a","a"]]`), "m/tokenizer.json: model.merges: merge 2: found 3 strings, expected two pieces" + fetch},
		{"merge of one", model(`"vocab":{"a":0},"merges":[["a"]]`), "m/tokenizer.json: model.merges: merge 1: found 1 strings, expected two pieces" + fetch},
		{"merge without space", model(`"vocab":{"a":0},"merges":["aa"]`), `m/tokenizer.json: model.merges: merge 1: found "aa", expected two pieces with one space between them` + fetch},
		{"added token without id", tokenizer(`{"model":{"vocab":{"a":0}}` + split + `,"added_tokens":[{"content":"x","special":true}]}`), "m/tokenizer.json: added token 1: no id" + fetch},
		{"added token without text", tokenizer(`{"model":{"vocab":{"a":0}}` + split + `,"added_tokens":[{"id":7,"special":true}]}`), "m/tokenizer.json: added token 1: the token with id 7: found no text, expected some" + fetch},
		{"special is text", tokenizer(`{"model":{"vocab":{"a":0}},"added_tokens":[{"special":"yes"}]}`), `m/tokenizer.json: added token 1: byte 59: found "yes", expected true or false` + fetch},

		{"special id taken", vocabularyFolder(vocabFile, vocab, mergesFile, "", addedFile, `{"<x>": 1}`), "m/added_tokens.json: id 1: found for both <x> and b, expected one of them" + fetch},
		{"special ids disagree", vocabularyFolder(vocabFile, `{"<|endoftext|>": 0}`, mergesFile, "", addedFile, `{"<|endoftext|>": 1}`),
			"m/added_tokens.json: token <|endoftext|>: id 1, expected 0 as elsewhere in the folder" + fetch},
		{"added tokens cut", vocabularyFolder(vocabFile, vocab, mergesFile, "", addedFile, `{"<x>"`), "m/added_tokens.json: token <x>: the text ends too early, after 6 bytes" + fetch},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := mustOpen(t, test.fsys).Vocabulary()
			checkError(t, err, test.want)
			if !reflect.DeepEqual(got, Vocabulary{}) {
				t.Errorf("got %v with the error", got)
			}
		})
	}
}

func TestLargeTokenizerFiles(t *testing.T) {
	data := make([]byte, maxTokenizer+1)
	for _, name := range []string{vocabFile, mergesFile, tokenizerFile, addedFile} {
		fsys := modelFolder(smallWeights())
		fsys[name] = &fstest.MapFile{Data: data}
		_, err := mustOpen(t, fsys).Vocabulary()
		checkError(t, err, "m/"+name+": 67108865 bytes, expected at most 67108864; this is not the file of a GPT-2 model")
	}
}

func FuzzTokenizer(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(smallTokenizer, `"a b", ["Ġ", "ab"]`)), []byte("#version: 0.2\na b\r\n\nĠ ab"))
	f.Add([]byte(`{"a": 0, "<|endoftext|>": 3}`), []byte("#version"))
	f.Add([]byte(`{"added_tokens":[{"id":0,"content":"x","special":true}],"model":{"vocab":{"a":0},"merges":[[]]}}`), []byte(" \n"))
	f.Fuzz(func(t *testing.T, text, merges []byte) {
		folders := []fstest.MapFS{
			vocabularyFolder(tokenizerFile, string(text)),
			vocabularyFolder(vocabFile, string(text), mergesFile, string(merges)),
			vocabularyFolder(vocabFile, `{"a":0}`, mergesFile, string(merges), addedFile, string(text)),
		}
		for _, fsys := range folders {
			v, err := mustOpen(t, fsys).Vocabulary()
			if err != nil {
				if strings.ContainsAny(err.Error(), "\n\r\x1b") {
					t.Errorf("the message is not one plain line: %q", err)
				}
				continue
			}
			texts := make(map[int]string)
			for _, tokens := range []map[string]int{v.Pieces, v.Special} {
				for text, id := range tokens {
					if other, taken := texts[id]; taken && other != text || id < 0 || id > maxID {
						t.Errorf("id %d of %q, also of %q", id, text, other)
					}
					texts[id] = text
				}
			}
			for _, merge := range v.Merges {
				if merge[0] == "" || merge[1] == "" {
					t.Errorf("merge %q", merge)
				}
			}
		}
	})
}

// BenchmarkVocabulary reads a vocabulary of the size of GPT-2's.
func BenchmarkVocabulary(b *testing.B) {
	vocab := make(map[string]int)
	var merges strings.Builder
	for i := range 50257 {
		vocab[fmt.Sprintf("Ġpiece%d", i)] = i
		fmt.Fprintf(&merges, "Ġpie ce%d\n", i)
	}
	text, err := json.Marshal(vocab)
	if err != nil {
		b.Fatal(err)
	}
	f := mustOpen(b, vocabularyFolder(vocabFile, string(text), mergesFile, merges.String()))
	for b.Loop() {
		if _, err := f.Vocabulary(); err != nil {
			b.Fatal(err)
		}
	}
}
