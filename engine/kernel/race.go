//go:build race

package kernel

import (
	"runtime"
	"unsafe"
)

// raceRead tells the race detector that x is about to be read: it cannot see
// into assembly.
func raceRead[T any](x []T) {
	if len(x) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&x[0]), int(unsafe.Sizeof(x[0]))*len(x))
	}
}

// raceWrite tells the race detector that x is about to be written.
func raceWrite[T any](x []T) {
	if len(x) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&x[0]), int(unsafe.Sizeof(x[0]))*len(x))
	}
}
