package bpe_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"inkling/engine/bpe"
)

// vocabulary is what vocab.json and merges.txt say.
type vocabulary struct {
	pieces map[string]int
	merges [][2]string
}

const endOfText = "<|endoftext|>"

var gpt2Vocabulary = sync.OnceValue(func() (v vocabulary) {
	open := func(name string) io.Reader {
		file, err := os.Open(filepath.Join("testdata", "gpt2", name))
		if err != nil {
			panic(err)
		}
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			panic(err)
		}
		return unzipped
	}
	if err := json.NewDecoder(open("vocab.json.gz")).Decode(&v.pieces); err != nil {
		panic(err)
	}
	for lines := bufio.NewScanner(open("merges.txt.gz")); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#version") {
			continue
		}
		left, right, _ := strings.Cut(lines.Text(), " ")
		v.merges = append(v.merges, [2]string{left, right})
	}
	return v
})

// gpt2 is the tokenizer of GPT-2.
var gpt2 = sync.OnceValue(func() *bpe.Tokenizer {
	v := gpt2Vocabulary()
	tok, err := bpe.New(v.pieces, v.merges, map[string]int{endOfText: v.pieces[endOfText]})
	if err != nil {
		panic(err)
	}
	return tok
})

// letters are the 256 byte letters in the order of the bytes: encoder.py's
// bytes_to_unicode.
var letters = func() (letters [256]string) {
	const printable = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" +
		"¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
	next := rune(256)
	for b := range letters {
		letter := string(rune(b))
		if !strings.Contains(printable, letter) {
			letter = string(next)
			next++
		}
		letters[b] = letter
	}
	return letters
}()

// texts are the texts of testdata by name.
func texts(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("texts in testdata: %d files, %v; want at least 8", len(files), err)
	}
	texts := make(map[string]string)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".txt")] = string(content)
	}
	return texts
}

// bytesOf joins the bytes of the tokens.
func bytesOf(tok *bpe.Tokenizer, ids []int) string {
	var bytes strings.Builder
	for _, id := range ids {
		bytes.Write(tok.Bytes(id))
	}
	return bytes.String()
}
