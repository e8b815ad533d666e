package prompt

import (
	"strings"
	"unicode/utf8"

	"inkling/chat"
)

// A view is the part of a conversation that a model sees: the turns from first
// on, without the first cut tokens of the first one's body. Turns are admitted
// one by one from the root, as they came in the conversation; that makes the
// beginning of the view a function of the path, one that only moves forward.
type view struct {
	tok      Tokenizer
	turns    []Block
	begun    []int // of the reply that goes on, see Prompt
	segments []*segment
	room     int  // tokens that the view may have
	target   int  // what it shrinks to once it has more
	whole    bool // whole turns go, where possible

	first, cut int
	end        int // turns admitted so far
	total      int // tokens in the view
	dropped    int // tokens no longer in the view
	question   int // index of the last user turn, -1 before there is one

	notes []aside
}

// An aside is a note among the turns, which so many of them follow.
type aside struct {
	text  string
	ids   []int
	depth int
}

func newView(tok Tokenizer, turns []Block, segments []*segment, room int, whole bool) *view {
	return &view{tok: tok, turns: turns, segments: segments, room: room, target: room * 3 / 4, whole: whole, question: -1}
}

// admit appends turn i and shrinks the view when it has become too large.
func (v *view) admit(i int) {
	v.end = i + 1
	size := v.segments[i].size()
	v.total += size
	if v.turns[i].Turn.Role == chat.User && size > 0 {
		v.question = i
	}
	if v.total <= v.room {
		return
	}
	v.shrink()
	for v.first < i && v.segments[v.first].size() == 0 {
		v.drop()
	}
}

// shrink takes turns and tokens from the beginning of a view that is too large,
// down to the target where that is possible.
func (v *view) shrink() {
	last := v.end - 1
	limit := v.target
	if v.whole {
		limit = v.room // turns are cut only when whole ones do not do, and no more than must
		keep := v.question
		if keep < v.first {
			keep = last
		}
		for v.total > v.target && v.first < keep {
			v.drop()
		}
		for v.first > 0 && v.first < keep && v.turns[v.first].Turn.Role == chat.Assistant {
			v.drop() // an answer without its question
		}
	}
	for v.total > limit {
		excess := v.total - limit
		spare := len(v.segments[v.first].body) - v.cut - 1
		switch {
		case excess <= spare:
			v.shave(excess)
		case v.first < last:
			v.drop()
		case spare > 0:
			v.shave(spare)
			return
		default:
			return // one token of the last turn is left
		}
	}
}

// drop takes the first turn out of the view.
func (v *view) drop() {
	n := v.segments[v.first].size() - v.cut
	v.total -= n
	v.dropped += n
	v.first++
	v.cut = 0
}

// shave takes n tokens from the beginning of the first turn, and up to three
// more when the text would begin in the middle of a rune.
func (v *view) shave(n int) {
	body := v.segments[v.first].body
	to := v.cut + n
	for range utf8.UTFMax - 1 {
		if to == len(body)-1 || !strings.HasPrefix(v.tok.Decode(body[to:min(to+utf8.UTFMax, len(body))]), "\uFFFD") {
			break
		}
		to++
	}
	v.total -= to - v.cut
	v.dropped += to - v.cut
	v.cut = to
}

// before are the notes that stand before turn i, or, for the end of the view, after the last. None stands after a reply that goes on.
func (v *view) before(i int) (notes []aside) {
	for _, n := range v.notes {
		at, depth := v.end, n.depth
		if v.begun != nil {
			depth = max(depth, 1)
		}
		for depth > 0 && at > v.first {
			if at--; v.segments[at].size() > 0 {
				depth--
			}
		}
		if at == i {
			notes = append(notes, n)
		}
	}
	return notes
}

// text returns the ids of the view, turn by turn.
func (v *view) text() []int { return v.join(nil, nil, false) }

// join returns the ids of the view, turn by turn, after those of what opens it
// and before those that ask for a reply, with the notes among them or without.
func (v *view) join(opened, cue []int, notes bool) []int {
	ids := opened
	for i := v.first; i <= v.end; i++ {
		if notes && len(v.notes) > 0 {
			for _, n := range v.before(i) {
				ids = append(ids, n.ids...)
			}
		}
		if i == v.end {
			break
		}
		s := v.segments[i]
		body := s.body
		if i == v.first {
			body = body[v.cut:]
		}
		ids = append(ids, s.head...)
		ids = append(ids, body...)
		ids = append(ids, s.tail...)
	}
	if v.begun != nil {
		return ids
	}
	return append(ids, cue...)
}
