package kernel

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// physicalCores counts the cores of the machine; 0 where the system does not tell.
func physicalCores() int {
	// https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getlogicalprocessorinformation
	const relationProcessorCore = 0
	type information struct {
		mask         uintptr
		relationship uint32
		_            [16]byte // alignment 8 on 64-bit systems
	}
	get := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetLogicalProcessorInformation")
	var size uint32
	get.Call(0, uintptr(unsafe.Pointer(&size)))
	n := uintptr(size) / unsafe.Sizeof(information{})
	if n == 0 {
		return 0
	}
	list := make([]information, n)
	if ok, _, _ := get.Call(uintptr(unsafe.Pointer(&list[0])), uintptr(unsafe.Pointer(&size))); ok == 0 {
		return 0
	}
	cores := 0
	for _, i := range list {
		if i.relationship == relationProcessorCore {
			cores++
		}
	}
	return cores
}
