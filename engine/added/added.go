// Package added finds added tokens in texts: tokens that are taken out of a text, by their literal text, before a
// tokenizer cuts the rest into pieces. Special tokens such as <|endoftext|> are of this kind.
//
// The rules are those of AddedVocabulary in github.com/huggingface/tokenizers.
package added

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A Token is an added token. The names of the flags are those of tokenizer.json.
type Token struct {
	Text string
	ID   int

	Special    bool // steers the model: recognised only where the caller asks for it
	Normalized bool // looked for in the normalised text
	SingleWord bool // only where no word character is beside it
	LStrip     bool // takes the white space before it along
	RStrip     bool // takes the white space after it along
}

// longest is the most bytes that a token may have, since the time to search a text grows with it. It is far above any
// token in use.
const longest = 1000

// A Set is a set of added tokens. It never changes and may be used by several goroutines at once.
type Set struct {
	tokens    []Token
	byText    map[string]int // index into tokens
	byID      map[int]int
	raw, norm trie
	normalize func(string) string
}

// New returns the set of the tokens, whose texts and ids are distinct. normalize is what the tokenizer does to a text
// before it cuts it; nil where that is nothing.
func New(tokens []Token, normalize func(string) string) (*Set, error) {
	s := &Set{byText: make(map[string]int, len(tokens)), byID: make(map[int]int, len(tokens)), normalize: normalize}
	for _, t := range tokens {
		if t.Text == "" {
			return nil, fmt.Errorf("the added token with id %d has no text", t.ID)
		}
		if len(t.Text) > longest {
			return nil, fmt.Errorf("the added token with id %d has %d bytes; at most %d are possible", t.ID, len(t.Text), longest)
		}
		if _, ok := s.byText[t.Text]; ok {
			return nil, fmt.Errorf("the added token %.60q is there twice", t.Text)
		}
		if i, ok := s.byID[t.ID]; ok {
			return nil, fmt.Errorf("id %d belongs to both the added token %.60q and %.60q; each token needs its own id", t.ID, s.tokens[i].Text, t.Text)
		}
		i := len(s.tokens)
		s.tokens = append(s.tokens, t)
		s.byText[t.Text], s.byID[t.ID] = i, i
		in, text := &s.raw, t.Text
		if t.Normalized {
			in = &s.norm
			if normalize != nil {
				text = normalize(text)
			}
		}
		in.add(text, i)
		in.plain = in.plain || !t.Special
	}
	return s, nil
}

// ID returns the id of an added token by its text.
func (s *Set) ID(text string) (id int, ok bool) {
	i, ok := s.byText[text]
	if !ok {
		return 0, false
	}
	return s.tokens[i].ID, true
}

// Token returns an added token by its id.
func (s *Set) Token(id int) (t Token, ok bool) {
	i, ok := s.byID[id]
	if !ok {
		return Token{}, false
	}
	return s.tokens[i], true
}

// Special returns the texts of the special tokens, by their ids.
func (s *Set) Special() []string {
	var texts []string
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		if t := s.tokens[s.byID[id]]; t.Special {
			texts = append(texts, t.Text)
		}
	}
	return texts
}

// Split takes a text apart: piece gets what lies between the added tokens, normalised and never empty, token their
// ids. Special tokens count only where special is set; otherwise they are text like any other.
func (s *Set) Split(text string, special bool, piece func(string), token func(id int)) {
	s.split(&s.raw, text, special, "", func(rest string) {
		if s.normalize != nil {
			rest = s.normalize(rest)
		}
		s.split(&s.norm, rest, special, "", piece, token)
	}, token)
}

// SplitGuarded is Split with special tokens, for a text in which guard, which is not empty, stands before what must not
// become one. The guards are left out of what piece gets, and no special token is recognised where one was.
func (s *Set) SplitGuarded(text, guard string, piece func(string), token func(id int)) {
	rest := func(text string) { s.Split(strings.ReplaceAll(text, guard, ""), false, piece, token) }
	s.split(&s.raw, text, true, guard, func(text string) {
		if s.normalize != nil {
			rest(text) // it might take guards away
			return
		}
		s.split(&s.norm, text, true, guard, rest, token)
	}, token)
}

// split looks for the tokens of one trie: the leftmost, and the longest of those. Right behind a guard there is none.
func (s *Set) split(t *trie, text string, special bool, guard string, piece func(string), token func(id int)) {
	if len(t.nodes) == 0 || !special && !t.plain {
		if text != "" {
			piece(text)
		}
		return
	}
	done := 0 // what lies before is dealt with
	for at := 0; at < len(text); {
		i, n := t.longest(text[at:])
		if n == 0 {
			at++
			continue
		}
		found, start, end := &s.tokens[i], at, at+n
		at = end
		if guard != "" && strings.HasSuffix(text[:start], guard) {
			continue
		}
		if found.Special && !special || found.SingleWord && (wordBefore(text[:start]) || wordAfter(text[end:])) {
			continue
		}
		if found.LStrip {
			start = max(done, len(strings.TrimRightFunc(text[:start], unicode.IsSpace)))
		}
		if found.RStrip {
			// A token in this white space is found nevertheless, as in the library.
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if start > done {
			piece(text[done:start])
		}
		token(found.ID)
		done = end
	}
	if done < len(text) {
		piece(text[done:])
	}
}
