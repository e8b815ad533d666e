//go:build (!amd64 && !arm64) || purego

package kernel

import (
	"runtime"
	"unsafe"
)

// pause waits for a moment; n is of no consequence here.
func pause(int) { runtime.Gosched() }

// prefetch does nothing here.
func prefetch(unsafe.Pointer, int, int) {}
