package sample

import (
	"bytes"
	"math"
	"slices"
)

// dry makes tokens less likely that would go on with a repetition: where the last n tokens have occurred before, n at least the allowed
// length, the token that followed them loses multiplier·base^(n - allowed length) of its logit. A repetition does not reach across
// a sequence breaker, and a token with a breaker in it is not penalized.
//
// Source: p-e-w 2024, "DRY: A modern repetition penalty that reliably prevents looping", and llama_sampler_dry in llama.cpp, which this
// equals where a breaker is always cut into tokens in one way; here it is looked for in the text.
func (d *Draw) dry() {
	p, history := d.Params, d.History
	if p.DryRange > 0 && p.DryRange < len(history) {
		history = history[len(history)-p.DryRange:]
	}
	n := len(history)
	if n <= p.DryAllowedLength {
		return
	}
	c := d.chain
	c.breaks.begin(p.DryBreakers, d.Pieces, d.Candidates.vocab)
	limit := c.breaks.after(history)
	if limit < p.DryAllowedLength {
		return
	}
	if cap(c.same) < n {
		c.same = make([]int32, 2*n)
	}
	same := c.same[:n]
	commonEnds(same, history)
	// The longest repetition that each token would go on with.
	counts := c.counts[:d.Candidates.vocab]
	for k := 1; k < n; k++ {
		length, id := min(same[k], int32(limit)), history[n-k]
		if int(length) >= p.DryAllowedLength && id >= 0 && id < len(counts) {
			counts[id] = max(counts[id], length+1) // 0 is for none
		}
	}
	const largest = 88.7228391 // the logarithm of the largest float32
	most := math.MaxInt32
	if p.DryBase > 1.000001 {
		most = int(largest / math.Log(p.DryBase))
	}
	for _, id := range history {
		if id < 0 || id >= len(counts) || counts[id] == 0 {
			continue
		}
		exponent := min(int(counts[id])-1-p.DryAllowedLength, most)
		counts[id] = 0
		if i := d.Candidates.Find(id); i >= 0 && c.breaks.kind(id) != breaker {
			d.Candidates.Logits[i] = saturate(float64(d.Candidates.Logits[i]) - p.DryMultiplier*math.Pow(p.DryBase, float64(exponent)))
		}
	}
	d.Candidates.Changed()
}

// commonEnds sets same[k], for each k above 0, to the number of tokens that all of history and history without its last k end with
// alike: the Z algorithm (Gusfield 1997, "Algorithms on Strings, Trees, and Sequences", section 1.4), from the end.
func commonEnds(same []int32, history []int) {
	n := len(history)
	last := func(i int) int { return history[n-1-i] }
	left, right := 0, 0 // the match that reaches furthest, without right
	for k := 1; k < n; k++ {
		length := 0
		if k < right {
			length = min(int(same[k-left]), right-k)
		}
		for k+length < n && last(length) == last(k+length) {
			length++
		}
		if same[k] = int32(length); k+length > right {
			left, right = k, k+length
		}
	}
}

// breakers finds sequence breakers in the text of tokens.
type breakers struct {
	words  []string
	pieces func(id int) []byte
	kinds  []uint8 // by token
}

// What is known of a token.
const (
	unknown  uint8 = iota
	ordinary       // no breaker begins in it
	begins         // its end may be the beginning of one
	breaker        // one is in it
)

func (b *breakers) begin(words []string, pieces func(id int) []byte, vocab int) {
	b.pieces = pieces
	if len(b.kinds) != vocab || !slices.Equal(words, b.words) {
		b.words = append(b.words[:0], words...)
		if len(b.kinds) != vocab {
			b.kinds = make([]uint8, vocab)
		}
		clear(b.kinds)
	}
}

// kind is what there is to know of a token.
func (b *breakers) kind(id int) uint8 {
	if b.pieces == nil || id < 0 || id >= len(b.kinds) {
		return ordinary
	}
	if b.kinds[id] == unknown {
		b.kinds[id] = ordinary
		piece := b.pieces(id)
		for _, word := range b.words {
			switch {
			case bytes.Contains(piece, []byte(word)):
				b.kinds[id] = breaker
				return breaker
			case overlap(piece, word) > 0:
				b.kinds[id] = begins
			}
		}
	}
	return b.kinds[id]
}

// overlap is the length of the longest end of piece that is a beginning, but not all, of word.
func overlap(piece []byte, word string) int {
	for n := min(len(piece), len(word)-1); n > 0; n-- {
		if string(piece[len(piece)-n:]) == word[:n] {
			return n
		}
	}
	return 0
}

// after counts the tokens after the last breaker, all where there is none.
func (b *breakers) after(history []int) int {
	n := len(history)
	for i := range n {
		switch b.kind(history[n-1-i]) {
		case breaker:
			return i
		case begins:
			if tail := b.completed(history[n-1-i:]); tail > 0 {
				return i + 1 - tail
			}
		}
	}
	return n
}

// completed is the number of tokens that a breaker takes which begins in the first of them, 0 for none; of several the longest.
func (b *breakers) completed(ids []int) (tokens int) {
	for _, word := range b.words {
		first := b.pieces(ids[0])
		for n := overlap(first, word); n > 0; n-- {
			if string(first[len(first)-n:]) != word[:n] {
				continue
			}
			rest, took := word[n:], 1
			for _, id := range ids[1:] {
				piece := b.pieces(id)
				took++
				if len(piece) >= len(rest) {
					if string(piece[:len(rest)]) == rest {
						tokens = max(tokens, took)
					}
					break
				}
				if rest[:len(piece)] != string(piece) {
					break
				}
				rest = rest[len(piece):]
			}
		}
	}
	return tokens
}
