package weights

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"inkling/engine/added"
)

const (
	vocabFile     = "vocab.json"
	mergesFile    = "merges.txt"
	wordsFile     = "vocab.txt"
	tokenizerFile = "tokenizer.json"
	addedFile     = "added_tokens.json"
)

// EndOfText is GPT-2's only special token: it ends a document. vocab.json holds it among the pieces.
const EndOfText = "<|endoftext|>"

// maxID is the largest token id that is accepted: tables are indexed by id, and the largest
// vocabularies in use have fewer than 2^19 pieces.
const maxID = 1<<24 - 1

// A Vocabulary is what a tokenizer is made of: byte-level BPE as in GPT-2 where both WordPiece and Pipeline are nil.
type Vocabulary struct {
	Pieces  map[string]int // id by piece; for BPE in the letters that GPT-2 writes bytes with (a space is "Ġ")
	Merges  [][2]string    // pairs of pieces, the first to be merged first
	Special map[string]int // id by literal text

	// Added are the tokens that are taken out of a text before it is cut, in ascending order of their ids: those of Special,
	// and others.
	Added        []added.Token
	PrefixSpace  bool // a text begins with a space, whether it has one or not
	IgnoreMerges bool // a word that is a piece stays one
	WordPiece    *WordPiece
	Pipeline     *Pipeline `json:"-"`

	// Begin is the special token that every text begins with, or "".
	Begin string
	// Names are the special tokens by their part: "bos_token", "eos_token", "unk_token" and so on.
	Names map[string]string
	// ChatTemplate is the Jinja template that writes a conversation down, or "".
	ChatTemplate string
}

// WordPiece is what BERT's tokenizer has besides a vocabulary; see package wordpiece.
type WordPiece struct {
	Unknown string // token for words that the vocabulary lacks
	Prefix  string // of a piece that continues a word
	Longest int    // runes of a word

	Clean, Chinese, StripAccents, Lower bool
}

// Vocabulary reads tokenizer.json, or vocab.json with merges.txt, or vocab.txt, or spiece.model, the first of these that is there.
// Special are <|endoftext|> when it is among the pieces, the special ones among the added tokens of tokenizer.json and
// tokenizer_config.json, the tokens that tokenizer_config.json and special_tokens_map.json give a part, the entries of
// added_tokens.json, and what the chat template uses as such. Two tokens with one id are an error, and so is a tokenizer
// of another kind.
func (f *Folder) Vocabulary() (Vocabulary, error) {
	settings, err := f.settings()
	if err != nil {
		return Vocabulary{}, err
	}
	b, err := f.pieces(settings)
	if err != nil {
		return Vocabulary{}, err
	}
	for _, token := range settings.added {
		if err := b.add(token); err != nil {
			return Vocabulary{}, fmt.Errorf("%s: %w; %s", f.path(settingsFile), err, adviseFetch)
		}
	}
	if err := f.readAdded(b); err != nil {
		return Vocabulary{}, err
	}
	b.vocabulary.Names, b.vocabulary.ChatTemplate = settings.names, settings.template
	b.complete()
	b.addNamed(settings.special)
	if err := b.finish(); err != nil {
		return Vocabulary{}, fmt.Errorf("%s: %w; %s", f.path(b.file), err, adviseFetch)
	}
	return b.vocabulary, nil
}

// pieces starts the vocabulary with what the folder has of a tokenizer.
func (f *Folder) pieces(s settings) (*builder, error) {
	tokenizer, err := f.readOptional(tokenizerFile)
	if err != nil {
		return nil, err
	}
	if tokenizer != nil {
		return f.fromTokenizer(tokenizer, s)
	}
	vocab, err := f.readOptional(vocabFile)
	if err != nil {
		return nil, err
	}
	merges, err := f.readOptional(mergesFile)
	if err != nil {
		return nil, err
	}
	if vocab != nil && merges != nil {
		return f.fromMerges(vocab, merges, s)
	}
	words, err := f.readOptional(wordsFile)
	if err != nil {
		return nil, err
	}
	if words != nil {
		return f.fromWords(words, s)
	}
	for _, name := range spieceFiles {
		data, err := f.readOptional(name)
		if err != nil {
			return nil, err
		}
		if data != nil {
			return f.fromSpiece(name, data, s)
		}
	}
	missing := vocabFile
	if vocab != nil {
		missing = mergesFile
	}
	return nil, fmt.Errorf("%s: %w; %s", f.path(missing), fs.ErrNotExist, adviseNeeds)
}

// fromTokenizer starts from tokenizer.json.
func (f *Folder) fromTokenizer(data []byte, s settings) (*builder, error) {
	file, err := decodeTokenizer(data)
	if err != nil {
		return nil, f.refuse(tokenizerFile, err)
	}
	b, err := newBuilder(file.pieces, file.merges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(tokenizerFile), err, adviseFetch)
	}
	b.file = tokenizerFile
	v := &b.vocabulary
	if err := file.describe(v); err != nil {
		return nil, f.refuse(tokenizerFile, err)
	}
	if err := s.override(v); err != nil {
		return nil, f.refuse(settingsFile, err)
	}
	for i, token := range file.added {
		if err := b.add(token); err != nil {
			return nil, fmt.Errorf("%s: added token %d: %w; %s", f.path(tokenizerFile), i+1, err, adviseFetch)
		}
	}
	return b, nil
}

// fromMerges starts from vocab.json and merges.txt.
func (f *Folder) fromMerges(vocab, merges []byte, s settings) (*builder, error) {
	pairs, err := decodeMerges(merges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(mergesFile), err, adviseFetch)
	}
	ids, err := decodeVocab(vocab)
	var b *builder
	if err == nil {
		b, err = newBuilder(ids, pairs)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(vocabFile), err, adviseFetch)
	}
	if err := s.override(&b.vocabulary); err != nil {
		return nil, f.refuse(settingsFile, err)
	}
	return b, nil
}

// fromWords starts from vocab.txt.
func (f *Folder) fromWords(words []byte, s settings) (*builder, error) {
	ids, err := decodeWords(words)
	var b *builder
	if err == nil {
		b, err = newBuilder(ids, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", f.path(wordsFile), err, adviseFetch)
	}
	b.vocabulary.WordPiece = &WordPiece{Prefix: "##", Longest: longestWord, Clean: true, Chinese: true, StripAccents: true, Lower: true}
	if err := s.override(&b.vocabulary); err != nil {
		return nil, f.refuse(settingsFile, err)
	}
	return b, nil
}

// readAdded adds the entries of added_tokens.json that no other file describes.
func (f *Folder) readAdded(b *builder) error {
	data, err := f.readOptional(addedFile)
	if data == nil {
		return err
	}
	ids, err := decodeVocab(data)
	if err != nil {
		return fmt.Errorf("%s: %w; %s", f.path(addedFile), err, adviseFetch)
	}
	for _, text := range slices.Sorted(maps.Keys(ids)) {
		if known, ok := b.added[text]; ok && known.ID == ids[text] {
			continue
		}
		if err := b.add(added.Token{Text: text, ID: ids[text], Special: true}); err != nil {
			return fmt.Errorf("%s: %w; %s", f.path(addedFile), err, adviseFetch)
		}
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
	taken      []uint64               // a bit for each id
	added      map[string]added.Token // by text
	file       string                 // that a pipeline comes from
	names      map[string]string      // special tokens by their part, by that file
}

// newBuilder starts from pieces, which it keeps.
func newBuilder(pieces map[string]int, merges [][2]string) (*builder, error) {
	if len(pieces) == 0 {
		return nil, errors.New("no pieces")
	}
	b := &builder{
		vocabulary: Vocabulary{Pieces: pieces, Merges: merges, Special: make(map[string]int)},
		added:      make(map[string]added.Token),
	}
	for text, id := range pieces {
		if !b.claim(id) {
			return nil, b.shared(text, id)
		}
	}
	return b, nil
}

// add enters an added token, in place of one with the same text.
func (b *builder) add(token added.Token) error {
	if token.Text == "" {
		return fmt.Errorf("the token with id %d: found no text, expected some", token.ID)
	}
	id, ok := b.vocabulary.Pieces[token.Text]
	if known, again := b.added[token.Text]; again {
		id, ok = known.ID, true
	}
	if ok && id != token.ID {
		return fmt.Errorf("token %s: id %d, expected %d as elsewhere in the folder", label(token.Text), token.ID, id)
	}
	if !ok && !b.claim(token.ID) {
		return b.shared(token.Text, token.ID)
	}
	b.added[token.Text] = token
	return nil
}

// claim takes an id, unless another token has it.
func (b *builder) claim(id int) bool {
	if more := id/64 + 1 - len(b.taken); more > 0 {
		b.taken = append(b.taken, make([]uint64, more)...)
	}
	word, bit := &b.taken[id/64], uint64(1)<<(id%64)
	free := *word&bit == 0
	*word |= bit
	return free
}

// shared is the error for an id that text and another token have.
func (b *builder) shared(text string, id int) error {
	texts := []string{text}
	for other, i := range b.vocabulary.Pieces {
		if i == id && other != text {
			texts = append(texts, other)
		}
	}
	for other, token := range b.added {
		if token.ID == id && other != text {
			texts = append(texts, other)
		}
	}
	slices.Sort(texts)
	return fmt.Errorf("id %d: found for both %s and %s, expected one of them", id, label(texts[0]), label(texts[1]))
}

// complete fills in the names of the special tokens where no file gives any, as transformers' GPT2Tokenizer and
// BertTokenizer have them.
func (b *builder) complete() {
	v := &b.vocabulary
	names := map[string]string{"bos_token": EndOfText, "eos_token": EndOfText, "unk_token": EndOfText}
	if v.WordPiece != nil {
		names = map[string]string{"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}
	}
	maps.Copy(names, b.names)
	for name, text := range names {
		if _, ok := b.find(text); ok && v.Names[name] == "" {
			v.Names[name] = text
		}
	}
	if v.WordPiece != nil {
		v.WordPiece.Unknown = cmp.Or(v.WordPiece.Unknown, v.Names["unk_token"], "[UNK]")
		v.Begin = v.Names["cls_token"]
	}
}

// find returns the token with this text, added or not.
func (b *builder) find(text string) (added.Token, bool) {
	if token, ok := b.added[text]; ok {
		return token, true
	}
	id, ok := b.vocabulary.Pieces[text]
	return added.Token{Text: text, ID: id}, ok
}

// addNamed makes the tokens that have a name special, further ones, and those that the chat template writes to steer the
// model: text that a person types must not become one of them.
func (b *builder) addNamed(further []string) {
	v := &b.vocabulary
	special := slices.Concat(slices.Collect(maps.Values(v.Names)), further)
	if v.WordPiece == nil {
		special = append(special, EndOfText)
	}
	for text := range b.added {
		if strings.ContainsAny(text, "<>[]{}|") && strings.Contains(v.ChatTemplate, text) {
			special = append(special, text)
		}
	}
	for _, text := range special {
		if token, ok := b.find(text); ok {
			token.Special = true
			b.added[text] = token
		}
	}
}

// finish sets what follows from the added tokens. The error is that of the model of a pipeline.
func (b *builder) finish() (err error) {
	v := &b.vocabulary
	v.Added = slices.SortedFunc(maps.Values(b.added), func(x, y added.Token) int { return cmp.Compare(x.ID, y.ID) })
	for _, token := range v.Added {
		if token.Special {
			v.Special[token.Text] = token.ID
		}
	}
	if _, ok := b.added[v.Begin]; !ok {
		v.Begin = ""
	}
	if v.Pipeline != nil {
		v.Pipeline.Model, err = v.Pipeline.model(v.Special)
	}
	return err
}
