//go:build !linux && !darwin && !windows

package bench

func processor() string   { return "" }
func lastLevelCache() int { return 0 }
