package prompt

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"inkling/chat"
)

// Kinds of notes, as chat.Note has them.
const (
	MemoryNote = "memory"
	AuthorNote = "note"
	WorldNote  = "world"
)

const (
	// NoteDepth is how many turns, or lines of a story, follow an author's note that does not say.
	NoteDepth = 3
	// WorldDepth is how many of the last turns, or lines of a story, are searched for the keys of a world note that does not say.
	WorldDepth = 4
	// MostDepth is how many are searched at most.
	MostDepth = 200
)

// A Notebook is the notes of a conversation, with the keys of its world notes made ready.
type Notebook struct {
	notes []chat.Note
	keys  [][]key
	deep  int // turns, or lines, that are searched
}

// A key is words in lower case, or a regular expression.
type key struct {
	words   string
	pattern *regexp.Regexp
}

// NewNotebook makes notes ready. Keys that mean nothing are found nowhere.
func NewNotebook(notes []chat.Note) *Notebook {
	n := &Notebook{notes: notes, keys: make([][]key, len(notes))}
	for i, note := range notes {
		if note.Kind != WorldNote || !note.Enabled {
			continue
		}
		n.deep = max(n.deep, depth(note))
		for _, text := range note.Keys {
			if k, err := newKey(text); err == nil {
				n.keys[i] = append(n.keys[i], k)
			}
		}
	}
	return n
}

// depth is how far a note reaches.
func depth(n chat.Note) int {
	if n.Kind == WorldNote {
		if n.Depth == 0 {
			return WorldDepth
		}
		return min(n.Depth, MostDepth)
	}
	return n.Depth
}

// KeyError says what is wrong with a key of a world note, nil for nothing.
func KeyError(text string) error {
	_, err := newKey(text)
	return err
}

func newKey(text string) (key, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return key{}, fmt.Errorf("key: found nothing, expected words, or /a regular expression/")
	}
	end := strings.LastIndexByte(text, '/')
	if text[0] != '/' || end == 0 {
		return key{words: strings.ToLower(text)}, nil
	}
	source, flags := text[1:end], ""
	for _, f := range text[end+1:] {
		switch f {
		case 'i', 'm', 's':
			flags += string(f)
		case 'g', 'u', 'y': // of no account here
		default:
			return key{}, fmt.Errorf("key %s: found the flag %c, expected i, m or s", text, f)
		}
	}
	source = strings.ReplaceAll(source, `\/`, "/")
	if flags != "" {
		source = "(?" + flags + ")" + source
	}
	pattern, err := regexp.Compile(source)
	if err != nil {
		return key{}, fmt.Errorf("key %s: it is no regular expression that inkling knows (RE2: no look-around, no back-references)", text)
	}
	if pattern.MatchString("") {
		return key{}, fmt.Errorf("key %s: it is found in every text; ask for something", text)
	}
	return key{pattern: pattern}, nil
}

// in reports whether the key is in a text; lower is the text in lower case.
func (k key) in(text, lower string) bool {
	if k.pattern != nil {
		return k.pattern.MatchString(text)
	}
	for at := 0; ; {
		i := strings.Index(lower[at:], k.words)
		if i < 0 {
			return false
		}
		i += at
		if edge(lower[:i], k.words, utf8.DecodeLastRuneInString, utf8.DecodeRuneInString) &&
			edge(lower[i+len(k.words):], k.words, utf8.DecodeRuneInString, utf8.DecodeLastRuneInString) {
			return true
		}
		_, size := utf8.DecodeRuneInString(lower[i:])
		at = i + size
	}
}

// edge reports whether a word ends where a text goes on with rest, by the runes on both sides. Scripts without spaces have no such
// ends: a word may stand anywhere there.
func edge(rest, word string, outer, inner func(string) (rune, int)) bool {
	r, size := outer(rest)
	own, _ := inner(word)
	return size == 0 || !letter(r) || !letter(own) || chat.Alone(r) || chat.Alone(own)
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// Add adds to blocks what counts of the notes: the memory, author's notes, and those world notes a key of which is in
// the last turns; one without keys always counts.
func (n *Notebook) Add(blocks []Block) []Block {
	if n == nil || len(n.notes) == 0 {
		return blocks
	}
	return n.add(blocks, recent(blocks, n.deep))
}

// add takes the last turns, or lines, the last one first.
func (n *Notebook) add(blocks []Block, parts []string) []Block {
	front := min(1, len(blocks)) // after the system text
	var notes []Block
	lower := make([]string, len(parts))
	for i, p := range parts {
		lower[i] = strings.ToLower(p)
	}
	for i, note := range n.notes {
		switch {
		case !note.Enabled || strings.TrimSpace(note.Text) == "":
		case note.Kind == MemoryNote:
			blocks = slices.Insert(blocks, front, Block{Kind: Memory, Text: note.Text})
			front++
		case note.Kind == AuthorNote:
			notes = append(notes, Block{Kind: Note, Text: note.Text, Depth: depth(note)})
		case len(note.Keys) == 0 || found(n.keys[i], parts, lower, depth(note)):
			blocks = slices.Insert(blocks, front, Block{Kind: World, Keep: IfRoom, Text: note.Text})
			front++
		}
	}
	return append(blocks, notes...)
}

// found reports whether one of the keys is in the first so many parts.
func found(keys []key, parts, lower []string, depth int) bool {
	for i := range min(depth, len(parts)) {
		if slices.ContainsFunc(keys, func(k key) bool { return k.in(parts[i], lower[i]) }) {
			return true
		}
	}
	return false
}

// recent are the texts of the last turns that are not blank, the last first.
func recent(blocks []Block, most int) (texts []string) {
	for _, b := range slices.Backward(blocks) {
		if len(texts) == most {
			break
		}
		if b.Kind == Turn && !b.Turn.Blank() {
			texts = append(texts, b.Turn.Text)
		}
	}
	return texts
}

// SplitKeys takes keys apart at commas that are in no regular expression.
func SplitKeys(text string) (keys []string) {
	start, inside := 0, false
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || text[i] == ',' && !inside:
			if key := strings.TrimSpace(text[start:i]); key != "" {
				keys = append(keys, key)
			}
			start = i + 1
		case text[i] == '/' && (i == 0 || text[i-1] != '\\') && (inside || strings.TrimSpace(text[start:i]) == ""):
			inside = !inside
		}
	}
	return keys
}
