package weights

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strconv"

	"inkling/engine/gguf"
)

// partName is what llama.cpp calls a part of a model that is split into several files (llama_split_path).
var partName = regexp.MustCompile(`^(.*)-(\d{5})-of-(\d{5})(\.[gG][gG][uU][fF])$`)

// maxParts bounds the parts of a model.
const maxParts = 1000

// openFiles opens the file, and where it is a part of a model, all parts of it.
func (g *GGUF) openFiles(name string) error {
	read, err := g.openPart(name, g.name)
	if err != nil {
		return err
	}
	count, err := read.Int(keySplitCount, maxParts)
	if errors.Is(err, gguf.ErrNoKey) || err == nil && count <= 1 {
		g.meta = read.Metadata
		return g.addTensors(g.files[0], read)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; %s", g.name, err, adviseFetch)
	}
	number, err := read.Int(keySplitNumber, count-1)
	if err != nil {
		return fmt.Errorf("%s: %w; %s", g.name, err, adviseFetch)
	}
	parts := partName.FindStringSubmatch(name)
	if want := fmt.Sprintf("-%05d-of-%05d.gguf", number+1, count); parts == nil || parts[2] != fmt.Sprintf("%05d", number+1) || parts[3] != fmt.Sprintf("%05d", count) {
		return fmt.Errorf("%s: part %d of the %d of a model, expected a name that ends in %s; give the parts the names that they had", g.name, number+1, count, want)
	}
	g.Close()
	for i := range count {
		part := parts[1] + "-" + fmt.Sprintf("%05d", i+1) + "-of-" + parts[3] + parts[4]
		shown := path.Join(path.Dir(g.name), part)
		read, err := g.openPart(part, shown)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w; the model has %d parts, download this one beside the others", err, count)
		}
		if err != nil {
			return err
		}
		if n, err := read.Int(keySplitNumber, count-1); err != nil || n != i {
			return fmt.Errorf("%s: %s is not %s, expected as the name says; download the parts again from one place", shown, keySplitNumber, strconv.Itoa(i))
		}
		if i == 0 {
			g.meta = read.Metadata
		}
		if err := g.addTensors(g.files[i], read); err != nil {
			return err
		}
	}
	return nil
}

// openPart opens a file. Messages call it shown.
func (g *GGUF) openPart(name, shown string) (*gguf.File, error) {
	opened, err := openFile(g.fsys, name, shown, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	opened.name = name
	g.files = append(g.files, opened)
	read, err := gguf.Read(opened, opened.size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	return read, nil
}

func (g *GGUF) addTensors(f *file, read *gguf.File) error {
	for _, t := range read.Tensors {
		if t.Name == "" {
			return fmt.Errorf("%s: a tensor without a name; %s", f.path, adviseFetch)
		}
		if g.tensors[t.Name] != nil {
			return fmt.Errorf("%s: tensor %s: found in another part of the model as well; download all parts again from one place", f.path, label(t.Name))
		}
		g.tensors[t.Name] = foreign{f.path, t.Name, t.Type.String(), t.Shape, t}
	}
	return nil
}
