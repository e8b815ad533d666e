package kernel

import "golang.org/x/sys/unix"

// physicalCores counts the fast cores, or all where they are alike; 0 where the
// system does not tell. A slow core among fast ones is waited for at every step.
func physicalCores() int {
	for _, name := range []string{"hw.perflevel0.physicalcpu", "hw.physicalcpu"} {
		if n, err := unix.SysctlUint32(name); err == nil && n > 0 {
			return int(n)
		}
	}
	return 0
}
