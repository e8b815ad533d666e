package chat

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteNew(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "chat.md")
	if err := WriteNew(name, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := WriteNew(name, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written again: %v", err)
	}
	if text, err := os.ReadFile(name); string(text) != "one" {
		t.Errorf("the file has %q, %v", text, err)
	}
	missing := filepath.Join(folder, "no", "chat.md")
	if err := WriteNew(missing, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), ".chat.md") {
		t.Errorf("in a folder that is not there: %v", err)
	}
	if entries, err := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}
