package engine

import (
	"fmt"

	"inkling/engine/gpt2"
	"inkling/engine/hub"
	"inkling/engine/kernel"
)

// Memory is what a model takes of it.
type Memory struct {
	Format  string // of the weights: "f32", "f16", "q8" or "q4"
	Weights int    // bytes
	Cache   int    // bytes that the keys and values of a sequence take, which has room for the whole context
}

func memoryFor(c gpt2.Config, f kernel.Format) Memory {
	positions := (c.Context + kernel.CacheUnit - 1) / kernel.CacheUnit * kernel.CacheUnit
	return Memory{Format: f.String(), Weights: c.Size(f), Cache: positions * c.PositionBytes(f)}
}

// fits refuses a model for which fewer bytes are available. Weights that are mapped from the cache need them as well: with
// fewer, every token would read from the disk.
func (m Memory) fits(name string, available int) error {
	if m.Weights+m.Cache <= available {
		return nil
	}
	return fmt.Errorf("%s does not fit into memory: it takes %s for the weights in %s and %s for the context, but %s are available; close other programs, or choose a smaller model or weight format",
		name, hub.Bytes(int64(m.Weights)), m.Format, hub.Bytes(int64(m.Cache)), hub.Bytes(int64(available)))
}
