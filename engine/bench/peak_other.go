//go:build !unix && !windows

package bench

func peakResident() int64 { return 0 }
