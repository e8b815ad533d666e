//go:build unix

package hub

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lock takes the lock of an open file, or returns errHeld.
func lock(file *os.File) error {
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EACCES):
			return errHeld
		}
		return err
	}
}

func unlock(file *os.File) { unix.Flock(int(file.Fd()), unix.LOCK_UN) }

// freeSpace is how many bytes the user can write in a folder.
func freeSpace(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}

func diskFull(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// lastUse is when a file was last read, as far as the file system keeps account of that; zero where it does not.
func lastUse(path string) time.Time {
	var s unix.Stat_t
	if err := unix.Stat(path, &s); err != nil {
		return time.Time{}
	}
	seconds, nanoseconds := s.Atim.Unix()
	return time.Unix(seconds, nanoseconds)
}
