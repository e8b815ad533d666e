package bpe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"inkling/engine/added"
)

// maxSize bounds the ids, since the tables are as long as the largest. It is
// far above any vocabulary in use.
const maxSize = 10_000_000

// Options are what a tokenizer is made of.
type Options struct {
	// Pieces are the vocabulary, written in GPT-2's byte letters as in vocab.json.
	Pieces map[string]int
	// Merges are in the order of merges.txt; the last of equal merges counts.
	Merges [][2]string
	// Added tokens may be among the pieces as well.
	Added []added.Token
	// PrefixSpace puts a space before each text between added tokens that does
	// not begin with one (add_prefix_space of tokenizer.json).
	PrefixSpace bool
	// IgnoreMerges takes a word that is a piece as it is, whatever the merges
	// make of it (ignore_merges of tokenizer.json).
	IgnoreMerges bool
}

// New makes a tokenizer from the pieces of a vocabulary, the merges, and the
// special tokens by their literal text; see Options and Make.
func New(pieces map[string]int, merges [][2]string, special map[string]int) (*Tokenizer, error) {
	o := Options{Pieces: pieces, Merges: merges}
	for _, text := range slices.Sorted(maps.Keys(special)) {
		o.Added = append(o.Added, added.Token{Text: text, ID: special[text], Special: true})
	}
	return Make(o)
}

// Make makes a tokenizer. It returns an error unless all 256 bytes have a
// piece, each merge joins two pieces to a third, and each id is within bounds
// and belongs to one token.
func Make(o Options) (*Tokenizer, error) {
	table, err := Compile(o)
	if err != nil {
		return nil, err
	}
	t, err := table.Tokenizer(o.Added, o.PrefixSpace)
	if err == nil && o.IgnoreMerges {
		t.addWhole(o.Pieces)
	}
	return t, err
}

// tableSize returns 1 + the largest id.
func tableSize(o Options) (int, error) {
	if len(o.Pieces) == 0 {
		return 0, errors.New("tokenizer: the vocabulary is empty")
	}
	size := 0
	bound := func(text string, id int) error {
		if id < 0 || id >= maxSize {
			return fmt.Errorf("tokenizer: token %.60q has id %d; ids go from 0 to %d", text, id, maxSize-1)
		}
		size = max(size, id+1)
		return nil
	}
	for text, id := range o.Pieces {
		if err := bound(text, id); err != nil {
			return 0, err
		}
	}
	for _, token := range o.Added {
		if err := bound(token.Text, token.ID); err != nil {
			return 0, err
		}
	}
	return size, nil
}

func (t *Table) addPieces(pieces map[string]int) error {
	size := 0
	for piece := range pieces {
		size += len(piece)
	}
	t.tokens.all = make([]byte, 0, size)
	for piece, id := range pieces {
		if t.tokens.has(id) {
			return sharedID(id, pieces)
		}
		since := len(t.tokens.all)
		t.tokens.all = AppendBytes(t.tokens.all, piece)
		t.tokens.set(id, since)
	}
	return nil
}

// sharedID returns the error for an id that several tokens have.
func sharedID(id int, tokens map[string]int) error {
	var texts []string
	for text, i := range tokens {
		if i == id {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	return fmt.Errorf("tokenizer: id %d belongs to both %.60q and %.60q; each token needs its own id", id, texts[0], texts[1])
}

func (t *Table) addLetters(pieces map[string]int) error {
	var missing []string
	for b, letter := range letterOf {
		id, ok := pieces[string(letter)]
		if !ok {
			missing = append(missing, fmt.Sprintf("%q (byte 0x%02X)", string(letter), b))
			continue
		}
		t.letters[b] = int32(id)
	}
	const named = 3
	switch n := len(missing); {
	case n == 0:
		return nil
	case n <= named:
		return fmt.Errorf("tokenizer: the vocabulary lacks %s; a byte-level vocabulary has a piece for every byte",
			strings.Join(missing, ", "))
	default:
		return fmt.Errorf("tokenizer: the vocabulary lacks %s and %d more of the 256 byte letters; it is no byte-level vocabulary such as GPT-2's",
			strings.Join(missing[:named], ", "), n-named)
	}
}

// checkAdded returns an error for an added token that has the id of another
// piece.
func (t *Table) checkAdded(tokens []added.Token, pieces map[string]int) error {
	for _, token := range tokens {
		if same, ok := pieces[token.Text]; t.tokens.has(token.ID) && !(ok && same == token.ID) {
			return fmt.Errorf("tokenizer: id %d belongs to both the added token %.60q and the piece for %.60q; each token needs its own id",
				token.ID, token.Text, t.tokens.bytes(token.ID))
		}
	}
	return nil
}

// addWhole enters every piece that a word can be. A special token is none: a
// text must not spell it.
func (t *Tokenizer) addWhole(pieces map[string]int) {
	t.whole = make(map[string]int, len(pieces))
	for piece, id := range pieces {
		if bytes, ok := appendLetters(nil, piece); ok && !t.IsSpecial(id) {
			t.whole[string(bytes)] = id
		}
	}
}

func (t *Table) addMerges(merges [][2]string, pieces map[string]int) error {
	if len(merges) > maxMerges {
		return fmt.Errorf("tokenizer: %d merges; at most %d are possible", len(merges), maxMerges)
	}
	t.merges = make([][3]int32, len(merges))
	var whole []byte
	for rank, parts := range merges {
		whole = append(append(whole[:0], parts[0]...), parts[1]...)
		left, ok0 := pieces[parts[0]]
		right, ok1 := pieces[parts[1]]
		id, ok2 := pieces[string(whole)]
		if !ok0 || !ok1 || !ok2 {
			missing := string(whole)
			if !ok0 {
				missing = parts[0]
			} else if !ok1 {
				missing = parts[1]
			}
			return fmt.Errorf("tokenizer: merge %d (%.60q with %.60q): the vocabulary lacks %.60q; vocabulary and merges must be of the same model",
				rank+1, parts[0], parts[1], missing)
		}
		t.merges[rank] = [3]int32{int32(left), int32(right), int32(id)}
	}
	return nil
}
