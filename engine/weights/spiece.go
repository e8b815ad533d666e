package weights

import (
	"cmp"
	"fmt"
	"slices"

	"inkling/engine/added"
	"inkling/engine/bpe"
	"inkling/engine/detokenize"
	"inkling/engine/normalize"
	"inkling/engine/pipeline"
	"inkling/engine/spiece"
	"inkling/engine/unigram"
)

// spieceFiles are the names that SentencePiece's tokenizers have.
var spieceFiles = []string{"spiece.model", "tokenizer.model"}

// fromSpiece starts from a file of SentencePiece's.
func (f *Folder) fromSpiece(name string, data []byte, s settings) (*builder, error) {
	model, err := spiece.Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(name), err, adviseFetch)
	}
	pieces := make(map[string]int, len(model.Pieces))
	for id, p := range model.Pieces {
		if first, twice := pieces[p.Text]; twice {
			return nil, fmt.Errorf("%s: piece %s: found for both %d and %d, expected one of them; %s", f.path(name), label(p.Text), first, id, adviseFetch)
		}
		pieces[p.Text] = id
	}
	b, err := newBuilder(pieces, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(name), err, adviseFetch)
	}
	b.file = name
	p := &Pipeline{Normalize: model.Normalize, Decode: spieceDecoder(model)}
	switch model.Type {
	case spiece.Unigram:
		p.Kind, p.model = "Unigram", func(map[string]int) (pipeline.Model, error) { return spieceUnigram(model) }
	case spiece.BPE:
		p.Kind, p.model = "BPE", func(map[string]int) (pipeline.Model, error) { return spieceBPE(model, pieces) }
	default:
		return nil, f.refuse(name, unsupportedf("a tokenizer of SentencePiece's of the type %s is not supported", model.Type))
	}
	if s.file.Lower != nil && *s.file.Lower {
		p.Normalize = normalize.Sequence(normalize.Lowercase, model.Normalize)
	}
	b.vocabulary.Pipeline = p
	for id, piece := range model.Pieces {
		if piece.Kind == spiece.Control || piece.Kind == spiece.Unknown {
			if err := b.add(added.Token{Text: piece.Text, ID: id, Special: true}); err != nil {
				return nil, fmt.Errorf("%s: %w; %s", f.path(name), err, adviseFetch)
			}
		}
	}
	b.names = model.Names
	if err := s.override(&b.vocabulary); err != nil {
		return nil, f.refuse(settingsFile, err)
	}
	return b, nil
}

func spieceDecoder(m *spiece.Model) detokenize.Chain {
	chain := detokenize.Chain{detokenize.Replace(spiece.Mark, " "), detokenize.ByteFallback(), detokenize.Fuse()}
	return append(chain, detokenize.Strip(' ', m.FirstSpaces(), 0))
}

// spieceUnigram is the model of a file of the type unigram. A piece of the user's is taken before any other: its score is that of
// the likeliest pieces for each of its bytes.
func spieceUnigram(m *spiece.Model) (pipeline.Model, error) {
	highest, o := 0.0, unigram.Options{Unknown: m.Unknown, ByteFallback: m.ByteFallback}
	for i, p := range m.Pieces {
		if p.Kind == spiece.Normal && (i == 0 || p.Score > highest) {
			highest = p.Score
		}
	}
	for id, p := range m.Pieces {
		piece := unigram.Piece{Text: p.Text, ID: id, Score: p.Score}
		switch p.Kind {
		case spiece.User:
			piece.Score = float64(len(p.Text))*highest - 0.1
		case spiece.Normal:
		default:
			piece.Hidden, piece.Score = true, 0
		}
		o.Pieces = append(o.Pieces, piece)
	}
	return unigram.New(o)
}

// spieceBPE is the model of a file of the type BPE: two pieces merge where what they are together is one, the higher its score
// the earlier.
func spieceBPE(m *spiece.Model, pieces map[string]int) (pipeline.Model, error) {
	o := bpe.ModelOptions{Pieces: map[string]int{}, FuseUnknown: true, ByteFallback: m.ByteFallback, Unknown: m.Pieces[m.Unknown].Text}
	var normal []int // in the order of merging
	for id, p := range m.Pieces {
		switch p.Kind {
		case spiece.Normal:
			normal = append(normal, id)
			fallthrough
		case spiece.Unknown, spiece.Byte:
			o.Pieces[p.Text] = id
		case spiece.User:
			o.Pieces[p.Text] = id
			o.Whole = append(o.Whole, p.Text)
		}
	}
	slices.SortStableFunc(normal, func(a, b int) int { return cmp.Compare(m.Pieces[b].Score, m.Pieces[a].Score) })
	mergeable := func(text string) bool {
		id, ok := pieces[text]
		return ok && m.Pieces[id].Kind == spiece.Normal
	}
	rank, before := -1, 0.0
	for _, id := range normal {
		p := m.Pieces[id]
		if len(p.Text) > bpe.LongestPiece {
			return nil, fmt.Errorf("piece %d has %d bytes; at most %d are possible", id, len(p.Text), bpe.LongestPiece)
		}
		if rank < 0 || p.Score != before {
			rank, before = rank+1, p.Score
		}
		for i := range p.Text {
			if left, right := p.Text[:i], p.Text[i:]; i > 0 && mergeable(left) && mergeable(right) {
				o.Merges, o.Ranks = append(o.Merges, [2]string{left, right}), append(o.Ranks, rank)
			}
		}
	}
	return bpe.NewModel(o)
}
