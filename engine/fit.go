package engine

import (
	"fmt"

	"inkling/engine/gpt2"
	"inkling/engine/hub"
	"inkling/engine/kernel"
)

// Footprint is the memory that a model takes.
type Footprint struct {
	Format  string // of the weights: "f32", "f16", "q8" or "q4"
	Weights int    // bytes
	Cache   int    // bytes that the keys and values of a sequence take, which has room for the whole context
}

func footprint(c gpt2.Config, f kernel.Format) Footprint {
	positions := (c.Context + kernel.CacheUnit - 1) / kernel.CacheUnit * kernel.CacheUnit
	return Footprint{Format: f.String(), Weights: c.Size(f), Cache: positions * c.PositionBytes(f)}
}

// fits refuses a model for which fewer bytes are available. Weights that are mapped from the cache need them as well: with
// fewer, every token would read from the disk.
func (m Footprint) fits(name string, available int) error {
	if m.Weights+m.Cache <= available {
		return nil
	}
	return fmt.Errorf("not enough memory for %s: needs %s for weights (%s) and %s for the context, %s available; close other programs, or choose a smaller model or weight format",
		name, hub.Bytes(int64(m.Weights)), m.Format, hub.Bytes(int64(m.Cache)), hub.Bytes(int64(available)))
}
