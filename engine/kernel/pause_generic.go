//go:build (!amd64 && !arm64) || purego

package kernel

import "runtime"

// pause waits for a moment; n is of no consequence here.
func pause(int) { runtime.Gosched() }
