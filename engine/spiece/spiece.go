// Package spiece reads the tokenizers of SentencePiece (spiece.model, tokenizer.model): a message of protocol buffers with the
// pieces, how they were trained, and how a text is normalised.
//
// A file may be damaged or hostile: what it states is held against its size, and an error is one line.
//
// Sources: src/sentencepiece_model.proto, src/normalizer.cc, src/unigram_model.cc and src/bpe_model.cc of
// github.com/google/sentencepiece.
package spiece

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"inkling/engine/normalize"
)

// Kind is what a piece is for.
type Kind int

// The kinds, by their numbers in the file.
const (
	Normal  Kind = 1
	Unknown Kind = 2 // stands for what no piece has
	Control Kind = 3 // steers the model
	User    Kind = 4 // is one piece wherever a text has it
	Unused  Kind = 5
	Byte    Kind = 6 // <0x00> to <0xFF>
)

// A Piece is one of the vocabulary. Its id is its place.
type Piece struct {
	Text  string
	Score float64 // logarithmic probability; for BPE, the higher the earlier it is merged
	Kind  Kind
}

// A Type is how words are cut into pieces.
type Type int

// The types, by their numbers in the file.
const (
	Unigram Type = 1
	BPE     Type = 2
	Word    Type = 3
	Char    Type = 4
)

func (t Type) String() string {
	switch t {
	case Unigram:
		return "unigram"
	case BPE:
		return "BPE"
	case Word:
		return "word"
	case Char:
		return "char"
	}
	return fmt.Sprintf("type %d", int(t))
}

// A Model is what a file says.
type Model struct {
	Pieces       []Piece
	Type         Type
	ByteFallback bool
	Unknown      int               // id of the piece of the kind Unknown
	Names        map[string]string // "bos_token", "eos_token", "pad_token" and "unk_token", as far as they are pieces
	normalizer
}

// maxPieces is far above any vocabulary in use.
const maxPieces = 1 << 22

// Mark is what a space is written as.
const Mark = "▁"

// Read reads a file.
func Read(data []byte) (*Model, error) {
	m := &Model{Type: Unigram, Unknown: -1, Names: map[string]string{}, normalizer: newNormalizer()}
	names := map[string]string{"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
	err := fields(data, func(f field) error {
		switch {
		case f.is(1, bytes):
			return m.readPiece(f.data)
		case f.is(2, bytes):
			return m.readTraining(f.data, names)
		case f.is(3, bytes):
			return m.normalizer.read(f.data)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(m.Pieces) == 0:
		return nil, errors.New("found no pieces; this is no file of SentencePiece's")
	case m.Unknown < 0:
		return nil, errors.New("found no piece of the kind unknown")
	}
	known := map[string]bool{}
	for _, p := range m.Pieces {
		known[p.Text] = true
		if p.Kind == User {
			m.keep(p.Text)
		}
	}
	for name, text := range names {
		if known[text] {
			m.Names[name] = text
		}
	}
	return m, nil
}

func (m *Model) readPiece(message []byte) error {
	if len(m.Pieces) == maxPieces {
		return fmt.Errorf("found more than %d pieces", maxPieces)
	}
	p := Piece{Kind: Normal}
	err := fields(message, func(f field) error {
		switch {
		case f.is(1, bytes):
			p.Text = string(f.data)
		case f.is(2, fixed32):
			p.Score = f.float()
		case f.is(3, varint):
			p.Kind = Kind(f.whole)
		}
		return nil
	})
	id := len(m.Pieces)
	switch {
	case err != nil:
		return fmt.Errorf("piece %d: %w", id, err)
	case p.Text == "" || !utf8.ValidString(p.Text):
		return fmt.Errorf("piece %d: found %.60q, expected a text", id, p.Text)
	case math.IsNaN(p.Score) || math.IsInf(p.Score, 0):
		return fmt.Errorf("piece %d: found the score %v, expected a number", id, p.Score)
	case p.Kind < Normal || p.Kind > Byte:
		return fmt.Errorf("piece %d: found the kind %d, expected 1 to 6", id, p.Kind)
	case p.Kind == Unknown && m.Unknown >= 0:
		return fmt.Errorf("piece %d: found a second piece of the kind unknown, after %d", id, m.Unknown)
	case p.Kind == Unknown:
		m.Unknown = id
	}
	m.Pieces = append(m.Pieces, p)
	return nil
}

func (m *Model) readTraining(message []byte, names map[string]string) error {
	return fields(message, func(f field) error {
		switch {
		case f.is(3, varint):
			m.Type = Type(f.whole)
		case f.is(24, varint):
			m.suffix = f.truth()
		case f.is(35, varint):
			m.ByteFallback = f.truth()
		case f.kind == bytes:
			if name := map[int]string{45: "unk_token", 46: "bos_token", 47: "eos_token", 48: "pad_token"}[f.number]; name != "" {
				names[name] = string(f.data)
			}
		}
		return nil
	})
}

// normalizer is how a text is normalised.
type normalizer struct {
	charMap *normalize.CharMap // nil for none
	prefix  bool               // a space is put before a text, or after it where suffix is set
	suffix  bool
	extra   bool            // white space at the ends goes, and of several spaces one stays
	escape  bool            // spaces are written as a mark
	kept    map[string]bool // texts that stay as they are
	longest int             // bytes of the longest of these
}

func newNormalizer() normalizer {
	return normalizer{prefix: true, extra: true, escape: true, kept: map[string]bool{}}
}

func (n *normalizer) read(message []byte) error {
	return fields(message, func(f field) (err error) {
		switch {
		case f.is(2, bytes) && len(f.data) > 0:
			n.charMap, err = normalize.ReadCharMap(f.data)
		case f.is(3, varint):
			n.prefix = f.truth()
		case f.is(4, varint):
			n.extra = f.truth()
		case f.is(5, varint):
			n.escape = f.truth()
		}
		return err
	})
}

func (n *normalizer) keep(text string) {
	n.kept[text], n.longest = true, max(n.longest, len(text))
}
