package chat

import (
	"math"
	"slices"
	"unicode/utf8"
)

// A Fold is the text of a story after all changes of a path.
type Fold struct {
	Text  string
	Spans []Span // who wrote it, from its beginning to its end
}

// A Span is a stretch of a story that one side wrote.
type Span struct {
	Role  Role
	Bytes int
	Turn  *Turn // whose text it is, where the model wrote it; nil for what the user did
	From  int   // in the text of that turn; what joins turns comes before their text, at negative places
}

func span(t *Turn, from, bytes int) Span {
	if t.Role == User {
		return Span{Role: User, Bytes: bytes}
	}
	return Span{t.Role, bytes, t, from}
}

// cut is a part of the span.
func (s Span) cut(from, to int) Span {
	s.Bytes = to - from
	if s.Turn != nil {
		s.From += from
	}
	return s
}

// follows reports whether the span goes on where another one ends.
func (s Span) follows(before Span) bool {
	return s.Role == before.Role && s.Turn == before.Turn && (s.Turn == nil || s.From == before.From+before.Bytes)
}

// divided are the spans of a text, in two where it was changed last, since the next change is mostly near.
type divided struct {
	left, right []Span // right from the end of the text on
	at          int    // bytes in left
}

func (s *divided) toLeft(p Span) {
	s.at += p.Bytes
	if last := len(s.left) - 1; last >= 0 && p.follows(s.left[last]) {
		s.left[last].Bytes += p.Bytes
	} else if p.Bytes > 0 {
		s.left = append(s.left, p)
	}
}

func (s *divided) toRight(p Span) {
	if last := len(s.right) - 1; last >= 0 && s.right[last].follows(p) {
		p.Bytes += s.right[last].Bytes
		s.right[last] = p
	} else if p.Bytes > 0 {
		s.right = append(s.right, p)
	}
}

// move divides the text at a place.
func (s *divided) move(at int) {
	for s.at > at {
		p := s.left[len(s.left)-1]
		s.left = s.left[:len(s.left)-1]
		keep := max(p.Bytes-(s.at-at), 0)
		s.at -= p.Bytes
		if keep > 0 {
			s.toLeft(p.cut(0, keep))
		}
		s.toRight(p.cut(keep, p.Bytes))
	}
	for s.at < at && len(s.right) > 0 {
		p := s.next(at - s.at)
		s.toLeft(p)
	}
}

// next takes a span, of so many bytes at most, from the beginning of the right side.
func (s *divided) next(most int) Span {
	p := s.right[len(s.right)-1]
	s.right = s.right[:len(s.right)-1]
	if p.Bytes > most {
		s.right = append(s.right, p.cut(most, p.Bytes))
		p = p.cut(0, most)
	}
	return p
}

// replace puts a span in place of so many bytes.
func (s *divided) replace(at, removed int, in Span) {
	s.move(at)
	for removed > 0 && len(s.right) > 0 {
		removed -= s.next(removed).Bytes
	}
	s.toLeft(in)
}

// all are the spans from the beginning on.
func (s *divided) all() []Span {
	s.move(math.MaxInt)
	return s.left
}

// FoldStory makes the changes of a path, one after the other. A turn that does not say where is added at the end, as in StoryText. What
// lies outside the text is brought within it.
func FoldStory(path []*Turn) Fold { return foldStory(path, func(*Turn, int, int) {}) }

// A Meeting is where a turn of a chat follows another one in its text as a story.
type Meeting struct {
	Place, Blanks int // the blanks are those that join them
}

// Meetings are the places of a story where a turn follows that does not say where it is, since the last one that does.
func Meetings(path []*Turn) (all []Meeting) {
	edited := 0
	for _, t := range path {
		if t.Place != nil {
			edited = t.ID
		}
	}
	foldStory(path, func(t *Turn, at, blanks int) {
		if t.ID > edited {
			all = append(all, Meeting{at, blanks})
		}
	})
	return all
}

// foldStory calls met where a turn is added to others: with the place, and how many blanks join them.
func foldStory(path []*Turn, met func(t *Turn, at, blanks int)) Fold {
	var b gap
	var s divided
	var ahead *Turn // what ends the text, as Seam wants it; nil: nothing does
	placed := false // a change that says where does, and ahead is not known
	for _, t := range path {
		if t.Place != nil {
			at := whole(&b, min(max(*t.Place, 0), b.len()))
			end := whole(&b, min(at+max(t.Removed, 0), b.len()))
			b.replace(at, end-at, t.Text)
			s.replace(at, end-at, span(t, 0, len(t.Text)))
			ahead, placed = nil, true
			continue
		}
		if t.Blank() {
			continue
		}
		if placed {
			placed = false
			if tail := b.tail(); tail != "" {
				ahead = &Turn{Role: Assistant, Text: tail}
			}
		}
		seam := Seam(ahead, t)
		added := seam + t.Text
		cut := 0
		if ahead != nil {
			cut = len(blanks(ahead)) // they are in the seam, or go
		}
		if ahead != nil {
			met(t, b.len()-cut, len(seam))
		}
		b.replace(b.len()-cut, cut, added)
		s.replace(b.len()-len(added), cut, span(t, -len(seam), len(added)))
		ahead = t
	}
	return Fold{b.String(), s.all()}
}

// With is the text after one more change, that of a turn that says where.
func (f Fold) With(t *Turn) Fold {
	b := gap{data: []byte(f.Text)}
	b.from, b.to = len(b.data), len(b.data)
	at := whole(&b, min(max(*t.Place, 0), b.len()))
	end := whole(&b, min(at+max(t.Removed, 0), b.len()))
	s := divided{left: slices.Clone(f.Spans), at: len(f.Text)}
	s.replace(at, end-at, span(t, 0, len(t.Text)))
	return Fold{f.Text[:at] + t.Text + f.Text[end:], s.all()}
}

// whole is the place itself, or the beginning of the rune that it is within.
func whole(b *gap, at int) int {
	for at > 0 && at < b.len() && !utf8.RuneStart(b.at(at)) {
		at--
	}
	return at
}

// A gap is a text with free room where it was changed last, since the next change is mostly near.
type gap struct {
	data     []byte
	from, to int // the room
}

func (g *gap) len() int { return len(g.data) - (g.to - g.from) }

func (g *gap) at(i int) byte {
	if i >= g.from {
		i += g.to - g.from
	}
	return g.data[i]
}

func (g *gap) replace(at, removed int, text string) {
	switch {
	case at < g.from:
		n := g.from - at
		copy(g.data[g.to-n:], g.data[at:g.from])
		g.from, g.to = at, g.to-n
	case at > g.from:
		n := at - g.from
		copy(g.data[g.from:], g.data[g.to:g.to+n])
		g.from, g.to = at, g.to+n
	}
	g.to += removed
	if missing := len(text) - (g.to - g.from); missing > 0 {
		room := missing + len(g.data)/2 + 64
		data := make([]byte, len(g.data)+room)
		copy(data, g.data[:g.from])
		copy(data[g.to+room:], g.data[g.to:])
		g.data, g.to = data, g.to+room
	}
	g.from += copy(g.data[g.from:], text)
}

// tail is the last rune.
func (g *gap) tail() string {
	var end []byte
	for i := max(g.len()-utf8.UTFMax, 0); i < g.len(); i++ {
		end = append(end, g.at(i))
	}
	_, size := utf8.DecodeLastRune(end)
	return string(end[len(end)-size:])
}

func (g *gap) String() string { return string(g.data[:g.from]) + string(g.data[g.to:]) }

// Difference is the one change that makes next of a text: where, how many bytes go, and what comes in. It cuts no rune.
func Difference(text, next string) (at, removed int, in string) {
	most := min(len(text), len(next))
	for at < most && text[at] == next[at] {
		at++
	}
	for at > 0 && (at < len(text) && !utf8.RuneStart(text[at]) || at < len(next) && !utf8.RuneStart(next[at])) {
		at--
	}
	end := 0
	for end < most-at && text[len(text)-1-end] == next[len(next)-1-end] {
		end++
	}
	for end > 0 && !utf8.RuneStart(text[len(text)-end]) {
		end--
	}
	return at, len(text) - end - at, next[at : len(next)-end]
}
