package weights

import (
	"errors"
	"fmt"
	"io/fs"
)

const (
	vocabFile     = "vocab.json"
	mergesFile    = "merges.txt"
	tokenizerFile = "tokenizer.json"
	addedFile     = "added_tokens.json"
)

// EndOfText is GPT-2's only special token: it ends a document. vocab.json holds it among the pieces.
const EndOfText = "<|endoftext|>"

// maxID is the largest token id that is accepted: tables are indexed by id, and the largest
// vocabularies in use have fewer than 2^19 pieces.
const maxID = 1<<24 - 1

// A Vocabulary is what a byte-level BPE tokenizer is made of.
type Vocabulary struct {
	Pieces  map[string]int // id by piece, in the letters that GPT-2 writes bytes with (a space is "Ġ")
	Merges  [][2]string    // pairs of pieces, the first to be merged first
	Special map[string]int // id by literal text
}

// An entry is a token as a file lists it.
type entry struct {
	text string
	id   int
}

// Vocabulary reads vocab.json and merges.txt, or tokenizer.json when they are not both there.
// Special are <|endoftext|> when it is among the pieces, the special tokens among the added_tokens
// of tokenizer.json, and the entries of added_tokens.json. Two tokens with one id are an error.
func (f *Folder) Vocabulary() (Vocabulary, error) {
	tokenizer, err := f.readOptional(tokenizerFile)
	if err != nil {
		return Vocabulary{}, err
	}
	b, err := f.pieces(tokenizer)
	if err != nil {
		return Vocabulary{}, err
	}
	if id, ok := b.vocabulary.Pieces[EndOfText]; ok {
		b.vocabulary.Special[EndOfText] = id
	}
	if err := f.addSpecial(b, tokenizerFile, tokenizer, decodeAddedTokens); err != nil {
		return Vocabulary{}, err
	}
	added, err := f.readOptional(addedFile)
	if err != nil {
		return Vocabulary{}, err
	}
	if err := f.addSpecial(b, addedFile, added, decodeVocab); err != nil {
		return Vocabulary{}, err
	}
	return b.vocabulary, nil
}

// pieces starts the vocabulary with pieces and merges; tokenizer is tokenizer.json or nil.
func (f *Folder) pieces(tokenizer []byte) (*builder, error) {
	vocab, err := f.readOptional(vocabFile)
	if err != nil {
		return nil, err
	}
	merges, err := f.readOptional(mergesFile)
	if err != nil {
		return nil, err
	}
	var entries []entry
	var pairs [][2]string
	source := vocabFile
	switch {
	case vocab != nil && merges != nil:
		if pairs, err = decodeMerges(merges); err != nil {
			return nil, fmt.Errorf("%s: %w; %s", f.path(mergesFile), err, adviseFetch)
		}
		entries, err = decodeVocab(vocab)
	case tokenizer != nil:
		source = tokenizerFile
		entries, pairs, err = decodeModel(tokenizer)
	default:
		missing := vocabFile
		if vocab != nil {
			missing = mergesFile
		}
		return nil, fmt.Errorf("%s: %w; %s", f.path(missing), fs.ErrNotExist, adviseNeeds)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(source), err, adviseFetch)
	}
	b, err := newBuilder(entries, pairs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(source), err, adviseFetch)
	}
	return b, nil
}

// addSpecial adds the special tokens that decode finds in a file; data is nil when there is none.
func (f *Folder) addSpecial(b *builder, name string, data []byte, decode func([]byte) ([]entry, error)) error {
	if data == nil {
		return nil
	}
	entries, err := decode(data)
	if err == nil {
		err = b.addSpecial(entries)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; %s", f.path(name), err, adviseFetch)
	}
	return nil
}

// readOptional returns nil when the folder lacks the file.
func (f *Folder) readOptional(name string) ([]byte, error) {
	data, err := f.read(name, maxTokenizer)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// A builder puts a vocabulary together and keeps ids unique.
type builder struct {
	vocabulary Vocabulary
	texts      map[int]string // by id
}

func newBuilder(pieces []entry, merges [][2]string) (*builder, error) {
	if len(pieces) == 0 {
		return nil, errors.New("no pieces")
	}
	b := &builder{
		vocabulary: Vocabulary{
			Pieces:  make(map[string]int, len(pieces)),
			Merges:  merges,
			Special: make(map[string]int),
		},
		texts: make(map[int]string, len(pieces)),
	}
	for _, piece := range pieces {
		if err := b.claim(piece); err != nil {
			return nil, err
		}
		b.vocabulary.Pieces[piece.text] = piece.id
	}
	return b, nil
}

func (b *builder) addSpecial(tokens []entry) error {
	for _, token := range tokens {
		if token.text == "" {
			return fmt.Errorf("special token with id %d: found no text, expected some", token.id)
		}
		for _, known := range []map[string]int{b.vocabulary.Pieces, b.vocabulary.Special} {
			if id, ok := known[token.text]; ok && id != token.id {
				return fmt.Errorf("token %s: id %d, expected %d as elsewhere in the folder", label(token.text), token.id, id)
			}
		}
		if err := b.claim(token); err != nil {
			return err
		}
		b.vocabulary.Special[token.text] = token.id
	}
	return nil
}

// claim takes the id for the token.
func (b *builder) claim(token entry) error {
	if text, taken := b.texts[token.id]; taken && text != token.text {
		return fmt.Errorf("id %d: found for both %s and %s, expected one of them", token.id, label(text), label(token.text))
	}
	b.texts[token.id] = token.text
	return nil
}
