package weights

import (
	"encoding/json"
	"fmt"
	"slices"

	"inkling/engine/bpe"
	"inkling/engine/jsonfile"
	"inkling/engine/pipeline"
)

// An unsupported is the error of a tokenizer that is whole, but of another kind than those that can be run: it is refused,
// since text cut in another way would be noise to the model.
type unsupported string

func (u unsupported) Error() string { return string(u) }

func unsupportedf(format string, args ...any) error { return unsupported(fmt.Sprintf(format, args...)) }

// What this program can run.
const adviseKinds = "there are BPE, Unigram and WordPiece"

// longestWord is the length in runes from which WordPiece takes no longer words, where the file does not say.
const longestWord = 100

// checkType refuses models of other kinds, before their vocabulary is read.
func (t *tokenizer) checkType() error {
	switch kind := t.kind(); kind {
	case "BPE", "WordPiece", "Unigram":
		return nil
	default:
		return unsupportedf("model.type: a tokenizer of the type %s is not supported", label(kind))
	}
}

// kind is model.type. Files of early versions lack it: then WordPiece is known by its longest word, and Unigram by its scores.
func (t *tokenizer) kind() string {
	var kind string
	if raw, ok := t.model["type"]; ok {
		if json.Unmarshal(raw, &kind) != nil {
			return string(raw)
		}
		return kind
	}
	if _, ok := t.model["max_input_chars_per_word"]; ok {
		return "WordPiece"
	}
	if t.scores != nil {
		return "Unigram"
	}
	return "BPE"
}

// describe sets in v what the parts of the pipeline say, or refuses them by name.
func (t *tokenizer) describe(v *Vocabulary) error {
	if kind := t.kind(); (kind == "Unigram") != (t.scores != nil) {
		return fmt.Errorf("model.vocab: found no list of pieces with scores for Unigram, or one for %s", kind)
	}
	var err error
	switch t.kind() {
	case "WordPiece":
		err = t.describeWordPiece(v)
	case "Unigram":
		err = t.describeUnigram(v)
	default:
		err = t.describeBPE(v)
	}
	if err != nil {
		return err
	}
	v.Begin, err = begin(t.postProcessor)
	return err
}

// GPT-2's pattern, as the files write it: that of encoder.py, and the same in short.
var splitPatterns = []string{
	`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
	`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
}

// describeBPE has byte-level BPE as in GPT-2 run by package bpe, and all other kinds as a pipeline.
func (t *tokenizer) describeBPE(v *Vocabulary) error {
	// Dropout is for training: a text is always cut in the same way.
	var model struct {
		Unknown      *string `json:"unk_token"`
		Prefix       *string `json:"continuing_subword_prefix"`
		Suffix       *string `json:"end_of_word_suffix"`
		FuseUnknown  bool    `json:"fuse_unk"`
		ByteFallback bool    `json:"byte_fallback"`
		IgnoreMerges bool    `json:"ignore_merges"`
	}
	if err := decodeMembers(t.model, &model); err != nil {
		return err
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	v.IgnoreMerges = model.IgnoreMerges
	gpt2, err := t.isGPT2(v)
	if err != nil || gpt2 && text(model.Prefix) == "" && text(model.Suffix) == "" {
		return err
	}
	return t.describePipeline(v, "BPE", func(special map[string]int) (pipeline.Model, error) {
		o := bpe.ModelOptions{
			Pieces: t.pieces, Merges: t.merges, Unknown: text(model.Unknown), FuseUnknown: model.FuseUnknown,
			ByteFallback: model.ByteFallback, IgnoreMerges: model.IgnoreMerges, Prefix: text(model.Prefix), Suffix: text(model.Suffix),
		}
		for piece := range special {
			o.Special = append(o.Special, piece)
		}
		return bpe.NewModel(o)
	})
}

// isGPT2 reports whether texts are cut as GPT-2 does: there is a piece for every byte, texts are not normalised, and words are
// those of its pattern. It sets in v what else there is to say of that.
func (t *tokenizer) isGPT2(v *Vocabulary) (bool, error) {
	normalizers, err := flatten(t.normalizer, "normalizer", "normalizers")
	if err != nil || len(normalizers) > 0 {
		return false, err
	}
	for b := range 256 {
		if _, ok := t.pieces[string(bpe.Letter(byte(b)))]; !ok {
			return false, nil
		}
	}
	decoders, err := flatten(t.decoder, "decoder", "decoders")
	if err != nil {
		return false, err
	}
	byteLevel := len(decoders) == 0 // files that are made by hand
	for _, step := range decoders {
		switch {
		case step.Type == "ByteLevel":
			byteLevel = true
		case step.Type != "Fuse":
			return false, nil
		}
	}
	steps, err := flatten(t.preTokenizer, "pre_tokenizer", "pretokenizers")
	if err != nil || len(steps) == 0 || !byteLevel {
		return false, err
	}
	split := false
	for i, step := range steps {
		var s struct {
			PrefixSpace bool  `json:"add_prefix_space"`
			UseRegex    *bool `json:"use_regex"`
			Invert      bool  `json:"invert"`
			Behavior    string
			Pattern     struct{ Regex, String string }
		}
		if err := decodeRaw(step.raw, &s); err != nil {
			return false, fmt.Errorf("pre_tokenizer: %w", err)
		}
		last := i == len(steps)-1
		switch {
		case step.Type == "Split" && !last:
			// The pattern leaves no gaps: what it matches is the whole text.
			whole := s.Behavior == "Isolated" || s.Behavior == "Removed" && s.Invert
			if !slices.Contains(splitPatterns, s.Pattern.Regex) || !whole {
				return false, nil
			}
			split = true
		case step.Type == "ByteLevel" && last:
			split = split || s.UseRegex == nil || *s.UseRegex
			if s.PrefixSpace && len(steps) > 1 {
				return false, nil
			}
			v.PrefixSpace = s.PrefixSpace && split
		default:
			return false, nil
		}
	}
	return split, nil
}

func (t *tokenizer) describeWordPiece(v *Vocabulary) error {
	model := struct {
		Unknown string `json:"unk_token"`
		Prefix  string `json:"continuing_subword_prefix"`
		Longest int    `json:"max_input_chars_per_word"`
	}{"[UNK]", "##", longestWord}
	if err := decodeMembers(t.model, &model); err != nil {
		return err
	}
	normalizers, err := flatten(t.normalizer, "normalizer", "normalizers")
	if err != nil {
		return err
	}
	w := &WordPiece{Unknown: model.Unknown, Prefix: model.Prefix, Longest: model.Longest}
	for i, n := range normalizers {
		if n.Type != "BertNormalizer" || i > 0 {
			return unsupportedf("normalizer: %s is not supported with WordPiece, only one BertNormalizer", label(n.Type))
		}
		s := struct {
			Clean        bool  `json:"clean_text"`
			Chinese      bool  `json:"handle_chinese_chars"`
			StripAccents *bool `json:"strip_accents"`
			Lower        bool  `json:"lowercase"`
		}{true, true, nil, true}
		if err := decodeRaw(n.raw, &s); err != nil {
			return fmt.Errorf("normalizer: %w", err)
		}
		w.Clean, w.Chinese, w.Lower, w.StripAccents = s.Clean, s.Chinese, s.Lower, s.Lower
		if s.StripAccents != nil {
			w.StripAccents = *s.StripAccents
		}
	}
	steps, err := flatten(t.preTokenizer, "pre_tokenizer", "pretokenizers")
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return unsupportedf("pre_tokenizer: found none, expected BertPreTokenizer")
	}
	for i, step := range steps {
		if step.Type != "BertPreTokenizer" || i > 0 {
			return unsupportedf("pre_tokenizer: %s is not supported with WordPiece, only one BertPreTokenizer", label(step.Type))
		}
	}
	v.WordPiece = w
	return onlyDecoders(t.decoder, "WordPiece")
}

func onlyDecoders(decoder json.RawMessage, types ...string) error {
	steps, err := flatten(decoder, "decoder", "decoders")
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !slices.Contains(types, step.Type) {
			return unsupportedf("decoder: %s is not supported, only %s", label(step.Type), types[0])
		}
	}
	return nil
}

// begin reads from the post-processor which special token stands before a text, "" for none. What stands after it is
// for texts that are complete, and left out: a model is to go on with the text.
func begin(postProcessor json.RawMessage) (string, error) {
	steps, err := flatten(postProcessor, "post_processor", "processors")
	if err != nil {
		return "", err
	}
	first := ""
	for _, step := range steps {
		var before []string
		switch step.Type {
		case "ByteLevel":
		case "TemplateProcessing":
			var s struct {
				Single []struct {
					SpecialToken *struct{ ID string }
					Sequence     *struct{ ID string }
				}
			}
			if err := decodeRaw(step.raw, &s); err != nil {
				return "", fmt.Errorf("post_processor: %w", err)
			}
			for _, part := range s.Single {
				if part.SpecialToken == nil {
					break
				}
				before = append(before, part.SpecialToken.ID)
			}
		case "BertProcessing", "RobertaProcessing":
			var s struct{ Cls []any }
			if err := decodeRaw(step.raw, &s); err != nil {
				return "", fmt.Errorf("post_processor: %w", err)
			}
			if len(s.Cls) > 0 {
				text, _ := s.Cls[0].(string)
				before = append(before, text)
			}
		default:
			return "", unsupportedf("post_processor: %s is not supported", label(step.Type))
		}
		if len(before) > 1 || len(before) == 1 && first != "" {
			return "", unsupportedf("post_processor: more than one special token before a text is not supported")
		}
		for _, text := range before {
			first = text
		}
	}
	return first, nil
}

// A step is one part of a pipeline.
type step struct {
	Type string
	raw  json.RawMessage
}

// flatten returns the steps of a part of tokenizer.json: none for null, several for a Sequence, which has them in the
// member list.
func flatten(raw json.RawMessage, name, list string) ([]step, error) {
	return flattenWithin(raw, name, list, deepest)
}

// deepest is how many sequences may be within each other.
const deepest = 20

func flattenWithin(raw json.RawMessage, name, list string, depth int) ([]step, error) {
	if depth == 0 {
		return nil, fmt.Errorf("%s: found sequences within each other, expected at most %d", name, deepest)
	}
	var s step
	if err := decodeRaw(raw, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case s.Type == "" && len(raw) > 0 && string(raw) != "null":
		return nil, unsupportedf("%s: found no type, expected one", name)
	case s.Type == "":
		return nil, nil
	case s.Type != "Sequence":
		s.raw = raw
		return []step{s}, nil
	}
	var members map[string]json.RawMessage
	var parts []json.RawMessage
	if err := decodeRaw(raw, &members); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := decodeRaw(members[list], &parts); err != nil {
		return nil, fmt.Errorf("%s.%s: %w", name, list, err)
	}
	var steps []step
	for _, part := range parts {
		more, err := flattenWithin(part, name, list, depth-1)
		if err != nil {
			return nil, err
		}
		steps = append(steps, more...)
	}
	return steps, nil
}

// decodeRaw decodes a value; one that is missing or null leaves into as it is.
func decodeRaw(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	return jsonfile.Unmarshal(raw, into)
}

// decodeMembers decodes the members of an object into the fields of a struct.
func decodeMembers(members map[string]json.RawMessage, into any) error {
	object, err := json.Marshal(members)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if err := jsonfile.Unmarshal(object, into); err != nil {
		return fmt.Errorf("model.%w", err)
	}
	return nil
}
