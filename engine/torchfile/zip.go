package torchfile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// maxDirectory bounds the bytes of a zip file's list of entries. A model has one entry for each tensor.
const maxDirectory = 8 << 20

// directory is a file of which only so many bytes may be read.
type directory struct {
	io.ReaderAt
	left int64
}

var errDirectory = fmt.Errorf("a zip file with a list of more than %d bytes; this is not a file of weights", maxDirectory)

func (d *directory) ReadAt(p []byte, offset int64) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errDirectory
	}
	return d.ReaderAt.ReadAt(p, offset)
}

// archive is the entries of a file in the zip container.
type archive struct {
	file    io.ReaderAt
	size    int64
	root    string // what the names of the entries begin with: "archive/"
	entries map[string]*zip.File
}

func readZip(r io.ReaderAt, size int64) (*File, error) {
	d := &directory{r, maxDirectory}
	list, err := zip.NewReader(d, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("the list of entries of the zip file: %w; the file is cut short or damaged, download it again", err)
	}
	d.left = math.MaxInt64 // the entries' own headers are read one by one
	a := &archive{file: r, size: size, entries: make(map[string]*zip.File)}
	found := false
	for _, entry := range list.File {
		if a.entries[entry.Name] != nil {
			return nil, fmt.Errorf("the entry %.60q appears twice; %s", entry.Name, adviseFetch)
		}
		a.entries[entry.Name] = entry
		if root, ok := strings.CutSuffix(entry.Name, "/data.pkl"); ok && !strings.Contains(root, "/") {
			if found {
				return nil, fmt.Errorf("the entries %.60q and %.60q, expected one data.pkl; %s", a.root+"data.pkl", entry.Name, adviseFetch)
			}
			a.root, found = root+"/", true
		}
	}
	if !found {
		return nil, fmt.Errorf("a zip file without an entry data.pkl, expected the weights that torch.save writes; %s", adviseConvert)
	}
	if err := a.checkByteOrder(); err != nil {
		return nil, err
	}
	return a.read()
}

// content returns where an entry's bytes lie.
func (a *archive) content(name string) (begin, size int64, err error) {
	entry := a.entries[a.root+name]
	if entry == nil {
		return 0, 0, fmt.Errorf("no entry %.60q in the zip file; %s", a.root+name, adviseFetch)
	}
	if entry.Method != zip.Store || entry.Flags&1 != 0 || entry.CompressedSize64 != entry.UncompressedSize64 {
		return 0, 0, fmt.Errorf("the entry %.60q is compressed or encrypted, expected it as it is; %s", a.root+name, adviseConvert)
	}
	if begin, err = entry.DataOffset(); err != nil {
		return 0, 0, fmt.Errorf("the entry %.60q: %w; %s", a.root+name, err, adviseFetch)
	}
	if begin > a.size || entry.UncompressedSize64 > uint64(a.size-begin) {
		return 0, 0, fmt.Errorf("the entry %.60q: %d bytes from %d on, in a file of %d; %s", a.root+name, entry.UncompressedSize64, begin, a.size, adviseFetch)
	}
	return begin, int64(entry.UncompressedSize64), nil
}

func (a *archive) checkByteOrder() error {
	if a.entries[a.root+"byteorder"] == nil { // it came with PyTorch 2.1
		return nil
	}
	begin, size, err := a.content("byteorder")
	if err != nil {
		return err
	}
	order := make([]byte, min(size, 16))
	if err := readFull(a.file, order, begin); err != nil {
		return err
	}
	if string(order) != "little" {
		return fmt.Errorf("byte order %q, expected little; %s", order, adviseConvert)
	}
	return nil
}

func (a *archive) read() (*File, error) {
	begin, size, err := a.content("data.pkl")
	if err != nil {
		return nil, err
	}
	known := make(map[string]*storage)
	m := newMachine(newSource(io.NewSectionReader(a.file, begin, size), size), func(id any) (any, error) {
		s, err := newStorage(id)
		if err != nil {
			return nil, err
		}
		if old := known[s.key]; old != nil {
			return old.same(s)
		}
		known[s.key] = s
		var size int64
		if s.begin, size, err = a.content("data/" + s.key); err != nil {
			return nil, err
		}
		if size != s.size() {
			return nil, fmt.Errorf("the entry %.60q has %d bytes, expected %d elements of %s; %s", a.root+"data/"+s.key, size, s.elements, s.dtype, adviseFetch)
		}
		return s, nil
	})
	value, err := m.run()
	if err != nil {
		return nil, err
	}
	return stateDict(value, a.file)
}

// same returns the storage that another reference with the same key must agree with.
func (s *storage) same(other *storage) (any, error) {
	if s.dtype != other.dtype || s.elements != other.elements {
		return nil, fmt.Errorf("the storage %.60q is %d elements of %s and %d of %s; %s", s.key, s.elements, s.dtype, other.elements, other.dtype, adviseFetch)
	}
	return s, nil
}
