package engine

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"inkling/engine/gpt2"
)

// tokenizerOf opens the tokenizer of a folder as Open does, and says whether it came from the cache.
func tokenizerOf(t *testing.T, folder string) (tokenizer Tokenizer, info Info, cached bool) {
	t.Helper()
	files, err := Source(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	config, err := gpt2.ParseConfig(files.Config())
	if err != nil {
		t.Fatal(err)
	}
	place := newCachePlace(files, folder)
	_, found := newTokenizerStore(files, place, config.Vocab).find()
	tokenizer, err = openTokenizer(files, place, folder, config, &info)
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer, info, found != nil
}

func TestTheTokenizerIsKept(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("gpt2/testdata/small")); err != nil {
		t.Fatal(err)
	}
	const text = "Once upon a time<|endoftext|> there was naïve 漢字\n"
	first, described, cached := tokenizerOf(t, folder)
	if cached {
		t.Fatal("found before it was written")
	}
	second, again, cached := tokenizerOf(t, folder)
	if !cached {
		t.Error("not kept")
	}
	if !reflect.DeepEqual(described, again) {
		t.Errorf("described as %+v, then as %+v", described, again)
	}
	if got, want := second.Encode(text, true), first.Encode(text, true); !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}

	// Files that change or come later count.
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("chat_template.jinja", "{{ messages }}")
	if _, info, cached := tokenizerOf(t, folder); cached || info.ChatTemplate != "{{ messages }}" {
		t.Errorf("with a template: cached %t, template %q", cached, info.ChatTemplate)
	}
	write("chat_template.jinja", "{{ other }}")
	if _, info, cached := tokenizerOf(t, folder); cached || info.ChatTemplate != "{{ other }}" {
		t.Errorf("with another template: cached %t, template %q", cached, info.ChatTemplate)
	}

	// A damaged file is no tokenizer.
	names, err := filepath.Glob(filepath.Join(folder, CacheFolder, "*tokenizer*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("kept as %q, %v", names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-100] ^= 1
	if err := os.WriteFile(names[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	third, _, cached := tokenizerOf(t, folder)
	if cached {
		t.Error("damaged, but found")
	}
	if got, want := third.Encode(text, true), first.Encode(text, true); !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
}
