package chat

import (
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
}

// A piece is a stretch of a story that is one turn's text from a byte on; what joins the turns comes before their first.
type piece struct {
	turn        *Turn
	from, bytes int
}

// part is a span or a piece: a stretch that can be divided, and joined to one that belongs to it.
type part[P any] interface {
	size() int
	cut(from, to int) P
	joined(next P) (P, bool)
}

func (s Span) size() int                  { return s.Bytes }
func (s Span) cut(from, to int) Span      { return Span{s.Role, to - from} }
func (s Span) joined(n Span) (Span, bool) { return Span{s.Role, s.Bytes + n.Bytes}, s.Role == n.Role }

func (p piece) size() int              { return p.bytes }
func (p piece) cut(from, to int) piece { return piece{p.turn, p.from + from, to - from} }
func (p piece) joined(n piece) (piece, bool) {
	return piece{p.turn, p.from, p.bytes + n.bytes}, p.turn == n.turn && p.from+p.bytes == n.from
}

// FoldStory makes the changes of a path, one after the other. A turn that does not say where is added at the end, as in StoryText. What
// lies outside the text is brought within it.
func FoldStory(path []*Turn) Fold {
	text, spans := foldParts(path, func(t *Turn, _, bytes int) Span { return Span{t.Role, bytes} })
	return Fold{text, spans}
}

// storyPieces is the text of a story, and whose each stretch of it is.
func storyPieces(path []*Turn) (string, []piece) {
	return foldParts(path, func(t *Turn, from, bytes int) piece { return piece{t, from, bytes} })
}

// foldParts makes the changes of a path. A change comes in as a part of its turn, from a byte of the turn's text on.
func foldParts[P part[P]](path []*Turn, of func(t *Turn, from, bytes int) P) (string, []P) {
	var b gap
	var spans []P
	var ahead *Turn // what ends the text, as Seam wants it; nil: nothing does
	for _, t := range path {
		if t.Place != nil {
			at := whole(&b, min(max(*t.Place, 0), b.len()))
			end := whole(&b, min(at+max(t.Removed, 0), b.len()))
			b.replace(at, end-at, t.Text)
			spans = change(spans, at, end-at, of(t, 0, len(t.Text)))
			ahead = &Turn{Role: Assistant, Text: b.tail()}
			continue
		}
		if t.Blank() {
			continue
		}
		if ahead != nil && ahead.Text == "" {
			ahead = nil
		}
		seam := Seam(ahead, t)
		added := seam + t.Text
		cut := 0
		if ahead != nil {
			cut = len(blanks(ahead)) // they are in the seam, or go
		}
		b.replace(b.len()-cut, cut, added)
		spans = change(spans, b.len()-len(added), cut, of(t, -len(seam), len(added)))
		ahead = t
	}
	return b.String(), spans
}

// With is the text after one more change, that of a turn that says where.
func (f Fold) With(t *Turn) Fold {
	b := gap{data: []byte(f.Text)}
	b.from, b.to = len(b.data), len(b.data)
	at := whole(&b, min(max(*t.Place, 0), b.len()))
	end := whole(&b, min(at+max(t.Removed, 0), b.len()))
	return Fold{f.Text[:at] + t.Text + f.Text[end:], change(slices.Clone(f.Spans), at, end-at, Span{t.Role, len(t.Text)})}
}

// whole is the place itself, or the beginning of the rune that it is within.
func whole(b *gap, at int) int {
	for at > 0 && at < b.len() && !utf8.RuneStart(b.at(at)) {
		at--
	}
	return at
}

// change puts a part in place of so many bytes.
func change[P part[P]](parts []P, at, removed int, in P) []P {
	var out []P
	add := func(p P) {
		if p.size() == 0 {
			return
		}
		if last := len(out) - 1; last >= 0 {
			if both, ok := out[last].joined(p); ok {
				out[last] = both
				return
			}
		}
		out = append(out, p)
	}
	// Most changes are at the end: what is before them stays.
	total := 0
	for _, p := range parts {
		total += p.size()
	}
	if at == total {
		out = parts
		add(in)
		return out
	}
	from, put := 0, false
	for _, p := range parts {
		to := from + p.size()
		add(p.cut(0, max(min(to, at)-from, 0)))
		if !put && to >= at {
			put = true
			add(in)
		}
		if rest := max(from, at+removed); rest < to {
			add(p.cut(rest-from, p.size()))
		}
		from = to
	}
	if !put {
		add(in)
	}
	return out
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
