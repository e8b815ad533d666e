//go:build (amd64 || arm64) && !purego

package kernel

// pause tells the processor n times that this is a loop that waits for another
// thread, a few hundred nanoseconds for n = 10.
//
//go:noescape
func pause(n int)
