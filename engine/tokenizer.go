package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"inkling/engine/added"
	"inkling/engine/bpe"
	"inkling/engine/jsonfile"
	"inkling/engine/pipeline"
	"inkling/engine/weights"
	"inkling/engine/wordpiece"
)

// A Tokenizer turns text into token ids and back. Several goroutines may use it at once.
type Tokenizer interface {
	// Encode recognises special tokens that the text spells only where special is set.
	Encode(text string, special bool) []int
	// EncodeGuarded is Encode with special tokens, for a text in which guard, which is not empty, stands before what must not
	// become one. Guards are no part of the text.
	EncodeGuarded(text, guard string) []int
	// Decode writes bytes that are no UTF-8 as U+FFFD.
	Decode(ids []int) string
	// NewDecoder decodes a text that follows the ids before it.
	NewDecoder(before ...int) Decoder
	// Bytes are those of one token, which need not be whole runes; nil where there is no such token.
	Bytes(id int) []byte
	// Special is the id of a special token by its text.
	Special(text string) (id int, ok bool)
	IsSpecial(id int) bool
	// SpecialTokens are the texts of the special tokens.
	SpecialTokens() []string
}

// A Decoder decodes the ids of one text as they come. Push returns the text that became certain with the next id, Flush
// what was held back until the end.
type Decoder = interface {
	Push(id int) string
	Flush() string
}

// newTokenizer makes the tokenizer that v describes, for a network that has so many ids, and keeps it in the store.
func newTokenizer(v weights.Vocabulary, size int, store *tokenizerStore) (Tokenizer, error) {
	for piece, id := range v.Pieces {
		if id >= size {
			return nil, fmt.Errorf("the tokenizer has the piece %q with the id %d, but config.json gives the model %d ids; the files do not belong together",
				piece, id, size)
		}
	}
	tokens := slices.Clone(v.Added)
	for _, text := range slices.Sorted(maps.Keys(v.Special)) {
		if !slices.ContainsFunc(tokens, func(t added.Token) bool { return t.Text == text }) {
			tokens = append(tokens, added.Token{Text: text, ID: v.Special[text], Special: true})
		}
	}
	// A token that was added without making the embedding larger cannot be used, and need not be.
	tokens = slices.DeleteFunc(tokens, func(t added.Token) bool { return t.ID >= size })
	if w := v.WordPiece; w != nil {
		return wordpiece.New(wordpiece.Options{
			Pieces: v.Pieces, Added: tokens, Unknown: w.Unknown, Prefix: w.Prefix, Longest: w.Longest,
			Clean: w.Clean, Chinese: w.Chinese, StripAccents: w.StripAccents, Lower: w.Lower,
		})
	}
	if p := v.Pipeline; p != nil {
		return pipeline.New(pipeline.Options{
			Pieces: v.Pieces, Added: tokens, Normalize: p.Normalize, Split: p.Split, Model: p.Model, Decode: p.Decode,
		})
	}
	o := bpe.Options{Pieces: v.Pieces, Merges: v.Merges, Added: tokens, PrefixSpace: v.PrefixSpace, IgnoreMerges: v.IgnoreMerges}
	if v.IgnoreMerges { // the table does not have what that takes
		return bpe.Make(o)
	}
	table, err := bpe.Compile(o)
	if err != nil {
		return nil, err
	}
	store.write(v, tokens, table)
	return table.Tokenizer(tokens, v.PrefixSpace)
}

// describeTokenizer sets in info what the tokenizer's files say, and what they leave open by config.json and
// generation_config.json.
func describeTokenizer(info *Info, v weights.Vocabulary, t Tokenizer, files weights.Source) error {
	info.ChatTemplate, info.Tokens, info.Begin = v.ChatTemplate, v.Names, v.Begin
	var err error
	if info.Start, info.Ends, err = endIDs(files.Config()); err != nil {
		return err
	}
	suggest(info, files)
	unknown := func(id int) bool { return t.Bytes(id) == nil }
	info.Start, info.Ends = slices.DeleteFunc(info.Start, unknown), slices.DeleteFunc(info.Ends, unknown)
	if begin, ok := t.Special(v.Names["bos_token"]); ok && len(info.Start) == 0 {
		info.Start = []int{begin}
	}
	candidates := []string{v.Names["eos_token"], weights.EndOfText}
	if v.WordPiece != nil {
		// BERT's tokenizer has no end-of-text of its own. GPT-2 models that use it end their texts with [SEP], and mostly have
		// no eos_token_id, for which transformers then puts GPT-2's: an id that they lack.
		candidates = []string{v.Names["eos_token"], "", v.Names["sep_token"]}
		if len(info.Ends) > 0 {
			candidates[1] = string(t.Bytes(info.Ends[0]))
		}
	}
	for _, text := range candidates {
		if _, ok := t.Special(text); ok {
			info.End = text
			break
		}
	}
	// A line feed, which a transcript is made of, is lost on some tokenizers. Such models are no chat models: they go on with a
	// text.
	if v.WordPiece == nil && (v.Pipeline == nil || strings.Contains(t.Decode(t.Encode("a\nb", false)), "\n")) {
		return nil
	}
	if info.PromptFormat == "" && !info.Conversational {
		info.PromptFormat = "plain"
	}
	return nil
}

// endIDs reads bos_token_id and eos_token_id of config.json: none, one id or several.
func endIDs(config []byte) (starts, ends []int, err error) {
	var file struct {
		Start json.RawMessage `json:"bos_token_id"`
		End   json.RawMessage `json:"eos_token_id"`
	}
	if err := jsonfile.Unmarshal(config, &file); err != nil {
		return nil, nil, fmt.Errorf("config.json: %w", err)
	}
	if starts, err = tokenIDs(file.Start); err != nil {
		return nil, nil, fmt.Errorf("config.json: bos_token_id: %w", err)
	}
	if ends, err = tokenIDs(file.End); err != nil {
		return nil, nil, fmt.Errorf("config.json: eos_token_id: %w", err)
	}
	return starts, ends, nil
}
