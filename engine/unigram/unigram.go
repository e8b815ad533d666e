// Package unigram cuts words into the pieces of a unigram language model: those whose probabilities multiply to the most.
//
// Kudo 2018, "Subword Regularization", section 3.2; in the details models/unigram/model.rs of
// github.com/huggingface/tokenizers and unigram_model.cc of github.com/google/sentencepiece.
package unigram

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// A Piece is one of the vocabulary, with its logarithmic probability.
type Piece struct {
	Text  string
	ID    int
	Score float64
	// Hidden is set for a piece that no text is cut into.
	Hidden bool
}

// Options are what a model is made of.
type Options struct {
	Pieces       []Piece // of equal texts the last counts
	Unknown      int     // id of what stands for a character that no piece has; -1 for none
	ByteFallback bool    // its bytes stand for it, where the vocabulary has the pieces <0x00> to <0xFF>
}

const (
	unknownPenalty = 10 // how much less likely an unknown character is than the least likely piece
	// Longest is the most bytes of a piece, since the time to cut a text grows with it. It is far above those in use.
	Longest = 1000
)

// A Model cuts words. It never changes and may be used by several goroutines at once.
type Model struct {
	pieces  []Piece // visible, sorted by their texts, which are distinct
	begin   [257]int
	ids     map[string]int
	bytes   [256]int // ids of byte pieces, -1 for none
	unknown int
	least   float64 // score of an unknown character
}

// New makes a model. It returns an error for a score that is no number, and for a piece that is too long.
func New(o Options) (*Model, error) {
	if len(o.Pieces) == 0 {
		return nil, errors.New("tokenizer: the vocabulary is empty")
	}
	all := make(map[string]int, len(o.Pieces))
	m := &Model{ids: make(map[string]int, len(o.Pieces)), unknown: o.Unknown, least: math.Inf(1)}
	for _, p := range o.Pieces {
		if math.IsNaN(p.Score) || math.IsInf(p.Score, 0) {
			return nil, fmt.Errorf("tokenizer: piece %.60q has the score %v, expected a number", p.Text, p.Score)
		}
		if len(p.Text) > Longest {
			return nil, fmt.Errorf("tokenizer: a piece has %d bytes; at most %d are possible", len(p.Text), Longest)
		}
		all[p.Text], m.least = p.ID, min(m.least, p.Score)
		if !p.Hidden && p.Text != "" {
			m.ids[p.Text] = p.ID
			m.pieces = append(m.pieces, p)
		}
	}
	m.least -= unknownPenalty
	slices.SortStableFunc(m.pieces, func(a, b Piece) int { return cmp.Compare(a.Text, b.Text) })
	last := m.pieces[:0]
	for i, p := range m.pieces {
		if i+1 == len(m.pieces) || m.pieces[i+1].Text != p.Text {
			last = append(last, p)
		}
	}
	m.pieces = last
	for c, i := 0, 0; c <= 256; c++ {
		for i < len(m.pieces) && int(m.pieces[i].Text[0]) < c {
			i++
		}
		m.begin[c] = i
	}
	for b := range m.bytes {
		m.bytes[b] = -1
		if id, ok := all[fmt.Sprintf("<0x%02X>", b)]; ok && o.ByteFallback {
			m.bytes[b] = id
		}
	}
	return m, nil
}

// prefixes calls found for every piece that text, which is not empty, begins with, the shortest first.
func (m *Model) prefixes(text string, found func(p *Piece)) {
	low, high := m.begin[text[0]], m.begin[int(text[0])+1]
	for n := 1; low < high; n++ {
		if len(m.pieces[low].Text) == n {
			found(&m.pieces[low])
			low++
		}
		if n == len(text) {
			return
		}
		// All of these are longer than n and have the same n bytes as text.
		c, rest := text[n], m.pieces[low:high]
		first, _ := slices.BinarySearchFunc(rest, int(c), func(p Piece, c int) int { return int(p.Text[n]) - c })
		end, _ := slices.BinarySearchFunc(rest, int(c)+1, func(p Piece, c int) int { return int(p.Text[n]) - c })
		low, high = low+first, low+end
	}
}

// step is the best way to a position in a word.
type step struct {
	score   float64
	from    int // -1: none yet
	unknown bool
}

// Append appends the ids of a word, which is UTF-8. Unknown characters side by side are one.
func (m *Model) Append(ids []int, word string) []int {
	best := make([]step, len(word)+1)
	for i := range best {
		best[i].from = -1
	}
	best[0].from = 0
	for at := 0; at < len(word); {
		_, size := utf8.DecodeRuneInString(word[at:])
		here, single := best[at].score, false
		reach := func(end int, score float64, unknown bool) {
			if to := &best[end]; to.from < 0 || score > to.score {
				*to = step{score, at, unknown}
			}
		}
		m.prefixes(word[at:], func(p *Piece) {
			end := at + len(p.Text)
			reach(end, here+p.Score, p.ID == m.unknown)
			single = single || end == at+size
		})
		if !single {
			reach(at+size, here+m.least, true)
		}
		at += size
	}
	var ends []int // of the pieces, from the last
	for at := len(word); at > 0; {
		ends = append(ends, at)
		unknown := best[at].unknown
		at = best[at].from
		for unknown && at > 0 && best[at].unknown {
			at = best[at].from
		}
	}
	at := 0
	for _, end := range slices.Backward(ends) {
		ids = m.appendPiece(ids, word[at:end])
		at = end
	}
	return ids
}

// appendPiece appends the id of a piece, or what stands for an unknown one.
func (m *Model) appendPiece(ids []int, piece string) []int {
	if id, ok := m.ids[piece]; ok {
		return append(ids, id)
	}
	if m.hasBytes(piece) {
		for i := range len(piece) {
			ids = append(ids, m.bytes[piece[i]])
		}
		return ids
	}
	if m.unknown < 0 {
		return ids
	}
	return append(ids, m.unknown)
}

func (m *Model) hasBytes(piece string) bool {
	for i := range len(piece) {
		if m.bytes[piece[i]] < 0 {
			return false
		}
	}
	return true
}
