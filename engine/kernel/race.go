//go:build race

package kernel

import (
	"runtime"
	"unsafe"
)

// raceRead tells the race detector that x is about to be read: it cannot see
// into assembly.
func raceRead(x []float32) {
	if len(x) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&x[0]), 4*len(x))
	}
}

// raceWrite tells the race detector that x is about to be written.
func raceWrite(x []float32) {
	if len(x) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&x[0]), 4*len(x))
	}
}
