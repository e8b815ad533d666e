package pages

import "golang.org/x/sys/unix"

// Available is all that the machine has: the system gives most of it to whoever asks, and what is free it tells only to C.
// known is false where the system does not tell.
func Available() (bytes int, known bool) {
	n, err := unix.SysctlUint64("hw.memsize")
	return int(n), err == nil
}
