//go:build unix && !linux

package pages

import (
	"os"

	"golang.org/x/sys/unix"
)

func mapFile(f *os.File, n int) (*Region, error) {
	bytes, err := unix.Mmap(int(f.Fd()), 0, n, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &Region{bytes: bytes, release: func() error { return unix.Munmap(bytes) }}, nil
}
