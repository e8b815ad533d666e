//go:build !linux && !darwin

package cache

import "io/fs"

// identity is unknown here: size and time of the last write have to do.
func identity(fs.FileInfo) (changed int64, inode uint64) { return 0, 0 }
