//go:build unix

package pages

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A file that becomes shorter while it is mapped is an error, and not the end of the program; other panics stay what they are.
func TestAMappedFileIsCutShort(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "weights"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 1 << 20
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	r, err := Map(f, size)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sum := 0
	read := func() error {
		for _, b := range r.Bytes() {
			sum += int(b)
		}
		return nil
	}
	if err := Guard(read); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size / 2); err != nil {
		t.Fatal(err)
	}
	if err := Guard(read); !errors.Is(err, ErrCut) {
		t.Errorf("read: %v", err)
	}
	defer func() {
		if cause := recover(); cause != "broken" {
			t.Errorf("another panic became %v", cause)
		}
	}()
	_ = Guard(func() error { panic("broken") })
}
