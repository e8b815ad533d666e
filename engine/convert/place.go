package convert

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"inkling/engine"
	"inkling/engine/jsonfile"
)

// same reports whether two paths are of one file or folder that is there.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// checkFree refuses a destination that must not be replaced: one that is there, unless force is set; and even then what a
// conversion would not have written.
func checkFree(path string, file, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", jsonfile.Path(path), bare(err))
	case file && info.IsDir():
		return fmt.Errorf("%s is a folder, expected a name for a file", path)
	case !file && !info.IsDir():
		return fmt.Errorf("%s is a file, expected a name that ends in .gguf, or that of a folder", path)
	case !force:
		return fmt.Errorf("%s: it is there already; --force replaces it", path)
	case file:
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("%s: %w", jsonfile.Path(path), bare(err))
	}
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() == engine.CacheFolder {
			continue
		}
		if !slices.Contains([]string{configFile, weightsFile, vocabFile, mergesFile, addedFile, tokensFile}, entry.Name()) || !entry.Type().IsRegular() {
			return fmt.Errorf("%s: it holds %q, which would be lost; delete the folder yourself or give another name", path, entry.Name())
		}
	}
	return nil
}

// aside is another name in the folder of a path, one that nothing has.
func aside(path string) string {
	return fmt.Sprintf("%s.%08x.tmp", filepath.Clean(path), rand.Uint32())
}

// writeFile writes a file and puts it in its place. It returns the size.
func writeFile(path string, force bool, write func(*output) error) (int64, error) {
	temporary := aside(path)
	n, err := create(temporary, path, write)
	if err == nil {
		if err = checkFree(path, true, force); err == nil {
			err = rename(temporary, path)
		}
	}
	if err != nil {
		os.Remove(temporary)
		return 0, err
	}
	return n, nil
}

// writeFolder writes a folder and puts it in its place.
func writeFolder(path string, force bool, write func(dir string) (int64, error)) (int64, error) {
	temporary := aside(path)
	if err := os.Mkdir(temporary, 0o777); err != nil {
		return 0, fmt.Errorf("%s: %w", filepath.Dir(temporary), bare(err))
	}
	n, err := write(temporary)
	if err == nil {
		if err = checkFree(path, false, force); err == nil {
			err = replaceFolder(temporary, path)
		}
	}
	if err != nil {
		os.RemoveAll(temporary)
		return 0, err
	}
	return n, nil
}

// replaceFolder moves a folder to a path. What is there moves aside first, since a folder cannot be renamed onto another,
// and back again if that fails.
func replaceFolder(temporary, path string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return rename(temporary, path)
	}
	old := aside(path)
	if err := rename(path, old); err != nil {
		return err
	}
	if err := rename(temporary, path); err != nil {
		if os.Rename(old, path) != nil {
			err = fmt.Errorf("%w; what was there is now %s", err, old)
		}
		return err
	}
	os.RemoveAll(old)
	return nil
}

func rename(from, to string) error {
	err := os.Rename(from, to)
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("%s: %w", to, link.Err)
	}
	return err
}

// An output is a file that is being written.
type output struct {
	*bufio.Writer
	n int64 // bytes
}

func (w *output) Write(data []byte) (int, error) {
	n, err := w.Writer.Write(data)
	w.n += int64(n)
	return n, err
}

// create writes a new file, to the disk, and returns its size. Where that fails, it may be left incomplete. Messages call it
// name.
func create(path, name string, write func(*output) error) (int64, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, bare(err))
	}
	w := &output{Writer: bufio.NewWriterSize(file, 1<<20)}
	err = write(w)
	for _, step := range []func() error{w.Flush, file.Sync} {
		if err == nil {
			err = step()
		}
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if failed, ok := errors.AsType[*os.PathError](err); ok && failed.Path == path {
		err = fmt.Errorf("%s: %w", name, failed.Err)
	}
	return w.n, err
}

// bare takes operation and path off an error of the file system: messages name the file themselves.
func bare(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ErrNotExist // the same words on every system
	}
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		return failed.Err
	}
	return err
}
