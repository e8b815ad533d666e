package bpe

import "unicode/utf8"

// Decode returns the text of the ids. Bytes that are not valid UTF-8 become
// U+FFFD, one for each maximal subpart of a rune (The Unicode Standard,
// section 3.9), as Python and the WHATWG decoder write them. Unknown ids stand
// for nothing.
func (t *Tokenizer) Decode(ids []int) string {
	var bytes []byte
	for _, id := range ids {
		bytes = append(bytes, t.Bytes(id)...)
	}
	if utf8.Valid(bytes) {
		return string(bytes)
	}
	text, rest := AppendRunes(nil, bytes)
	return string(AppendRest(text, rest))
}

// A Decoder decodes the ids of one text as they come, for one goroutine. Push
// returns the text that became certain with the next id; Flush ends the text
// and returns what was held back. All that they return, in order, is what
// Decode returns for all ids. After Flush the Decoder is at the start of
// another text.
type Decoder = interface {
	Push(id int) string
	Flush() string
}

// NewDecoder returns a Decoder at the start of a text. The ids before it make
// no difference: a token carries its own space.
func (t *Tokenizer) NewDecoder(before ...int) Decoder { return &decoder{tokenizer: t} }

// decoder holds back a rune whose bytes are spread over several tokens until
// it is whole.
type decoder struct {
	tokenizer *Tokenizer
	rest      []byte // the start of a rune
}

func (d *decoder) Push(id int) string {
	// Most tokens are whole runes: they cost no memory.
	if bytes := d.tokenizer.Bytes(id); len(d.rest) == 0 && utf8.Valid(bytes) {
		if len(bytes) == 0 {
			return ""
		}
		return d.tokenizer.tokens.text(id)
	}
	text, rest := AppendRunes(nil, append(d.rest, d.tokenizer.Bytes(id)...))
	d.rest = rest
	return string(text)
}

// Flush: the start of a rune that was held back becomes U+FFFD.
func (d *decoder) Flush() string {
	text := AppendRest(nil, d.rest)
	d.rest = nil
	return string(text)
}

// AppendRunes appends bytes to text with U+FFFD in place of what is certain to
// be invalid. The rest, at most 3 bytes, is the start of a rune that may yet
// become whole.
func AppendRunes(text, bytes []byte) (_, rest []byte) {
	for len(bytes) > 0 && utf8.FullRune(bytes) {
		r, size := utf8.DecodeRune(bytes)
		if r == utf8.RuneError && size == 1 {
			size = subpart(bytes)
		}
		text = utf8.AppendRune(text, r)
		bytes = bytes[size:]
	}
	return text, bytes
}

// AppendRest appends what stands for the start of a rune that nothing follows.
func AppendRest(text, rest []byte) []byte {
	if len(rest) > 0 {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text
}

// subpart returns the length of the maximal subpart of an invalid encoding at
// the start of bytes: the longest start that other bytes could have made a
// rune, or else 1.
func subpart(bytes []byte) int {
	n := 1
	for n < len(bytes) && !utf8.FullRune(bytes[:n+1]) {
		n++
	}
	return n
}
