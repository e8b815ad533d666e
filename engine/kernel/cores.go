package kernel

import "runtime"

// Cores is how many threads are worth having: the processor cores that this
// process may use, where the system tells which processors share one, and
// otherwise the processors. Two threads on one core share its arithmetic, and
// what decoding waits for is memory.
func Cores() int {
	processors := runtime.GOMAXPROCS(0)
	if n := physicalCores(); n > 0 {
		return min(n, processors)
	}
	return processors
}
