//go:build (amd64 || arm64) && !purego

package kernel

import "unsafe"

// pause tells the processor n times that this is a loop that waits for another
// thread.
//
//go:noescape
func pause(n int)

// prefetch asks for the cache lines at p, p+stride and so on, n of them, that
// will soon be read or written. They need not exist.
//
//go:noescape
func prefetch(p unsafe.Pointer, stride, n int)
