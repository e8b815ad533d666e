package gpt2

import "inkling/engine/kernel"

// PassBytes is how many bytes a pass of one token at a position reads from memory: all weights in format f, of embeddings
// that are no output head only a row, and the keys and values of the positions up to its own.
func (c Config) PassBytes(f kernel.Format, position int) int {
	unread := 4 * (c.Context - 1) * c.Width
	if !c.Tied {
		unread += kernel.Size(f, c.Vocab, c.Width) - kernel.Size(f, 1, c.Width)
	}
	return c.Size(f) - unread + (position+1)*c.PositionBytes(f)
}

// PositionBytes is how many bytes the keys and values of a position take in the caches of all layers.
func (c Config) PositionBytes(f kernel.Format) int {
	return c.Layers * kernel.PositionBytes(cacheFormat(f), c.Heads, c.Width/c.Heads)
}

// Products is how many pairs of numbers are multiplied to compute T positions from a position on and to score the last of
// them: those of the layers' matrices with each position, those of each position with the ones that it looks at, twice, and
// those of the output head.
func (c Config) Products(position, T int) int {
	matrices := c.Width*3*c.Width + c.Width*c.Width + 2*c.Width*c.Inner
	looks := T*position + T*(T+1)/2
	return c.Layers*(T*matrices+2*looks*c.Width) + c.Vocab*c.Width
}
