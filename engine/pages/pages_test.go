package pages

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

func TestNewIsZeroAndWritable(t *testing.T) {
	for _, n := range []int{1, 4096, 5 << 20} {
		r, err := New(n)
		if err != nil {
			t.Fatal(err)
		}
		b := r.Bytes()
		if len(b) != n || uintptr(unsafe.Pointer(&b[0]))%4096 != 0 {
			t.Errorf("%d bytes at %p, want %d at a multiple of 4096", len(b), &b[0], n)
		}
		for i, v := range b {
			if v != 0 {
				t.Fatalf("byte %d is %d", i, v)
			}
			b[i] = 1
		}
		if err := r.Close(); err != nil || r.Bytes() != nil || r.Close() != nil {
			t.Errorf("closing: %v", err)
		}
	}
	if r, err := New(0); err != nil || len(r.Bytes()) != 0 || r.Close() != nil {
		t.Errorf("no bytes: %v", err)
	}
}

func TestMapOutlivesItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	content := bytes.Repeat([]byte("weights "), 10_000)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Map(f, len(content))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if !bytes.Equal(r.Bytes(), content) {
		t.Error("the memory differs from the file")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// What is read while a file is moved to other pages is what the file holds.
func TestSettleWhileItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	content := make([]byte, 9<<20+12345)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Map(f, len(content))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		r.Settle(nil)
		r.Settle(nil)
	}()
	for reading := true; reading; {
		select {
		case <-settled:
			reading = false // once more
		default:
		}
		if !bytes.Equal(r.Bytes(), content) {
			t.Fatal("the memory differs from the file")
		}
	}
	done := make(chan struct{})
	close(done)
	r.Settle(done)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
