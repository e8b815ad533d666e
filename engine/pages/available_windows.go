package pages

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                   uint32
	totalPhysical, freePhysical                    uint64
	totalPage, freePage, totalVirtual, freeVirtual uint64
	freeExtended                                   uint64
}

// Available is how many bytes can be had without swapping. known is false where the system does not tell.
func Available() (bytes int, known bool) {
	status := memoryStatus{length: uint32(unsafe.Sizeof(memoryStatus{}))}
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0, false
	}
	return int(status.freePhysical), true
}
