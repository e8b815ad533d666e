//go:build (amd64 || arm64) && !purego

package kernel

// pause tells the processor n times that this is a loop that waits for another
// thread.
//
//go:noescape
func pause(n int)
