package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// decodeVocab reads {"TOKEN": ID, ...}: vocab.json and added_tokens.json.
func decodeVocab(data []byte) ([]entry, error) {
	d, err := newDocument(data)
	if err != nil {
		return nil, err
	}
	entries, err := decodeEntries(d)
	if err != nil {
		return nil, err
	}
	return entries, d.end()
}

func decodeEntries(d *document) ([]entry, error) {
	var entries []entry
	err := d.object(func(text string) error {
		id, err := d.integer(maxID)
		if err != nil {
			return fmt.Errorf("token %s: %w", label(text), err)
		}
		entries = append(entries, entry{text, int(id)})
		return nil
	})
	return entries, err
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

// decodeModel reads pieces and merges from a tokenizer.json:
//
//	{"model": {"type": "BPE", "vocab": {"PIECE": ID, ...}, "merges": ["a b", ...] or [["a", "b"], ...]}, ...}
func decodeModel(data []byte) (pieces []entry, merges [][2]string, err error) {
	d, err := newDocument(data)
	if err != nil {
		return nil, nil, err
	}
	err = d.object(func(key string) error {
		if key != "model" {
			return d.skip()
		}
		return d.object(func(key string) (err error) {
			switch key {
			case "type":
				var kind string
				kind, err = d.text()
				if err == nil && kind != "BPE" {
					err = fmt.Errorf("found %s, expected BPE", label(kind))
				}
			case "vocab":
				pieces, err = decodeEntries(d)
			case "merges":
				merges, err = decodePairs(d)
			default:
				err = d.skip()
			}
			if err != nil {
				return fmt.Errorf("model.%s: %w", label(key), err)
			}
			return nil
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return pieces, merges, d.end()
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
		switch token := token.(type) {
		case string:
			merge, err = splitMerge(token)
		case json.Delim:
			if token != '[' {
				return d.unexpected(token, "a merge")
			}
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

// decodeAddedTokens reads the special ones of the added tokens from a tokenizer.json:
//
//	{"added_tokens": [{"id": ID, "content": "TEXT", "special": true, ...}, ...], ...}
func decodeAddedTokens(data []byte) ([]entry, error) {
	d, err := newDocument(data)
	if err != nil {
		return nil, err
	}
	var special []entry
	err = d.object(func(key string) error {
		if key != "added_tokens" {
			return d.skip()
		}
		n := 0
		return d.array(func() error {
			n++
			token, isSpecial, err := decodeAddedToken(d)
			if err != nil {
				return fmt.Errorf("added token %d: %w", n, err)
			}
			if isSpecial {
				special = append(special, token)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return special, d.end()
}

func decodeAddedToken(d *document) (token entry, special bool, err error) {
	token.id = -1
	err = d.object(func(key string) (err error) {
		switch key {
		case "id":
			var id int64
			id, err = d.integer(maxID)
			token.id = int(id)
		case "content":
			token.text, err = d.text()
		case "special":
			special, err = d.boolean()
		default:
			err = d.skip()
		}
		return err
	})
	if err == nil && token.id < 0 {
		err = errors.New("no id")
	}
	return token, special, err
}
