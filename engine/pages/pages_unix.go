//go:build unix

package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// largePage is the size of a large page on x86 and on most ARM systems, in bytes.
const largePage = 2 << 20

func anonymous(n int) (*Region, error) {
	// Room to begin at a large page.
	whole, err := unix.Mmap(-1, 0, n+largePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	skip := largePage - int(uintptr(unsafe.Pointer(&whole[0]))%largePage)
	bytes := whole[skip : skip+n : skip+n]
	adviseLarge(whole)
	return &Region{bytes: bytes, release: func() error { return unix.Munmap(whole) }}, nil
}
