package torchfile

import (
	"encoding/binary"
	"fmt"
	"io"
)

// What the first two pickles of the legacy container hold.
const (
	legacyMagic   = long("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")
	legacyVersion = int64(1001)
)

func readLegacy(r io.ReaderAt, size int64) (*File, error) {
	known := make(map[string]*storage)
	m := newMachine(newSource(io.NewSectionReader(r, 0, size), size), nil)
	if err := m.prologue(); err != nil {
		return nil, err
	}
	m.persistent = func(id any) (any, error) {
		s, err := newStorage(id)
		if err != nil {
			return nil, err
		}
		if old := known[s.key]; old != nil {
			return old.same(s)
		}
		known[s.key] = s
		return s, nil
	}
	value, err := m.run()
	if err != nil {
		return nil, err
	}
	f, err := stateDict(value, r)
	if err != nil {
		return nil, err
	}
	m.persistent = nil
	keys, err := m.run()
	if err != nil {
		return nil, err
	}
	return f, place(known, keys, r, m.at, size)
}

// prologue reads the magic number, the version and the system that wrote the file.
func (m *machine) prologue() error {
	magic, err := m.run()
	if err != nil {
		return err
	}
	if magic != legacyMagic {
		return fmt.Errorf("a pickle that torch.save did not write, expected a dictionary of tensors; %s", adviseConvert)
	}
	version, err := m.run()
	if err != nil {
		return err
	}
	if version != legacyVersion {
		return fmt.Errorf("another version of PyTorch's legacy format than %d; %s", legacyVersion, adviseConvert)
	}
	system, err := m.run()
	if err != nil {
		return err
	}
	if d, ok := system.(*dict); ok {
		for _, e := range d.entries {
			if e.key == "little_endian" && e.value != true {
				return fmt.Errorf("byte order big, expected little; %s", adviseConvert)
			}
		}
	}
	return nil
}

// place says where the storages lie, which follow each other from an offset on in the order of the keys.
func place(known map[string]*storage, keys any, r io.ReaderAt, at, size int64) error {
	order, ok := keys.(*list)
	if !ok || len(order.items) != len(known) {
		return fmt.Errorf("the list of storages does not fit the tensors; %s", adviseFetch)
	}
	for _, item := range order.items {
		key, _ := item.(string)
		s := known[key]
		if s == nil {
			return fmt.Errorf("the list of storages names %s, which no tensor has or which is there twice; %s", describe(item), adviseFetch)
		}
		delete(known, key)
		var count [8]byte
		if size-at < int64(len(count)) {
			return fmt.Errorf("the file ends before the storage %.60q; the file is cut short, download it again", key)
		}
		if err := readFull(r, count[:], at); err != nil {
			return err
		}
		at += int64(len(count))
		if n := binary.LittleEndian.Uint64(count[:]); n != uint64(s.elements) {
			return fmt.Errorf("the storage %.60q has %d elements, expected %d; %s", key, n, s.elements, adviseFetch)
		}
		if s.size() > size-at {
			return fmt.Errorf("the storage %.60q: %d bytes from %d on, in a file of %d; the file is cut short, download it again",
				key, s.size(), at, size)
		}
		s.begin = at
		at += s.size()
	}
	return nil
}
