package bpe

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// ModelOptions are what a [Model] is made of. The names of tokenizer.json are given with each.
type ModelOptions struct {
	Pieces map[string]int // vocab
	Merges [][2]string    // merges, in the order of their ranks
	// Ranks are those of Merges where several have the same; nil where each comes after the one before it.
	Ranks []int

	Unknown      string   // unk_token: stands for a character that is no piece; "": such a character is dropped
	FuseUnknown  bool     // fuse_unk: unknown characters side by side are one
	ByteFallback bool     // byte_fallback: the bytes of an unknown character stand for it, as the pieces <0x00> to <0xFF>
	IgnoreMerges bool     // ignore_merges: a word that is a piece stays one, unless that is in Special
	Special      []string // pieces that a text must not spell
	Prefix       string   // continuing_subword_prefix, of every character but the first of a word
	Suffix       string   // end_of_word_suffix, of the last character of a word
	Whole        []string // pieces that are taken out of a word before anything else, and are not merged
}

// LongestPiece is the most bytes of a piece of a Model. It is far above those in use.
const LongestPiece = 1000

// A Model is byte-pair encoding over characters. It cuts words, never changes and may be used by several goroutines at once.
type Model struct {
	ModelOptions
	merges  pairs
	bytes   [256]int32 // ids of byte pieces, -1 for none
	unknown int32      // -1 for none
	longest int        // bytes of the longest of Whole
	whole   map[string]bool
	special map[string]bool
}

// NewModel makes a model. It returns an error unless each merge joins two pieces to a third, ids are within bounds, and the
// unknown token is a piece.
func NewModel(o ModelOptions) (*Model, error) {
	if len(o.Pieces) == 0 {
		return nil, errors.New("tokenizer: the vocabulary is empty")
	}
	if len(o.Merges) > maxMerges {
		return nil, fmt.Errorf("tokenizer: %d merges; at most %d are possible", len(o.Merges), maxMerges)
	}
	for piece, id := range o.Pieces {
		if id < 0 || id >= maxSize {
			return nil, fmt.Errorf("tokenizer: token %.60q has id %d; ids go from 0 to %d", piece, id, maxSize-1)
		}
		if len(piece) > LongestPiece {
			return nil, fmt.Errorf("tokenizer: a piece has %d bytes; at most %d are possible", len(piece), LongestPiece)
		}
	}
	m := &Model{ModelOptions: o, merges: newPairs(len(o.Merges)), unknown: -1, whole: map[string]bool{}, special: map[string]bool{}}
	for rank, parts := range o.Merges {
		if len(parts[1]) < len(o.Prefix) {
			return nil, fmt.Errorf("tokenizer: merge %d (%.60q with %.60q): expected %.60q before what continues a word", rank+1, parts[0], parts[1], o.Prefix)
		}
		whole := parts[0] + parts[1][len(o.Prefix):]
		var ids [3]int32
		for i, piece := range []string{parts[0], parts[1], whole} {
			id, ok := o.Pieces[piece]
			if !ok {
				return nil, fmt.Errorf("tokenizer: merge %d (%.60q with %.60q): the vocabulary lacks %.60q; vocabulary and merges must be of the same model",
					rank+1, parts[0], parts[1], piece)
			}
			ids[i] = int32(id)
		}
		if o.Ranks != nil {
			rank = o.Ranks[rank]
		}
		m.merges.add(ids[0], ids[1], merge{rank: int32(rank), id: ids[2]})
	}
	for b := range m.bytes {
		m.bytes[b] = -1
		if id, ok := o.Pieces[fmt.Sprintf("<0x%02X>", b)]; ok && o.ByteFallback {
			m.bytes[b] = int32(id)
		}
	}
	if o.Unknown != "" {
		id, ok := o.Pieces[o.Unknown]
		if !ok {
			return nil, fmt.Errorf("tokenizer: the vocabulary of %d pieces lacks the unknown token %.60q", len(o.Pieces), o.Unknown)
		}
		m.unknown = int32(id)
	}
	for _, piece := range o.Special {
		m.special[piece] = true
	}
	for _, piece := range o.Whole {
		m.whole[piece] = true
		m.longest = max(m.longest, len(piece))
	}
	return m, nil
}

// Append appends the ids of a word, which is UTF-8.
func (m *Model) Append(ids []int, word string) []int {
	if word == "" {
		return ids
	}
	if m.IgnoreMerges {
		if id, ok := m.Pieces[word]; ok && !m.special[word] {
			return append(ids, id)
		}
	}
	letters := make([]int32, 0, len(word))
	pending := false // an unknown character comes before the next known one
	settle := func() {
		if pending {
			letters = append(letters, m.unknown)
			pending = false
		}
	}
	for at := 0; at < len(word); {
		size := m.wholeAt(word[at:])
		if size == 0 {
			_, size = utf8.DecodeRuneInString(word[at:])
		}
		letter := word[at : at+size]
		if at > 0 {
			letter = m.Prefix + letter
		}
		at += size
		if at == len(word) {
			letter += m.Suffix
		}
		if id, ok := m.Pieces[letter]; ok {
			settle()
			letters = append(letters, int32(id))
			continue
		}
		if m.ByteFallback && m.hasBytes(letter) {
			for i := range len(letter) {
				letters = append(letters, m.bytes[letter[i]])
			}
			continue
		}
		if m.unknown >= 0 {
			if !m.FuseUnknown {
				settle()
			}
			pending = true
		}
	}
	settle()
	return m.merges.merge(ids, letters)
}

// wholeAt is the length of the longest of Whole that text begins with, or 0.
func (m *Model) wholeAt(text string) int {
	for n := min(m.longest, len(text)); n > 0; n-- {
		if m.whole[text[:n]] {
			return n
		}
	}
	return 0
}

func (m *Model) hasBytes(letter string) bool {
	for i := range len(letter) {
		if m.bytes[letter[i]] < 0 {
			return false
		}
	}
	return true
}
