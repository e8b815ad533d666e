package bpe

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxSize bounds the ids, since the tables are as long as the largest. It is
// far above any vocabulary in use.
const maxSize = 10_000_000

// New makes a tokenizer from the pieces of a vocabulary, written in GPT-2's
// byte letters as in vocab.json; from the merges in the order of merges.txt,
// where the last of equal merges counts; and from the special tokens by their
// literal text, which may be among the pieces as well. It returns an error
// unless all 256 bytes have a piece, each merge joins two pieces to a third,
// and each id is within bounds and belongs to one token.
func New(pieces map[string]int, merges [][2]string, special map[string]int) (*Tokenizer, error) {
	size, err := tableSize(pieces, special)
	if err != nil {
		return nil, err
	}
	t := &Tokenizer{tokens: make([][]byte, size)}
	if err := t.addPieces(pieces); err != nil {
		return nil, err
	}
	if err := t.addLetters(pieces); err != nil {
		return nil, err
	}
	if err := t.addSpecial(special, pieces); err != nil {
		return nil, err
	}
	if err := t.addMerges(merges, pieces); err != nil {
		return nil, err
	}
	return t, nil
}

// tableSize returns 1 + the largest id.
func tableSize(pieces, special map[string]int) (int, error) {
	if len(pieces) == 0 {
		return 0, errors.New("tokenizer: the vocabulary is empty")
	}
	size := 0
	for _, ids := range []map[string]int{pieces, special} {
		for text, id := range ids {
			if id < 0 || id >= maxSize {
				return 0, fmt.Errorf("tokenizer: token %.60q has id %d; ids go from 0 to %d", text, id, maxSize-1)
			}
			size = max(size, id+1)
		}
	}
	return size, nil
}

func (t *Tokenizer) addPieces(pieces map[string]int) error {
	for piece, id := range pieces {
		if t.tokens[id] != nil {
			return sharedID(id, pieces)
		}
		t.tokens[id] = bytesOf(piece)
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

func (t *Tokenizer) addLetters(pieces map[string]int) error {
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

func (t *Tokenizer) addSpecial(special, pieces map[string]int) error {
	textOf := make(map[int]string, len(special))
	for _, text := range slices.Sorted(maps.Keys(special)) {
		id := special[text]
		if text == "" {
			return fmt.Errorf("tokenizer: the special token with id %d has no text", id)
		}
		if _, ok := textOf[id]; ok {
			return sharedID(id, special)
		}
		textOf[id] = text
		if same, ok := pieces[text]; t.tokens[id] != nil && !(ok && same == id) {
			return fmt.Errorf("tokenizer: id %d belongs to both the special token %.60q and the piece for %.60q; each token needs its own id",
				id, text, t.tokens[id])
		}
		t.tokens[id] = []byte(text)
		t.specialAt[text[0]] = append(t.specialAt[text[0]], specialToken{text, id})
	}
	for _, tokens := range t.specialAt {
		slices.SortFunc(tokens, func(a, b specialToken) int { return cmp.Compare(len(b.text), len(a.text)) })
	}
	t.special = maps.Clone(special)
	return nil
}

func (t *Tokenizer) addMerges(merges [][2]string, pieces map[string]int) error {
	if len(merges) > maxMerges {
		return fmt.Errorf("tokenizer: %d merges; at most %d are possible", len(merges), maxMerges)
	}
	t.merges = newPairs(len(merges))
	for rank, parts := range merges {
		var ids [3]int
		for i, piece := range []string{parts[0], parts[1], parts[0] + parts[1]} {
			id, ok := pieces[piece]
			if !ok {
				return fmt.Errorf("tokenizer: merge %d (%.60q with %.60q): the vocabulary lacks %.60q; vocabulary and merges must be of the same model",
					rank+1, parts[0], parts[1], piece)
			}
			ids[i] = id
		}
		t.merges.add(int32(ids[0]), int32(ids[1]), merge{rank: int32(rank), id: int32(ids[2])})
	}
	return nil
}
