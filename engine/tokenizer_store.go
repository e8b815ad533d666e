package engine

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"inkling/engine/added"
	"inkling/engine/bpe"
	"inkling/engine/cache"
	"inkling/engine/weights"
)

// A tokenizerStore is the cache of a model's tokenizer. GPT-2's takes 45 ms to make from its files, and 3 from its table. nil
// is none.
type tokenizerStore struct {
	key     cache.Key
	folders []string
}

// newTokenizerStore is that of a model with so many ids. GGUF files have none: to tell one from another, all of it would have
// to be read.
func newTokenizerStore(files weights.Source, place *cachePlace, size int) *tokenizerStore {
	names := files.TokenizerFiles()
	if place == nil || len(names) == 0 {
		return nil
	}
	return &tokenizerStore{place.key("tokenizer", fmt.Sprintf("V=%d", size), 0, names), place.folders}
}

// find returns the tokenizer, and its vocabulary without pieces and merges; nil where the cache has none.
func (s *tokenizerStore) find() (weights.Vocabulary, Tokenizer) {
	if s == nil {
		return weights.Vocabulary{}, nil
	}
	region := s.key.Find(s.folders)
	if region == nil {
		return weights.Vocabulary{}, nil
	}
	defer region.Close()
	v, t, err := decodeTokenizer(bytes.Clone(cache.Data(region)))
	if err != nil {
		return weights.Vocabulary{}, nil
	}
	return v, t
}

// write keeps the tokenizer. Failing costs time at the next start, no more.
func (s *tokenizerStore) write(v weights.Vocabulary, tokens []added.Token, table *bpe.Table) {
	if s == nil {
		return
	}
	if data, err := encodeTokenizer(v, tokens, table); err == nil {
		_ = s.key.Write(nil, s.folders, data)
	}
}

// encodeTokenizer writes the length of a JSON text in 4 bytes, the text, which is the vocabulary without pieces and merges
// and with the added tokens, and the table.
func encodeTokenizer(v weights.Vocabulary, tokens []added.Token, table *bpe.Table) ([]byte, error) {
	v.Pieces, v.Merges, v.Added = nil, nil, tokens
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	data := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	return table.AppendBinary(append(data, text...))
}

func decodeTokenizer(data []byte) (weights.Vocabulary, Tokenizer, error) {
	var v weights.Vocabulary
	if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
		return v, nil, errors.New("no tokenizer")
	}
	n := 4 + int(binary.LittleEndian.Uint32(data))
	if err := json.Unmarshal(data[4:n], &v); err != nil {
		return v, nil, err
	}
	var table bpe.Table
	if err := table.UnmarshalBinary(data[n:]); err != nil {
		return v, nil, err
	}
	t, err := table.Tokenizer(v.Added, v.PrefixSpace)
	return v, t, err
}
