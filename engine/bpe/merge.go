package bpe

import "math"

// shortWord is the length in bytes up to which mergeShort is used. Its time
// grows with the square of the length, that of mergeLong with n log n.
const shortWord = 64

// none is the rank of two neighbours that do not merge.
const none = math.MaxInt32

// merge is what becomes of a pair: the lower the rank, the earlier it merges.
type merge struct{ rank, id int32 }

// appendWord appends the ids of one match of the pattern. The pair of lowest
// rank is merged first, the leftmost of equals, until no pair merges (Sennrich
// et al. 2016, over bytes as in Radford et al. 2019).
func (t *Tokenizer) appendWord(ids []int, word string) []int {
	if id, ok := t.whole[word]; ok {
		return append(ids, id)
	}
	if len(word) <= shortWord {
		return t.mergeShort(ids, word)
	}
	return t.mergeLong(ids, word)
}

// mergeShort merges a word of at most shortWord bytes in an array on the stack.
func (t *Tokenizer) mergeShort(ids []int, word string) []int {
	type part struct {
		id   int32
		next merge // with the part to the right
	}
	var array [shortWord]part
	parts := array[:len(word)]
	for i := range parts {
		parts[i].id = t.letters[word[i]]
	}
	join := func(i int) {
		parts[i].next = merge{rank: none}
		if i+1 < len(parts) {
			parts[i].next = t.merges.find(parts[i].id, parts[i+1].id)
		}
	}
	for i := range parts {
		join(i)
	}
	for {
		best := 0
		for i := range parts {
			if parts[i].next.rank < parts[best].next.rank {
				best = i
			}
		}
		if parts[best].next.rank == none {
			break
		}
		parts[best].id = parts[best].next.id
		parts = append(parts[:best+1], parts[best+2:]...)
		join(best)
		if best > 0 {
			join(best - 1)
		}
	}
	for _, p := range parts {
		ids = append(ids, int(p.id))
	}
	return ids
}

// mergeLong merges a word of any length. Its result is that of mergeShort.
func (t *Tokenizer) mergeLong(ids []int, word string) []int {
	parts := make([]int32, len(word))
	for i := range parts {
		parts[i] = t.letters[word[i]]
	}
	return t.merges.merge(ids, parts)
}

// merge appends to ids what becomes of parts, in a linked list, with the merges that are possible in a heap.
func (m *pairs) merge(ids []int, word []int32) []int {
	type part struct {
		id         int32
		next       merge // with the part to the right
		prev, succ int   // neighbours; -1 and len(word) at the ends
	}
	parts := make([]part, len(word)) // by the position of their first letter
	for i, id := range word {
		parts[i] = part{id: id, prev: i - 1, succ: i + 1}
	}
	var possible queue
	join := func(i int) {
		p := &parts[i]
		p.next = merge{rank: none}
		if p.succ < len(parts) {
			p.next = m.find(p.id, parts[p.succ].id)
		}
		if p.next.rank != none {
			possible.push(place(p.next.rank, i))
		}
	}
	for i := range parts {
		join(i)
	}
	for len(possible) > 0 {
		rank, i := possible.pop().split()
		p := &parts[i]
		if p.next.rank != rank {
			continue // a neighbour has changed since
		}
		gone := p.succ
		p.id, p.succ = p.next.id, parts[gone].succ
		parts[gone].next.rank = none
		if p.succ < len(parts) {
			parts[p.succ].prev = i
		}
		join(i)
		if p.prev >= 0 {
			join(p.prev)
		}
	}
	for i := 0; i < len(parts); i = parts[i].succ {
		ids = append(ids, int(parts[i].id))
	}
	return ids
}
