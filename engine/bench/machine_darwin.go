package bench

import "golang.org/x/sys/unix"

func processor() string {
	name, _ := unix.Sysctl("machdep.cpu.brand_string")
	return name
}

// lastLevelCache is 0, unknown: the system tells of the level-2 cache, beyond which Apple's processors have another.
func lastLevelCache() int { return 0 }

// freeMemory is all there is: the system gives most of it to whoever asks.
func freeMemory() int {
	n, _ := unix.SysctlUint64("hw.memsize")
	return int(n)
}
