package weights

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"inkling/engine/jsonfile"
)

// A placement says which shard holds a tensor.
type placement struct {
	tensor, shard string
}

// openShards opens the shards that an index names. A tensor is taken from the shard that the index
// gives for it.
func (f *Folder) openShards(format format, index []byte) error {
	indexPath := f.path(format.index)
	placements, err := decodeIndex(index)
	if err != nil {
		return fmt.Errorf("%s: %w; %s", indexPath, err, adviseFetch)
	}
	shards := make(map[string]map[string]array) // file name, tensor name
	for _, p := range placements {
		shard, open := shards[p.shard]
		if !open {
			if shard, err = f.openShard(format, p); err != nil {
				return err
			}
			shards[p.shard] = shard
		}
		t, ok := shard[p.tensor]
		if !ok {
			return fmt.Errorf("%s: tensor %s: not in %s, which the index gives for it; download the shards and the index again from one place",
				indexPath, label(p.tensor), label(p.shard))
		}
		f.tensors[p.tensor] = t
	}
	return nil
}

func (f *Folder) openShard(format format, p placement) (map[string]array, error) {
	if !fs.ValidPath(p.shard) || p.shard == "." || strings.ContainsAny(p.shard, `/\:`) {
		return nil, fmt.Errorf("%s: tensor %s: shard %s, expected the name of a file in the folder; %s",
			f.path(format.index), label(p.tensor), label(p.shard), adviseFetch)
	}
	file, err := f.openFile(p.shard, math.MaxInt64)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: tensor %s: shard %s: %w; download it into the folder",
			f.path(format.index), label(p.tensor), label(p.shard), fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	return format.tensors(file)
}

// parts are the names of the shards in the folder, by the names that transformers gives them ("model-00001-of-00003.safetensors"),
// in order.
func (f *Folder) parts(format format) []string {
	entries, err := fs.ReadDir(f.fsys, ".")
	if err != nil {
		return nil
	}
	ending := path.Ext(format.single)
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if match, _ := path.Match(strings.TrimSuffix(format.single, ending)+"-*-of-*"+ending, name); match {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// openParts opens shards that no index lists: each says itself which tensors it has.
func (f *Folder) openParts(format format, names []string) error {
	ending := path.Ext(format.single)
	_, count, _ := strings.Cut(strings.TrimSuffix(names[0], ending), "-of-")
	n, _ := strconv.ParseUint(count, 10, 16)
	for i := range int(n) {
		name := fmt.Sprintf("%s-%05d-of-%s%s", strings.TrimSuffix(format.single, ending), i+1, count, ending)
		if !slices.Contains(names, name) {
			return fmt.Errorf("%s: %w; there are %d of the %d parts of the model, download this one into the folder", f.path(name), fs.ErrNotExist, len(names), n)
		}
	}
	f.listing = names[0]
	for _, name := range names {
		file, err := f.openFile(name, math.MaxInt64)
		if err != nil {
			return err
		}
		tensors, err := format.tensors(file)
		if err != nil {
			return err
		}
		for name, t := range tensors {
			if f.tensors[name] != nil {
				return fmt.Errorf("%s: tensor %s: found in another part of the model as well; download all parts again from one place", file.path, label(name))
			}
			f.tensors[name] = t
		}
	}
	return nil
}

// adapter reports whether there is an adapter, and for which model.
func (f *Folder) adapter() (base string, ok bool) {
	data, err := f.read("adapter_config.json", maxConfig)
	if err != nil {
		return "", false
	}
	var file struct {
		Base string `json:"base_model_name_or_path"`
	}
	if jsonfile.Unmarshal(data, &file) != nil || file.Base == "" {
		return "the model that it was trained with", true
	}
	return "the model " + label(file.Base), true
}

// decodeIndex reads {"metadata": ..., "weight_map": {"TENSOR": "SHARD", ...}}.
func decodeIndex(index []byte) ([]placement, error) {
	d, err := newDocument(index)
	if err != nil {
		return nil, err
	}
	var placements []placement
	err = d.object(func(key string) error {
		if key != "weight_map" {
			return d.skip()
		}
		return d.object(func(tensor string) error {
			shard, err := d.text()
			if err != nil {
				return fmt.Errorf("tensor %s: %w", label(tensor), err)
			}
			placements = append(placements, placement{tensor, shard})
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if len(placements) == 0 {
		return nil, errors.New("no weight_map")
	}
	return slices.Clip(placements), d.end()
}
