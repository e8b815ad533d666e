package bench

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// processMemory is PROCESS_MEMORY_COUNTERS.
type processMemory struct {
	size, faults                   uint32
	peakWorkingSet, workingSet     uintptr
	peakPagedPool, pagedPool       uintptr
	peakNonPagedPool, nonPagedPool uintptr
	pagefile, peakPagefile         uintptr
}

func peakResident() int64 {
	counters := processMemory{size: uint32(unsafe.Sizeof(processMemory{}))}
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")
	ok, _, _ := call.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&counters)), uintptr(counters.size))
	if ok == 0 {
		return 0
	}
	return int64(counters.peakWorkingSet)
}
