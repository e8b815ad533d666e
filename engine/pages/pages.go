// Package pages gives out memory beyond the reach of the garbage collector for the weights of a model: fresh memory in
// large pages where the system has them, and files mapped for reading.
package pages

import (
	"fmt"
	"os"
)

// A Region is a stretch of memory that begins at a multiple of the system's page size. It must be closed to be given back.
type Region struct {
	bytes   []byte
	release func() error
	settle  func(done <-chan struct{}) // nil where it does nothing
}

// Bytes is the memory. It must not be used after Close.
func (r *Region) Bytes() []byte { return r.bytes }

// Close gives the memory back. Closing twice is harmless.
func (r *Region) Close() error {
	release := r.release
	r.bytes, r.release = nil, nil
	if release == nil {
		return nil
	}
	return release()
}

// New returns n bytes of zeros.
func New(n int) (*Region, error) {
	if n <= 0 {
		return &Region{}, nil
	}
	r, err := anonymous(n)
	if err != nil {
		return nil, fmt.Errorf("setting %d MB of memory aside: %w", n/1e6, err)
	}
	return r, nil
}

// Settle moves a mapped file into large pages of the process's own, where the system has them, piece by piece and while the
// memory is in use: what it holds stays the same at every moment. done ends it early. It is worth a background goroutine:
// the pages of a file are mostly small, and reading many small ones is slower (see adviseLarge). Where the system has mapped
// the file in large pages by itself, nothing is done.
func (r *Region) Settle(done <-chan struct{}) {
	if r.settle != nil {
		r.settle(done)
	}
}

// Map maps the first n bytes of a file, which has at least as many, for reading. The file may be closed afterwards, and be
// deleted, but must not become shorter.
func Map(f *os.File, n int) (*Region, error) {
	if n <= 0 {
		return &Region{}, nil
	}
	r, err := mapFile(f, n)
	if err != nil {
		return nil, fmt.Errorf("mapping %s into memory: %w", f.Name(), err)
	}
	return r, nil
}
