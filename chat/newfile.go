package chat

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteNew writes a file that does not exist yet: it is there as a whole or, where the error is not nil, not at all. The
// error wraps fs.ErrExist where there is one of that name, which stays as it is.
func WriteNew(name string, data []byte) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%08x", filepath.Base(name), rand.Uint32()))
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return ofFile(err, name)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = publish(beside, name)
	}
	_ = os.Remove(beside) // it is gone where it was renamed
	return ofFile(err, name)
}

// publish gives a complete file its name, unless another file has come to have it. A link says so where there are links.
func publish(beside, name string) error {
	err := os.Link(beside, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return fs.ErrExist
	}
	return os.Rename(beside, name)
}

// ofFile has an error tell of the file that was asked for.
func ofFile(err error, name string) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: "write", Path: name, Err: err}
}
