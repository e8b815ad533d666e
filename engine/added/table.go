package added

import "fmt"

// maxSize bounds the ids, since a table is as long as the largest.
const maxSize = 10_000_000

// A Table is the tokens of a vocabulary, added ones among them, by their ids. Its zero value has none.
type Table struct {
	texts []string
	known []bool // there is such a token
}

// Claim takes an id for a token. The error says that the id is out of bounds, or that of another token.
func (t *Table) Claim(text string, id int) error {
	if id < 0 || id >= maxSize {
		return fmt.Errorf("tokenizer: token %.60q has id %d; ids go from 0 to %d", text, id, maxSize-1)
	}
	for id >= len(t.texts) {
		t.texts = append(t.texts, make([]string, id+1-len(t.texts))...)
		t.known = append(t.known, make([]bool, id+1-len(t.known))...)
	}
	if t.known[id] && t.texts[id] != text {
		return fmt.Errorf("tokenizer: id %d belongs to both %.60q and %.60q; each token needs its own id", id, min(text, t.texts[id]), max(text, t.texts[id]))
	}
	t.texts[id], t.known[id] = text, true
	return nil
}

// Text is the token that has the id; ok is false where none has.
func (t *Table) Text(id int) (text string, ok bool) {
	if id < 0 || id >= len(t.texts) || !t.known[id] {
		return "", false
	}
	return t.texts[id], true
}
