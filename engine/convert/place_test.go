package convert

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"inkling/engine/dtype"
)

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	if !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("error\n got %s\nwant %s", err, want)
	}
}

// names lists a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestDestinationsThatAreThere(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	at := func(name string) string { return filepath.Join(out, name) }
	write(t, at("old.gguf"), "precious")
	write(t, at("file"), "precious")
	for _, folder := range []string{"folder", "folder.gguf", "precious"} {
		if err := os.Mkdir(at(folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(at("folder"), "config.json"), "{}")
	write(t, filepath.Join(at("precious"), "thesis.txt"), "precious")
	before := names(t, out)
	for _, c := range []struct {
		destination string
		options     Options
		want        string
	}{
		{"old.gguf", Options{}, "old.gguf: it is there already; --force replaces it"},
		{"folder", Options{}, "folder: it is there already; --force replaces it"},
		{"folder.gguf", Options{Force: true}, "folder.gguf is a folder, expected a name for a file"},
		{"file", Options{Force: true}, "file is a file, expected a name that ends in .gguf, or that of a folder"},
		{"precious", Options{Force: true}, `precious: it holds "thesis.txt", which would be lost; delete the folder yourself or give another name`},
		{"new", Options{Precision: Q8}, "new: a folder holds f16 or f32, not q8; give a destination that ends in .gguf"},
		{"new.gguf", Options{Precision: "q5"}, `weights "q5", expected one of [q4 q8 f16 f32]`},
		{"no/such/x.gguf", Options{}, "x.gguf: file does not exist"},
		{"no/such/x", Options{}, "such: file does not exist"},
	} {
		_, err := Run(context.Background(), source, at(c.destination), c.options)
		checkError(t, err, c.want)
	}
	if after := names(t, out); !slices.Equal(after, before) {
		t.Errorf("there is %q, want %q", after, before)
	}
	// With force, only what a conversion writes is replaced, and all of that.
	run(t, source, at("old.gguf"), Options{Force: true})
	run(t, source, at("folder"), Options{Force: true})
	if after := names(t, out); !slices.Equal(after, before) {
		t.Errorf("there is %q, want %q", after, before)
	}
	for _, name := range []string{"old.gguf", "folder"} {
		checkSameBits(t, opened(t, source), opened(t, at(name)))
	}
}

func TestSourceIsDestination(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	file := filepath.Join(out, "x.gguf")
	run(t, source, file, Options{})
	paths := [][2]string{{source, source}, {source, source + "/"}, {source, filepath.Join(source, "..", "tiny")}, {file, file}}
	if link := filepath.Join(out, "link.gguf"); os.Symlink(file, link) == nil {
		paths = append(paths, [2]string{link, file}, [2]string{file, link})
	}
	for _, p := range paths {
		_, err := Run(context.Background(), p[0], p[1], Options{Force: true})
		checkError(t, err, "the source and the destination are the same")
	}
	// A file within the folder of its source is another matter.
	run(t, source, filepath.Join(source, "x.gguf"), Options{})
}

// Whatever happens on the way, what was there stays, and nothing else.
func TestFailuresLeaveNothing(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	file, folder := filepath.Join(out, "x.gguf"), filepath.Join(out, "x")
	run(t, source, file, Options{})
	run(t, source, folder, Options{})
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string) {
		t.Helper()
		if found := names(t, out); !slices.Equal(found, []string{"x", "x.gguf"}) {
			t.Errorf("%s: there is %q", what, found)
		}
		if now, err := os.ReadFile(file); err != nil || string(now) != string(kept) {
			t.Errorf("%s: the file has changed, %v", what, err)
		}
	}
	for _, destination := range []string{file, folder} {
		// The user stops it half way.
		ctx, cancel := context.WithCancel(context.Background())
		var shares []float64
		_, err := Run(ctx, source, destination, Options{Force: true, Progress: func(share float64) {
			if shares = append(shares, share); share > 0.5 {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) || len(shares) < 2 || !slices.IsSorted(shares) || shares[len(shares)-1] > 0.9 {
			t.Errorf("%s: %v after %v", destination, err, shares)
		}
		check("stopped")
	}
	// The disk is full, at the beginning or at the end.
	failure := &os.PathError{Op: "write", Path: "?", Err: syscall.ENOSPC}
	_, err = writeFile(file, true, func(w *output) error { return failure })
	if !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	check("full disk")
	_, err = writeFolder(folder, true, func(dir string) (int64, error) {
		write(t, filepath.Join(dir, "config.json"), "{}")
		return 0, failure
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	check("full disk, folder")

	// A number is too large for the precision.
	s := opened(t, source)
	shape, _ := s.Shape("ln_f.weight")
	norm, err := s.Tensor("ln_f.weight", shape...)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	poison(t, source, norm[0], 1e6)
	_, err = Run(context.Background(), source, folder, Options{Force: true, Precision: F16})
	checkError(t, err, "tiny: value 1e+06, but f16 holds at most 65504; use --weights f32")
	check("large number")
	run(t, source, file, Options{Force: true, Precision: F16}) // norms are f32 there
}

// poison puts another value in the place of the first one that is x in the weights of a folder.
func poison(t *testing.T, folder string, x, y float32) {
	t.Helper()
	path := filepath.Join(folder, weightsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	from, to := string(dtype.AppendF32(nil, []float32{x})), string(dtype.AppendF32(nil, []float32{y}))
	at := strings.LastIndex(string(data), from)
	if at < 0 {
		t.Fatal("the value is not in the file")
	}
	copy(data[at:], to)
	write(t, path, string(data))
}

// A source that does not fit its configuration is named.
func TestSourcesThatDoNotFit(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	config := filepath.Join(source, configFile)
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"n_positions": 64`, `"n_positions": 65`, "tensor wpe.weight: shape [64 80], expected [65 80]; the file does not match its configuration"},
		{`"n_layer": 3`, `"n_layer": 4`, "tensor h.3.ln_1.weight: not in the file"},
		{`"n_inner": null`, `"n_inner": 80`, "tensor h.0.mlp.c_fc.weight: shape [80 320], expected [80 80]"},
		{`"tie_word_embeddings": true`, `"tie_word_embeddings": false`, "tensor lm_head.weight: not in the file"},
		{`"vocab_size": 300`, `"vocab_size": 299`, `the tokenizer has the piece "<|endoftext|>" with the id 299, but the model has 299 ids`},
		{`"gelu_new"`, `"laplace"`, `activation_function is "laplace", supported are gelu, `},
		{`"gelu_new"`, `"quick_gelu"`, `activation_function is "quick_gelu", which a GGUF file of a GPT-2 cannot tell`},
	} {
		write(t, config, strings.Replace(string(data), c.old, c.new, 1))
		_, err := Run(context.Background(), source, filepath.Join(out, "x.gguf"), Options{})
		checkError(t, err, c.want)
	}
	write(t, config, string(data))
	if err := os.Remove(filepath.Join(source, vocabFile)); err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), source, filepath.Join(out, "x.gguf"), Options{})
	checkError(t, err, "vocab.json: file does not exist")
	if found := names(t, out); len(found) != 0 {
		t.Errorf("there is %q", found)
	}
}
