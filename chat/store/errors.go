package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"inkling/chat"
)

// NewerError says that a store was written by a newer version of the program.
// The file is left as it is.
type NewerError struct {
	Path         string
	Found, Known int // versions of the store's format
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer inkling (format %d, this one knows %d); update inkling, or use another data folder (%s)",
		filepath.Base(e.Path), e.Found, e.Known, e.Path)
}

var (
	errNotFile  = errors.New("it is not a regular file")
	errForeign  = errors.New("it is a database of another program")
	errReadOnly = errors.New("it may only be read")
)

// explain makes an error one line that names the file, the trouble and what to
// do about it.
func explain(path string, err error) error {
	var newer *NewerError
	if errors.As(err, &newer) || errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrConflict) {
		return err
	}
	trouble := "the chat store failed"
	switch code := primary(err); {
	case code == codes.SQLITE_READONLY, errors.Is(err, errReadOnly), errors.Is(err, syscall.EROFS):
		trouble = "the chat store is read-only; make the file and its folder writable, or use another data folder"
	case code == codes.SQLITE_FULL, errors.Is(err, syscall.ENOSPC):
		trouble = "the disk is full; free some space"
	case code == codes.SQLITE_CORRUPT:
		trouble = "the chat store is damaged; move the file away to begin a new one"
	case code == codes.SQLITE_NOTADB, errors.Is(err, errNotFile), errors.Is(err, errForeign), errors.Is(err, syscall.ENOTDIR):
		trouble = "this is no chat store; move it away, or use another data folder"
	case code == codes.SQLITE_BUSY:
		return fmt.Errorf("%s: %w; close it", path, chat.ErrLocked)
	case code == codes.SQLITE_CANTOPEN, code == codes.SQLITE_PERM, errors.Is(err, fs.ErrPermission):
		trouble = "the chat store cannot be opened; check the permissions of the file and its folder"
	case code == codes.SQLITE_IOERR:
		trouble = "reading or writing the chat store failed; check the disk"
	}
	return fmt.Errorf("%s: %s: %w", path, trouble, err)
}

// primary returns SQLite's primary result code, 0 for other errors.
func primary(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func busy(err error) bool { return primary(err) == codes.SQLITE_BUSY }

// orphan reports whether a row was refused because what it refers to is not in
// the store.
func orphan(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == codes.SQLITE_CONSTRAINT_FOREIGNKEY
}
