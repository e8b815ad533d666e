package pages

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

func anonymous(n int) (*Region, error) {
	at, err := windows.VirtualAlloc(0, uintptr(n), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return nil, err
	}
	return &Region{bytes: slice(at, n), release: func() error { return windows.VirtualFree(at, 0, windows.MEM_RELEASE) }}, nil
}

func mapFile(f *os.File, n int) (*Region, error) {
	mapping, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, uint32(uint64(n)>>32), uint32(n), nil)
	if err != nil {
		return nil, err
	}
	defer windows.CloseHandle(mapping) // the view keeps it
	at, err := windows.MapViewOfFile(mapping, windows.FILE_MAP_READ, 0, 0, uintptr(n))
	if err != nil {
		return nil, err
	}
	return &Region{bytes: slice(at, n), release: func() error { return windows.UnmapViewOfFile(at) }}, nil
}

// slice is the memory at an address that the system gave out: outside of Go's heap, so that it stays where it is.
func slice(at uintptr, n int) []byte {
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), n)
}
