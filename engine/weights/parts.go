package weights

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"inkling/engine/detokenize"
	"inkling/engine/normalize"
	"inkling/engine/pipeline"
	"inkling/engine/pretokenize"
	"inkling/engine/unigram"
)

// A Pipeline is what a tokenizer has besides its pieces that is neither GPT-2's nor WordPiece; see package pipeline.
type Pipeline struct {
	Kind      string // "BPE" or "Unigram"
	Normalize normalize.Func
	Split     pretokenize.Func
	Model     pipeline.Model
	Decode    detokenize.Chain

	model makeModel // makes Model
}

// makeModel makes a model that cuts no text into special tokens: one that a person types stays text.
type makeModel func(special map[string]int) (pipeline.Model, error)

func (t *tokenizer) describeUnigram(v *Vocabulary) error {
	model := struct {
		Unknown      *int `json:"unk_id"`
		ByteFallback bool `json:"byte_fallback"`
	}{}
	if err := decodeMembers(t.model, &model); err != nil {
		return err
	}
	unknown := -1
	if model.Unknown != nil {
		if unknown = *model.Unknown; unknown < 0 || unknown >= len(t.scores) {
			return fmt.Errorf("model.unk_id: found %d, expected the place of a piece, 0 to %d", unknown, len(t.scores)-1)
		}
	}
	return t.describePipeline(v, "Unigram", func(special map[string]int) (pipeline.Model, error) {
		o := unigram.Options{Unknown: unknown, ByteFallback: model.ByteFallback}
		for id, s := range t.scores {
			_, hidden := special[s.piece]
			o.Pieces = append(o.Pieces, unigram.Piece{Text: s.piece, ID: id, Score: s.value, Hidden: hidden})
		}
		return unigram.New(o)
	})
}

func (t *tokenizer) describePipeline(v *Vocabulary, kind string, model makeModel) (err error) {
	p := &Pipeline{Kind: kind, model: model}
	if p.Normalize, err = readNormalizer(t.normalizer); err != nil {
		return err
	}
	if p.Split, err = readPreTokenizer(t.preTokenizer); err != nil {
		return err
	}
	if p.Decode, err = readDecoder(t.decoder); err != nil {
		return err
	}
	v.Pipeline = p
	return nil
}

// pattern is a text or a regular expression, one of which is there.
type pattern struct {
	String *string
	Regex  *string
}

// regexp returns the expression; nil where the pattern is a text.
func (p pattern) regexp() (*regexp.Regexp, error) {
	switch {
	case p.Regex != nil:
		compiled, err := pretokenize.Regexp(*p.Regex)
		if err != nil {
			return nil, unsupportedf("the regular expression %s is not supported: %v", label(*p.Regex), err)
		}
		return compiled, nil
	case p.String == nil:
		return nil, fmt.Errorf("found no pattern, expected a String or a Regex")
	}
	return nil, nil
}

func readNormalizer(raw json.RawMessage) (normalize.Func, error) {
	steps, err := flatten(raw, "normalizer", "normalizers")
	if err != nil {
		return nil, err
	}
	var all []normalize.Func
	for _, step := range steps {
		f, err := normalizer(step)
		if err != nil {
			return nil, within("normalizer", step, err)
		}
		all = append(all, f)
	}
	return normalize.Sequence(all...), nil
}

// within is an error with the name of the step that it comes from.
func within(part string, s step, err error) error {
	if u, ok := err.(unsupported); ok {
		return unsupportedf("%s: %s: %s", part, label(s.Type), u)
	}
	return fmt.Errorf("%s: %s: %w", part, label(s.Type), err)
}

func normalizer(s step) (normalize.Func, error) {
	var o struct {
		Pattern pattern
		Content string
		Prepend string
		Left    bool   `json:"strip_left"`
		Right   bool   `json:"strip_right"`
		Map     string `json:"precompiled_charsmap"` // in base64
	}
	if err := decodeRaw(s.raw, &o); err != nil {
		return nil, err
	}
	switch s.Type {
	case "NFC":
		return normalize.NFC, nil
	case "NFD":
		return normalize.NFD, nil
	case "NFKC":
		return normalize.NFKC, nil
	case "NFKD":
		return normalize.NFKD, nil
	case "Nmt":
		return normalize.Nmt, nil
	case "Lowercase":
		return normalize.Lowercase, nil
	case "StripAccents":
		return normalize.StripAccents, nil
	case "Strip":
		return normalize.Strip(o.Left, o.Right), nil
	case "Prepend":
		return normalize.Prepend(o.Prepend), nil
	case "Replace":
		matches, err := o.Pattern.regexp()
		if err != nil {
			return nil, err
		}
		if matches != nil {
			return normalize.ReplaceMatches(matches, o.Content), nil
		}
		return normalize.Replace(*o.Pattern.String, o.Content), nil
	case "Precompiled":
		if o.Map == "" {
			return func(text string) string { return text }, nil
		}
		data, err := base64.StdEncoding.DecodeString(o.Map)
		if err != nil {
			return nil, fmt.Errorf("precompiled_charsmap: found %s, expected base64", label(o.Map))
		}
		m, err := normalize.ReadCharMap(data)
		if err != nil {
			return nil, err
		}
		return normalize.Precompiled(m), nil
	}
	return nil, unsupported("it is not supported with this model")
}

func readPreTokenizer(raw json.RawMessage) (pretokenize.Func, error) {
	steps, err := flatten(raw, "pre_tokenizer", "pretokenizers")
	if err != nil {
		return nil, err
	}
	var all []pretokenize.Func
	for _, step := range steps {
		f, err := preTokenizer(step)
		if err != nil {
			return nil, within("pre_tokenizer", step, err)
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return pretokenize.Sequence(all...), nil
}

func preTokenizer(s step) (pretokenize.Func, error) {
	o := struct {
		Pattern     pattern
		Behavior    string
		Invert      bool
		Each        bool `json:"individual_digits"`
		PrefixSpace bool `json:"add_prefix_space"`
		UseRegex    bool `json:"use_regex"`
		Delimiter   string
	}{UseRegex: true}
	if err := decodeRaw(s.raw, &o); err != nil {
		return nil, err
	}
	behavior, known := pretokenize.Behaviors[o.Behavior]
	if !known && (s.Type == "Split" || o.Behavior != "") {
		return nil, fmt.Errorf("behavior: found %s, expected one such as Isolated", label(o.Behavior))
	}
	switch s.Type {
	case "Digits":
		return pretokenize.Digits(o.Each), nil
	case "Split":
		switch {
		case o.Pattern.Regex != nil:
			matches, err := pretokenize.Compile(*o.Pattern.Regex)
			if err != nil {
				return nil, unsupportedf("the regular expression %s is not supported: %v", label(*o.Pattern.Regex), err)
			}
			return pretokenize.Split(matches, behavior, o.Invert), nil
		case o.Pattern.String != nil:
			return pretokenize.Split(pretokenize.Literal(*o.Pattern.String), behavior, o.Invert), nil
		}
		return nil, fmt.Errorf("found no pattern, expected a String or a Regex")
	case "ByteLevel":
		return pretokenize.ByteLevel(o.PrefixSpace, o.UseRegex), nil
	case "Metaspace":
		m, err := readMetaspace(s.raw)
		if err != nil {
			return nil, err
		}
		return pretokenize.Metaspace(m.mark, m.scheme, m.split), nil
	case "Whitespace":
		return pretokenize.Whitespace, nil
	case "WhitespaceSplit":
		return pretokenize.WhitespaceSplit, nil
	case "Punctuation":
		if o.Behavior == "" {
			behavior = pretokenize.Isolated
		}
		return pretokenize.Punctuation(behavior), nil
	case "BertPreTokenizer":
		return pretokenize.Bert, nil
	case "CharDelimiterSplit":
		r, n := utf8.DecodeRuneInString(o.Delimiter)
		if n == 0 || n != len(o.Delimiter) {
			return nil, fmt.Errorf("delimiter: found %s, expected one character", label(o.Delimiter))
		}
		return pretokenize.Delimiter(r), nil
	}
	return nil, unsupported("it is not supported with this model")
}

// metaspace is what the pre-tokenizer and the decoder of that name have.
type metaspace struct {
	mark   string
	scheme pretokenize.Scheme
	split  bool
}

func readMetaspace(raw json.RawMessage) (metaspace, error) {
	o := struct {
		Replacement string
		PrefixSpace *bool  `json:"add_prefix_space"` // of versions before prepend_scheme
		Scheme      string `json:"prepend_scheme"`
		Split       *bool
	}{Replacement: "▁"}
	if err := decodeRaw(raw, &o); err != nil {
		return metaspace{}, err
	}
	if utf8.RuneCountInString(o.Replacement) != 1 {
		return metaspace{}, fmt.Errorf("replacement: found %s, expected one character", label(o.Replacement))
	}
	m := metaspace{mark: o.Replacement, split: o.Split == nil || *o.Split}
	switch o.Scheme {
	case "", "always":
		m.scheme = pretokenize.Always
	case "first":
		m.scheme = pretokenize.First
	case "never":
		m.scheme = pretokenize.Never
	default:
		return metaspace{}, unsupportedf("prepend_scheme: %s is not supported", label(o.Scheme))
	}
	if o.PrefixSpace != nil && !*o.PrefixSpace {
		m.scheme = pretokenize.Never
	}
	return m, nil
}

func readDecoder(raw json.RawMessage) (detokenize.Chain, error) {
	steps, err := flatten(raw, "decoder", "decoders")
	if err != nil {
		return nil, err
	}
	var chain detokenize.Chain
	for _, step := range steps {
		d, err := decoder(step)
		if err != nil {
			return nil, within("decoder", step, err)
		}
		chain = append(chain, d)
	}
	if len(chain) == 0 {
		chain = detokenize.Chain{detokenize.Spaces()}
	}
	return chain, nil
}

func decoder(s step) (detokenize.Step, error) {
	var o struct {
		Pattern     pattern
		Content     string
		Start, Stop int
		Suffix      *string
	}
	if err := decodeRaw(s.raw, &o); err != nil {
		return detokenize.Step{}, err
	}
	switch s.Type {
	case "ByteFallback":
		return detokenize.ByteFallback(), nil
	case "Fuse":
		return detokenize.Fuse(), nil
	case "ByteLevel":
		return detokenize.ByteLevel(), nil
	case "Strip":
		r, n := utf8.DecodeRuneInString(o.Content)
		if n == 0 || n != len(o.Content) {
			return detokenize.Step{}, fmt.Errorf("content: found %s, expected one character", label(o.Content))
		}
		return detokenize.Strip(r, o.Start, o.Stop), nil
	case "Replace":
		matches, err := o.Pattern.regexp()
		if err != nil {
			return detokenize.Step{}, err
		}
		if matches != nil {
			return detokenize.ReplaceMatches(matches, o.Content), nil
		}
		return detokenize.Replace(*o.Pattern.String, o.Content), nil
	case "Metaspace":
		m, err := readMetaspace(s.raw)
		if err != nil {
			return detokenize.Step{}, err
		}
		return detokenize.Metaspace(m.mark, m.scheme != pretokenize.Never), nil
	case "BPEDecoder":
		suffix := "</w>"
		if o.Suffix != nil {
			suffix = *o.Suffix
		}
		return detokenize.Suffix(suffix), nil
	}
	return detokenize.Step{}, unsupported("it is not supported with this model; supported are " + strings.Join([]string{
		"ByteFallback", "Fuse", "ByteLevel", "Strip", "Replace", "Metaspace", "BPEDecoder"}, ", "))
}
