package hub

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// errHeld says that someone else holds a lock.
var errHeld = errors.New("held")

// acquire takes the lock of a file, as huggingface_hub does (filelock.FileLock): the file itself is empty, stays where it
// is and is locked by the system, so that the lock ends with the process however that ends. Meanwhile it calls waiting,
// once, if someone else holds it. release gives it back.
func acquire(ctx context.Context, path string, waiting func()) (release func(), err error) {
	const pause = 50 * time.Millisecond
	for told := false; ; {
		release, err := tryAcquire(path)
		if err == nil || !errors.Is(err, errHeld) {
			return release, err
		}
		if !told {
			waiting()
			told = true
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// tryAcquire is acquire, but errHeld where that would wait.
func tryAcquire(path string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, unwritable(path, err)
	}
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o664)
		if err != nil {
			return nil, unwritable(path, err)
		}
		switch err := lock(file); {
		case errors.Is(err, errHeld):
			file.Close()
			return nil, err
		case err != nil:
			file.Close()
			return nil, fail(ErrDisk, "%s: this file system has no locks (%w); set HF_HOME to a folder on a local disk", path, err)
		}
		if current(file, path) {
			return func() { unlock(file); file.Close() }, nil
		}
		file.Close() // the file was removed in between: the lock would guard nothing
	}
}

// current says whether path still is the file.
func current(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(opened, there)
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
