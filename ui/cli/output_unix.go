//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// noOutput reports whether a stream was closed when the program began: Go opens the null device in its place, for reading and
// writing, which shells open for writing.
func noOutput(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok || !closed(file) {
		return false
	}
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0)
	return err != nil || flags&unix.O_ACCMODE == unix.O_RDWR
}
