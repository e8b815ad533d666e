package bench

import "golang.org/x/sys/unix"

func processor() string {
	name, _ := unix.Sysctl("machdep.cpu.brand_string")
	return name
}

// lastLevelCache is 0, unknown: the system tells of the level-2 cache, beyond which Apple's processors have another.
func lastLevelCache() int { return 0 }
