package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"inkling/engine/added"
)

// decodeVocab reads {"TOKEN": ID, ...}: vocab.json and added_tokens.json.
func decodeVocab(data []byte) (map[string]int, error) {
	d, err := newDocument(data)
	if err != nil {
		return nil, err
	}
	ids, err := decodeIDs(d)
	if err != nil {
		return nil, err
	}
	return ids, d.end()
}

// decodeIDs reads the ids of tokens from an object.
func decodeIDs(d *document) (map[string]int, error) {
	const usual = 20 // bytes of an entry in GPT-2's vocab.json
	ids := make(map[string]int, min(d.size/usual, 1<<16))
	err := d.members(func(text string) error {
		before := len(ids)
		if ids[text] = 0; len(ids) == before {
			return d.twice(text)
		}
		id, err := d.integer(maxID)
		if err != nil {
			return fmt.Errorf("token %s: %w", label(text), err)
		}
		ids[text] = int(id)
		return nil
	})
	return ids, err
}

// decodeMerges reads merges.txt: a line "#version: ..." that may be missing, then a pair of pieces
// with a space between on each line.
func decodeMerges(data []byte) ([][2]string, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8 text")
	}
	var merges [][2]string
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" || number == 1 && strings.HasPrefix(line, "#version") {
			continue
		}
		merge, err := splitMerge(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		merges = append(merges, merge)
	}
	return merges, nil
}

func splitMerge(text string) ([2]string, error) {
	left, right, _ := strings.Cut(text, " ")
	if left == "" || right == "" || strings.Contains(right, " ") {
		return [2]string{}, fmt.Errorf("found %q, expected two pieces with one space between them", shorten(text))
	}
	return [2]string{left, right}, nil
}

// decodeWords reads vocab.txt: a piece on each line, its id the number of the line from 0. Of equal pieces the last one
// counts; the ids of the others, and those of empty lines, have no token.
func decodeWords(data []byte) (map[string]int, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8 text")
	}
	ids := map[string]int{}
	id := 0
	for line := range strings.Lines(string(data)) {
		ids[strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")] = id
		id++
	}
	delete(ids, "")
	return ids, nil
}

// A tokenizer is what tokenizer.json says, as far as it is read:
//
//	{"added_tokens": [{"id": ID, "content": "TEXT", "special": true, ...}, ...],
//	 "normalizer": {"type": ..., ...}, "pre_tokenizer": ..., "post_processor": ..., "decoder": ...,
//	 "model": {"type": "BPE", "vocab": {"PIECE": ID, ...}, "merges": ["a b", ...] or [["a", "b"], ...], ...}}
type tokenizer struct {
	added  []added.Token
	pieces map[string]int
	scores []score // of Unigram; nil for other kinds
	merges [][2]string
	model  map[string]json.RawMessage // the other members

	normalizer, preTokenizer, postProcessor, decoder json.RawMessage
}

func decodeTokenizer(data []byte) (tokenizer, error) {
	d, err := newDocument(data)
	if err != nil {
		return tokenizer{}, err
	}
	t := tokenizer{model: map[string]json.RawMessage{}}
	err = d.object(func(key string) (err error) {
		switch key {
		case "model":
			return t.decodeModel(d)
		case "added_tokens":
			t.added, err = decodeAddedTokens(d)
		case "normalizer":
			t.normalizer, err = d.raw()
		case "pre_tokenizer":
			t.preTokenizer, err = d.raw()
		case "post_processor":
			t.postProcessor, err = d.raw()
		case "decoder":
			t.decoder, err = d.raw()
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return tokenizer{}, err
	}
	return t, d.end()
}

func (t *tokenizer) decodeModel(d *document) error {
	return d.object(func(key string) (err error) {
		switch key {
		case "vocab":
			if d.decoder.PeekKind() == jsontext.KindBeginArray {
				t.scores, err = decodeScores(d)
				t.pieces = make(map[string]int, len(t.scores))
				for id, s := range t.scores {
					t.pieces[s.piece] = id // of equal pieces the last counts
				}
			} else {
				t.pieces, err = decodeIDs(d)
			}
		case "merges":
			t.merges, err = decodePairs(d)
		default:
			t.model[key], err = d.raw()
			if key == "type" && err == nil {
				err = t.checkType()
			}
		}
		if _, ok := errors.AsType[unsupported](err); err != nil && !ok {
			return fmt.Errorf("model.%s: %w", label(key), err)
		}
		return err
	})
}

// A score is a piece of Unigram's with its logarithmic probability.
type score struct {
	piece string
	value float64
}

// decodeScores reads [["PIECE", SCORE], ...]. The id of a piece is its place.
func decodeScores(d *document) ([]score, error) {
	scores := []score{}
	err := d.array(func() error {
		if len(scores) > maxID {
			return fmt.Errorf("found more than %d pieces", maxID)
		}
		var s score
		n := 0
		err := d.array(func() (err error) {
			switch n++; n {
			case 1:
				s.piece, err = d.text()
			case 2:
				s.value, err = d.number()
			default:
				err = d.skip()
			}
			return err
		})
		if err == nil && n != 2 {
			err = fmt.Errorf("found %d values, expected a piece and its score", n)
		}
		if err != nil {
			return fmt.Errorf("piece %d: %w", len(scores)+1, err)
		}
		scores = append(scores, s)
		return nil
	})
	return scores, err
}

// decodePairs reads merges in either of the forms that the tokenizers library has written.
func decodePairs(d *document) ([][2]string, error) {
	var merges [][2]string
	err := d.array(func() error {
		token, err := d.token()
		if err != nil {
			return err
		}
		var merge [2]string
		switch token.Kind() {
		case jsontext.KindString:
			merge, err = splitMerge(token.String())
		case jsontext.KindBeginArray:
			merge, err = decodePair(d)
		default:
			return d.unexpected(token, "a merge")
		}
		if err != nil {
			return fmt.Errorf("merge %d: %w", len(merges)+1, err)
		}
		merges = append(merges, merge)
		return nil
	})
	return merges, err
}

// decodePair reads "a", "b"] after the bracket.
func decodePair(d *document) (merge [2]string, err error) {
	n := 0
	err = d.elements(func() error {
		piece, err := d.text()
		if err != nil {
			return err
		}
		if n < len(merge) {
			merge[n] = piece
		}
		n++
		return nil
	})
	if err == nil && (n != 2 || merge[0] == "" || merge[1] == "") {
		err = fmt.Errorf("found %d strings, expected two pieces", n)
	}
	return merge, err
}

func decodeAddedTokens(d *document) ([]added.Token, error) {
	var tokens []added.Token
	err := d.array(func() error {
		token, err := decodeAddedToken(d)
		if err != nil {
			return fmt.Errorf("added token %d: %w", len(tokens)+1, err)
		}
		tokens = append(tokens, token)
		return nil
	})
	return tokens, err
}

func decodeAddedToken(d *document) (added.Token, error) {
	token := added.Token{ID: -1}
	err := d.object(func(key string) (err error) {
		switch key {
		case "id":
			var id int64
			id, err = d.integer(maxID)
			token.ID = int(id)
		case "content":
			token.Text, err = d.text()
		default:
			flag := flagOf(&token, key)
			if flag == nil {
				return d.skip()
			}
			*flag, err = d.boolean()
		}
		return err
	})
	if err == nil && token.ID < 0 {
		err = errors.New("no id")
	}
	return token, err
}

// flagOf returns the flag of a token that a member is called by; nil for others.
func flagOf(token *added.Token, key string) *bool {
	switch key {
	case "special":
		return &token.Special
	case "normalized":
		return &token.Normalized
	case "single_word":
		return &token.SingleWord
	case "lstrip":
		return &token.LStrip
	case "rstrip":
		return &token.RStrip
	}
	return nil
}
