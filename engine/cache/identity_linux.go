package cache

import (
	"io/fs"
	"syscall"
)

// identity is when anything of a file was last changed, in nanoseconds, which no program can set, and its inode.
func identity(info fs.FileInfo) (changed int64, inode uint64) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ctim.Nano(), stat.Ino
	}
	return 0, 0
}
