//go:build unix

package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"inkling/engine/pages"
)

// A cache of weights that another program cuts short while it is in use is an error of the generation, with any number of
// threads.
func TestTheCacheIsCutShort(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, threads := range []int{1, 3} {
		folder := t.TempDir()
		if err := os.CopyFS(folder, os.DirFS("gpt2/testdata/small")); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second one finds the cache that the first one writes
			m, err := Open(folder, Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if m.Info().Cached {
				cut(t, filepath.Join(folder, CacheFolder))
			}
			g, err := m.Generate(t.Context(), Request{Prompt: m.Encode("Once upon a time there was a brave fox")})
			if err != nil {
				t.Fatal(err)
			}
			for range g.Events() {
			}
			err = g.Result().Err
			if m.Info().Cached != errors.Is(err, pages.ErrCut) || err != nil && !m.Info().Cached {
				t.Errorf("%d threads, from the cache %t: %v", threads, m.Info().Cached, err)
			}
			m.Close()
		}
	}
}

// cut leaves a page of each file in a folder.
func cut(t *testing.T, folder string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cache: %v", err)
	}
	for _, name := range names {
		if err := os.Truncate(name, 4096); err != nil {
			t.Fatal(err)
		}
	}
}
