package weights

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
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
