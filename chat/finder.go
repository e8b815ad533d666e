package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Finder finds what was asked for in texts, without regard to case and to marks above letters.
type Finder struct {
	letters string     // folded, to be found to the letter; any white space stands for any other
	phrases [][]string // or words, as an Index finds them
	open    bool       // the last of them may be the beginning of a word
}

// NewFinder finds text to the letter; nil where there is nothing to find.
func NewFinder(text string) *Finder {
	folded, _ := foldPlaces(text)
	if strings.TrimSpace(folded) == "" {
		return nil
	}
	return &Finder{letters: folded}
}

// NewWordFinder finds the words of a query, as an Index does; nil where there are none.
func NewWordFinder(query string) *Finder {
	phrases := Phrases(query)
	if len(phrases) == 0 {
		return nil
	}
	return &Finder{phrases: phrases, open: opens(query, phrases)}
}

// opens reports whether the last word of a query may be the beginning of one.
func opens(query string, phrases [][]string) bool {
	last := phrases[len(phrases)-1]
	r, _ := utf8.DecodeRuneInString(last[0])
	return len(last) == 1 && !strings.HasSuffix(query, " ") && !Alone(r)
}

// A Stretch is a part of a text: the bytes from one up to another.
type Stretch struct{ From, To int }

// In returns where a text has what is looked for, in order; no two overlap.
func (f *Finder) In(text string) []Stretch {
	if f.phrases != nil {
		return f.words(text)
	}
	folded, places := foldPlaces(text)
	var found []Stretch
	for at := 0; ; {
		i := strings.Index(folded[at:], f.letters)
		if i < 0 {
			return found
		}
		found = append(found, places.stretch(text, at+i, at+i+len(f.letters)))
		at += i + len(f.letters)
	}
}

// InRows does what In does for a text that was broken into rows, some within words: a line break may be missing in what is looked
// for, and so may the blanks after it.
func (f *Finder) InRows(text string) []Stretch {
	if f.phrases != nil {
		return f.words(text)
	}
	folded, places := foldBroken(text)
	var found []Stretch
	for at := 0; at < len(folded); {
		if n := begins(folded[at:], f.letters); n > 0 {
			found = append(found, places.stretch(text, at, at+n))
			at += n
			continue
		}
		_, size := utf8.DecodeRuneInString(folded[at:])
		at += size
	}
	return found
}

// begins is how many bytes of a text with breaks say what is looked for, 0 where it does not begin with that.
func begins(text, want string) int {
	at := 0
	for i := 0; i < len(want); {
		switch {
		case at == len(text):
			return 0
		case text[at] == '\n' && i == 0:
			return 0
		case text[at] == '\n' && want[i] == ' ':
			at, i = at+1, i+1
		case text[at] == '\n':
			at++
		case text[at] == want[i]:
			at, i = at+1, i+1
		default:
			return 0
		}
	}
	return at
}

// words finds phrases as they stand in the text, whatever is between their words.
func (f *Finder) words(text string) (found []Stretch) {
	var recent []Stretch // the words before, as many as the longest phrase has
	var said []string
	longest := 0
	for _, p := range f.phrases {
		longest = max(longest, len(p))
	}
	for begin, end := range spans(text) {
		recent, said = append(recent, Stretch{begin, end}), append(said, fold(text[begin:end]))
		if n := len(recent) - longest; n > 0 {
			recent, said = recent[n:], said[n:]
		}
		for i, p := range f.phrases {
			from := len(said) - len(p)
			open := f.open && i == len(f.phrases)-1
			if from >= 0 && (slices.Equal(said[from:], p) || open && strings.HasPrefix(said[from], p[0])) {
				found = append(found, Stretch{recent[from].From, end})
				recent, said = nil, nil
				break
			}
		}
	}
	return found
}

// places are where the runes come from that the bytes of a folded text belong to.
type places []int

func (p places) stretch(text string, from, to int) Stretch {
	end := p[to-1]
	_, size := utf8.DecodeRuneInString(text[end:])
	for end += size; end < len(text); end += size { // marks over the last letter
		var r rune
		if r, size = utf8.DecodeRuneInString(text[end:]); !unicode.Is(unicode.Mn, r) {
			break
		}
	}
	return Stretch{p[from], end}
}

// foldPlaces takes case and marks away, and makes each run of white space one blank.
func foldPlaces(text string) (string, places) { return foldText(text, false) }

// foldBroken does that, but for runs with a line break, which become one.
func foldBroken(text string) (string, places) { return foldText(text, true) }

func foldText(text string, broken bool) (string, places) {
	out, from := make([]byte, 0, len(text)), make(places, 0, len(text))
	blank := false // the folded text ends with white space
	for at, r := range text {
		switch {
		case unicode.IsSpace(r):
			if !blank {
				out = append(out, ' ')
			}
			if blank = true; broken && r == '\n' {
				out[len(out)-1] = '\n'
			}
		case 'A' <= r && r <= 'Z':
			out, blank = append(out, byte(r)+'a'-'A'), false
		case r < utf8.RuneSelf || Alone(r):
			out, blank = utf8.AppendRune(out, r), false
		default:
			for _, d := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, d) {
					out, blank = utf8.AppendRune(out, unicode.ToLower(d)), false
				}
			}
		}
		for len(from) < len(out) {
			from = append(from, at)
		}
	}
	return string(out), from
}
