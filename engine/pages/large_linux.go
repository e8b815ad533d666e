package pages

import "golang.org/x/sys/unix"

// adviseLarge asks for large pages. Reading 132 MB of weights on two cores of an AMD EPYC (Zen 4) goes at 32 to 42 GB/s
// with them, at 27 with pages of 4 KB.
func adviseLarge(b []byte) {
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a kernel without them is slower, not wrong
}
