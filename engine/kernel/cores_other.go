//go:build !linux && !darwin && !windows

package kernel

// physicalCores is unknown here.
func physicalCores() int { return 0 }
