package wordpiece

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Decode returns the text of the ids as people write it: pieces that continue a word are joined to it, Chinese
// characters stand without spaces, Latin words with one between them, punctuation as is usual. It is a guess where the
// tokens do not tell. Special tokens and unknown ids stand for nothing. Encode gives the ids of that text again where
// they are ids that Encode gives.
func (t *Tokenizer) Decode(ids []int) string {
	d := decoder{tokenizer: t}
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(d.Push(id))
	}
	return text.String()
}

// A Decoder decodes the ids of one text as they come, for one goroutine: all that Push and Flush return, in order, is
// what Decode returns for all ids. After Flush the Decoder is at the start of another text.
type Decoder = interface {
	Push(id int) string
	Flush() string
}

// NewDecoder returns a Decoder of a text that follows the ids before it: whether it begins with a space depends on them.
func (t *Tokenizer) NewDecoder(before ...int) Decoder {
	d := &decoder{tokenizer: t}
	for _, id := range before {
		d.Push(id)
	}
	return d
}

// decoder knows the end of the text so far.
type decoder struct {
	tokenizer   *Tokenizer
	last        rune // 0 before there is any
	afterNumber bool // before last there is a digit
	quoted      bool // a straight double quote is open
}

func (d *decoder) Push(id int) string {
	t := d.tokenizer
	text, ok := t.tokens.Text(id)
	if !ok || t.IsSpecial(id) {
		return ""
	}
	rest, joined := strings.CutPrefix(text, t.Prefix)
	joined = joined && rest != ""
	if joined {
		text = rest
	}
	if text == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(text)
	gap := !joined && d.last != 0 && d.gap(first)
	if text == `"` {
		d.quoted = !d.quoted
	}
	for _, r := range text {
		d.afterNumber, d.last = unicode.IsDigit(d.last), r
	}
	if gap {
		return " " + text
	}
	return text
}

func (d *decoder) Flush() string {
	*d = decoder{tokenizer: d.tokenizer}
	return ""
}

const (
	opening   = "([{“"
	closing   = ")]}”"
	ending    = ",.;:!?" + closing // what a space follows before a word
	numerical = ".,:"              // within a number, or a time
	quote     = '"'
)

// gap reports whether a space goes between the text so far and a word that begins with next. Two words that neither
// punctuation nor Chinese characters keep apart had white space between them, for sure. Straight double quotes open and
// close by turns.
func (d *decoder) gap(next rune) bool {
	if d.chinese(d.last) || d.chinese(next) {
		return false
	}
	opens := strings.ContainsRune(opening, next) || next == quote && !d.quoted
	switch {
	case !isPunctuation(d.last):
		return !isPunctuation(next) || opens
	case isPunctuation(next) && !opens:
		return false
	case d.last == quote:
		return !d.quoted
	case d.afterNumber && unicode.IsDigit(next) && strings.ContainsRune(numerical, d.last):
		return false
	}
	return strings.ContainsRune(ending, d.last)
}

func (d *decoder) chinese(r rune) bool { return d.tokenizer.Chinese && isChinese(r) }
