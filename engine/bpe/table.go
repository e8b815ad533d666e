package bpe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"inkling/engine/added"
)

// A Table is a vocabulary in numbers: what pieces and merges come to. It takes
// far less time to read than their text.
type Table struct {
	tokens  texts
	letters [256]int32 // byte -> id of its single-byte token
	merges  [][3]int32 // left, right and what they merge to, in the order of their ranks
}

// texts are the bytes of tokens, by id.
type texts struct {
	all   []byte
	spans []span
}

// A span is where a token is in the bytes of all; start is beyond end where no
// token has the id.
type span struct{ start, end uint32 }

var noSpan = span{1, 0}

func newTexts(size int) texts {
	t := texts{spans: make([]span, size)}
	for id := range t.spans {
		t.spans[id] = noSpan
	}
	return t
}

func (t *texts) has(id int) bool { return t.spans[id] != noSpan }

func (t *texts) bytes(id int) []byte {
	s := t.spans[id]
	if s == noSpan {
		return nil
	}
	return t.all[s.start:s.end:s.end]
}

// text is bytes as a string, which takes no memory of its own: they never change
// once a tokenizer has them.
func (t *texts) text(id int) string {
	b := t.bytes(id)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// set makes what was appended to all since then the bytes of a token.
func (t *texts) set(id, since int) { t.spans[id] = span{uint32(since), uint32(len(t.all))} }

// Compile makes the table of the options' pieces and merges. It returns an
// error as Make does.
func Compile(o Options) (*Table, error) {
	size, err := tableSize(o)
	if err != nil {
		return nil, err
	}
	t := &Table{tokens: newTexts(size)}
	if err := t.addPieces(o.Pieces); err != nil {
		return nil, err
	}
	if err := t.addLetters(o.Pieces); err != nil {
		return nil, err
	}
	if err := t.checkAdded(o.Added, o.Pieces); err != nil {
		return nil, err
	}
	return t, t.addMerges(o.Merges, o.Pieces)
}

// Tokenizer makes the tokenizer of the table and the added tokens that it was
// compiled with. prefixSpace is as in Options.
func (t *Table) Tokenizer(tokens []added.Token, prefixSpace bool) (*Tokenizer, error) {
	set, err := added.New(tokens, nil)
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	made := &Tokenizer{
		tokens:  texts{slices.Clip(t.tokens.all), slices.Clone(t.tokens.spans)},
		letters: t.letters, merges: newPairs(len(t.merges)), added: set, prefixSpace: prefixSpace,
	}
	for rank, m := range t.merges {
		made.merges.add(m[0], m[1], merge{rank: int32(rank), id: m[2]})
	}
	for _, token := range tokens {
		if token.ID < 0 || token.ID >= made.Size() {
			return nil, fmt.Errorf("tokenizer: the added token %.60q has id %d; the table has ids from 0 to %d", token.Text, token.ID, made.Size()-1)
		}
		since := len(made.tokens.all)
		made.tokens.all = append(made.tokens.all, token.Text...)
		made.tokens.set(token.ID, since)
	}
	return made, nil
}

// AppendBinary appends the table as 32-bit numbers, little-endian, and bytes:
// the number of ids; 1 + the length of each token, or 0 where there is none;
// their bytes; the ids of the 256 bytes; the number of merges; their ids. It
// never fails.
func (t *Table) AppendBinary(b []byte) ([]byte, error) {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.tokens.spans)))
	for _, s := range t.tokens.spans {
		b = binary.LittleEndian.AppendUint32(b, s.end+1-s.start)
	}
	for id := range t.tokens.spans {
		b = append(b, t.tokens.bytes(id)...)
	}
	for _, id := range t.letters {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.merges)))
	for _, m := range t.merges {
		for _, id := range m {
			b = binary.LittleEndian.AppendUint32(b, uint32(id))
		}
	}
	return b, nil
}

var errTable = errors.New("tokenizer: no table, or a damaged one")

// UnmarshalBinary reads what AppendBinary has written, and keeps the data. It
// fails where an id in there belongs to no token.
func (t *Table) UnmarshalBinary(data []byte) error {
	const number, triple = 4, 3 * 4 // bytes
	// take cuts n bytes off the data; nil where there are not as many.
	take := func(n int) (head []byte) {
		if n < 0 || n > len(data) {
			return nil
		}
		head, data = data[:n:n], data[n:]
		return head
	}
	count := func(each int) []byte {
		if head := take(number); head != nil {
			return take(int(binary.LittleEndian.Uint32(head)) * each)
		}
		return nil
	}
	lengths := count(number)
	read := Table{tokens: newTexts(len(lengths) / number)}
	size := 0
	for id := range read.tokens.spans {
		if n := int(binary.LittleEndian.Uint32(lengths[number*id:])) - 1; n >= 0 {
			if n > len(data)-size {
				return errTable
			}
			read.tokens.spans[id] = span{uint32(size), uint32(size + n)}
			size += n
		}
	}
	read.tokens.all = take(size)
	letters, merges := take(number*len(t.letters)), count(triple)
	if letters == nil || merges == nil || len(merges) > triple*maxMerges || len(data) > 0 {
		return errTable
	}
	valid := true
	id := func(at []byte) int32 {
		n := binary.LittleEndian.Uint32(at)
		if int(n) >= len(read.tokens.spans) || !read.tokens.has(int(n)) {
			valid = false
		}
		return int32(n)
	}
	for i := range read.letters {
		read.letters[i] = id(letters[number*i:])
	}
	read.merges = make([][3]int32, len(merges)/triple)
	for i := range read.merges {
		m := merges[triple*i : triple*(i+1)]
		read.merges[i] = [3]int32{id(m), id(m[number:]), id(m[2*number:])}
	}
	if !valid {
		return errTable
	}
	*t = read
	return nil
}
