//go:build linux || darwin

package weights

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A hub cache holds links into a store of blobs in place of the files.
func TestFolderOfLinks(t *testing.T) {
	blobs, snapshot := t.TempDir(), t.TempDir()
	for name, file := range modelFolder(smallWeights()) {
		if err := os.WriteFile(filepath.Join(blobs, name), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(blobs, name), filepath.Join(snapshot, name)); err != nil {
			t.Fatal(err)
		}
	}
	f := mustOpen(t, os.DirFS(snapshot))
	if _, err := f.Tensor("wte.weight", 2, 1); err != nil {
		t.Error(err)
	}
	if _, err := f.Vocabulary(); err != nil {
		t.Error(err)
	}
}

// Opening a named pipe that nobody writes to would wait for ever.
func TestNamedPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, weightsFile), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Open(os.DirFS(dir), "m")
	checkError(t, err, "m/model.safetensors: not a regular file; "+adviseNeeds)
}
