package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// A file is an open file that can be read at any offset.
type file struct {
	io.ReaderAt
	io.Closer
	name string // in the folder
	path string // what messages call it
	size int64  // bytes
}

// openFile opens a file of the folder that holds at most limit bytes and keeps it open until Close.
func (f *Folder) openFile(name string, limit int64) (*file, error) {
	file, err := openFile(f.fsys, name, f.path(name), limit)
	if err == nil {
		file.name = name
		f.files = append(f.files, file)
	}
	return file, err
}

// read returns the content of a file that holds at most limit bytes.
func (f *Folder) read(name string, limit int64) ([]byte, error) {
	return readBeside(f.fsys, name, f.path(name), limit)
}

// readBeside returns the content of a file that holds at most limit bytes. Messages call it path.
func readBeside(fsys fs.FS, name, path string, limit int64) ([]byte, error) {
	file, err := openFile(fsys, name, path, limit)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, file.size)
	if err := file.readFull(data, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", file.path, err)
	}
	return data, nil
}

// openFile asks what kind of file it is before it opens it: opening a named pipe would wait.
func openFile(fsys fs.FS, name, path string, limit int64) (*file, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file; %s", path, adviseNeeds)
	}
	opened, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	file, err := wrap(opened, path, limit)
	if err != nil {
		opened.Close()
	}
	return file, err
}

func wrap(opened fs.File, path string, limit int64) (*file, error) {
	info, err := opened.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	size := info.Size()
	if size > limit {
		return nil, fmt.Errorf("%s: %d bytes, expected at most %d; this is not the file of a GPT-2 model", path, size, limit)
	}
	if reader, ok := opened.(io.ReaderAt); ok {
		return &file{ReaderAt: reader, Closer: opened, path: path, size: size}, nil
	}
	bound := min(size, math.MaxInt64-1) + 1 // one more than stated: tells a file that is longer
	data, err := io.ReadAll(io.LimitReader(opened, bound))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	if int64(len(data)) != size {
		return nil, fmt.Errorf("%s: read %d bytes, expected %d: %w; try again when nothing writes to it",
			path, len(data), size, io.ErrUnexpectedEOF)
	}
	return &file{ReaderAt: bytes.NewReader(data), Closer: opened, path: path, size: size}, nil
}

// readFull fills buffer from the file's bytes at offset. A file that ends before that is
// io.ErrUnexpectedEOF.
func (f *file) readFull(buffer []byte, offset int64) error {
	n, err := f.ReadAt(buffer, offset)
	if n == len(buffer) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading bytes %d to %d: %w", offset, offset+int64(len(buffer)), bare(err))
}

// bare takes operation and path off an error of the file system: messages name the file themselves.
func bare(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ErrNotExist // the same words on every system
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
