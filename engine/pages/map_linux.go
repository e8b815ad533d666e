package pages

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapFile maps the file over memory of its own, so that it begins at a large page and can be replaced by such pages.
func mapFile(f *os.File, n int) (*Region, error) {
	whole, err := unix.Mmap(-1, 0, n+largePage, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		return nil, err
	}
	release := func() error { return unix.Munmap(whole) }
	skip := largePage - int(uintptr(unsafe.Pointer(&whole[0]))%largePage)
	bytes := whole[skip : skip+n : skip+n]
	if _, err := unix.MmapPtr(int(f.Fd()), 0, unsafe.Pointer(&bytes[0]), uintptr(n), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_FIXED); err != nil {
		release()
		return nil, err
	}
	return &Region{bytes: bytes, release: release, settle: func(done <-chan struct{}) { settle(done, bytes) }}, nil
}

// settle copies the memory to a large page, one stretch after the other, and puts the page in the place of what it is a copy
// of: the kernel does that in one step (mremap with MREMAP_FIXED), for which those who read there wait at most. The page's
// own address range stays mapped (MREMAP_DONTUNMAP), or somebody else might be given it.
func settle(done <-chan struct{}, bytes []byte) {
	const move = unix.MREMAP_MAYMOVE | unix.MREMAP_FIXED | unix.MREMAP_DONTUNMAP
	if len(bytes) == 0 || inLargePages(bytes) {
		return
	}
	page, err := anonymous(largePage)
	if err != nil {
		return
	}
	defer page.Close()
	for at := 0; at+largePage <= len(bytes); at += largePage {
		select {
		case <-done:
			return
		default:
		}
		part := bytes[at : at+largePage]
		copy(page.bytes, part)
		from, to := unsafe.Pointer(&page.bytes[0]), unsafe.Pointer(&part[0])
		if _, _, failed := unix.Syscall6(unix.SYS_MREMAP, uintptr(from), largePage, largePage, move, uintptr(to), 0); failed != 0 {
			return // a kernel before 5.7: slower, not wrong
		}
		_ = unix.Mprotect(part, unix.PROT_READ)
	}
}
