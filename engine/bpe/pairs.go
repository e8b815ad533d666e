package bpe

import (
	"math/bits"
	"math/rand/v2"
)

// pairs maps two neighbouring ids to their merge: a hash table with linear
// probing, at most half full. Looking up a pair is most of the work of a
// merge, and takes half as long here as in a map.
type pairs struct {
	slots []slot
	shift int    // from a hash to an index
	seed  uint64 // odd; random, so that no vocabulary can be made to collide
}

type slot struct {
	key   uint64
	merge merge
}

const empty = ^uint64(0) // no key, since ids are below maxSize

func newPairs(n int) pairs {
	width := bits.Len(uint(2 * n))
	p := pairs{make([]slot, 1<<width), 64 - width, rand.Uint64() | 1}
	for i := range p.slots {
		p.slots[i] = slot{empty, merge{rank: none}}
	}
	return p
}

// slot returns where a pair is, or is to be.
func (p *pairs) slot(left, right int32) (s *slot, key uint64) {
	key = uint64(left)<<32 | uint64(right)
	for i := int(key * p.seed >> p.shift); ; i++ {
		s = &p.slots[i&(len(p.slots)-1)]
		if s.key == key || s.key == empty {
			return s, key
		}
	}
}

// find returns the merge of a pair; its rank is none where there is none.
func (p *pairs) find(left, right int32) merge {
	s, _ := p.slot(left, right)
	return s.merge
}

func (p *pairs) add(left, right int32, m merge) {
	s, key := p.slot(left, right)
	*s = slot{key, m}
}
