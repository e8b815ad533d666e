package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/safe"
)

// whole reports whether the cursor is on all of a turn: no model wrote its tokens.
func whole(turn *chat.Turn) bool { return turn.Role != chat.Assistant || turn.Reply == nil }

// point moves the cursor over the tokens of replies, and over other turns, to the one after or, where step is negative, before. At first it
// stands on the last.
func (t *transcript) point(step int) []session.Work {
	i, token := t.pointed()
	if i < 0 {
		i, token, step = len(t.items), 0, -1
	}
	for ; i >= 0; i, token = i+step, -1 {
		if i >= len(t.items) {
			if step > 0 {
				return nil
			}
			continue
		}
		it := t.items[i]
		if whole(it.turn) {
			if token < 0 {
				t.pointTo(i, 0)
				return nil
			}
			continue
		}
		trace := t.session.Traces.Of(it.turn)
		if trace == nil {
			return t.session.Traces.Read(it.turn)
		}
		if token < 0 && step < 0 {
			token = len(trace.Ends)
		}
		for token += step; token >= 0 && token < len(trace.Ends); token += step {
			if token == 0 && trace.Ends[0] > 0 || token > 0 && trace.Ends[token] > trace.Ends[token-1] {
				t.pointTo(i, token)
				return nil
			}
		}
	}
	return nil
}

// place is the token that the cursor is on.
func (t *transcript) place() session.Place { return t.at }

// pointed is the item that the cursor is in, and its token; -1 for none.
func (t *transcript) pointed() (at, token int) {
	if t.at.Turn == nil {
		return -1, -1
	}
	return slices.IndexFunc(t.items, func(it *item) bool { return it.turn == t.at.Turn }), t.at.Token
}

// pointTo puts the cursor on a token, which is then in the window.
func (t *transcript) pointTo(i, token int) {
	t.unpoint()
	it := t.items[i]
	t.at = session.Place{Turn: it.turn, Token: token}
	it.cursor = token + 1
	it.changed()
	it.lines()
	row := 0
	for _, p := range it.laid.places {
		if p.token == token {
			row = p.row
		}
	}
	reveal(t, i, row)
}

// reveal moves the window as little as need be to show a line of an item.
func reveal(t *transcript, i, row int) {
	if t.follow {
		t.top = t.last()
	}
	below := row // lines from the top of the window to the row
	if i == t.top.item {
		below -= t.top.line
	} else if i > t.top.item {
		for k := t.top.item; k < i; k++ {
			below += len(t.items[k].lines())
		}
		below -= t.top.line
	} else {
		below = -1
	}
	switch {
	case below < 0:
		t.top, t.follow = position{i, row}, false
	case below >= t.height:
		t.follow = false
		t.scroll(below - t.height + 1)
	}
}

// unpoint takes the cursor away.
func (t *transcript) unpoint() {
	if i, _ := t.pointed(); i >= 0 {
		t.items[i].cursor = 0
		t.items[i].changed()
	}
	t.at = session.Place{}
}

// pointRow moves the cursor to the row above or below, which may be that of another turn. Where there is none, the text is scrolled.
func (t *transcript) pointRow(step int) []session.Work {
	i, token := t.pointed()
	if i < 0 {
		t.scroll(step)
		return nil
	}
	before := t.at
	if whole(t.items[i].turn) {
		if work := t.point(step); t.at != before || len(work) > 0 {
			return work
		}
		t.scroll(step)
		return nil
	}
	places := t.items[i].laid.places
	k := slices.IndexFunc(places, func(p place) bool { return p.token == token })
	best := -1
	for n, p := range places {
		if k >= 0 && p.row == places[k].row+step && (best < 0 || away(p, places[k]) < away(places[best], places[k])) {
			best = n
		}
	}
	switch beside := i + step; {
	case best >= 0:
		t.pointTo(i, places[best].token)
	case beside >= 0 && beside < len(t.items) && whole(t.items[beside].turn):
		t.pointTo(beside, 0)
	default:
		t.scroll(step)
	}
	return nil
}

func away(p, from place) int { return max(p.column-from.column, from.column-p.column) }

// click puts the cursor on the token at a place of the window.
func (t *transcript) click(x, y int) (work []session.Work, hit bool) {
	i, line := t.line(y)
	if i < 0 {
		return nil, false
	}
	it := t.items[i]
	if whole(it.turn) {
		t.pointTo(i, 0)
		return nil, true
	}
	trace := t.session.Traces.Of(it.turn)
	if trace == nil {
		return t.session.Traces.Read(it.turn), true
	}
	if it.laid.places == nil && len(trace.Tokens) > 0 { // its tokens are not in sight yet
		it.cursor = 1
		it.changed()
		it.lines()
		it.cursor = 0
		it.width = 0
	}
	token := it.token(x, line)
	if token >= 0 {
		t.pointTo(i, token)
	}
	return nil, token >= 0
}

// token is the token at a column of one of its lines, -1 for none.
func (it *item) token(x, line int) int {
	for _, p := range it.laid.places {
		if p.row == line && x >= p.column && x < p.column+p.width {
			return p.token
		}
	}
	return -1
}

// hovered is the token at a place of the window, where tokens are in sight.
func hovered(t *transcript, x, y int) (at session.Place) {
	if i, line := t.line(y); i >= 0 && x >= 0 && y >= 0 && y < t.height {
		if token := t.items[i].token(x, line); token >= 0 {
			at = session.Place{Turn: t.items[i].turn, Token: token}
		}
	}
	return at
}

// visible are the turns in the window.
func (t *transcript) visible() (turns []*chat.Turn) {
	at := t.top
	if t.follow {
		at = t.last()
	}
	for room := t.height + at.line; at.item < len(t.items) && room > 0; at.item++ {
		it := t.items[at.item]
		room -= len(it.lines())
		turns = append(turns, it.turn)
	}
	return turns
}

// told is what there is to tell of the token under the mouse, or the cursor; "" for none.
func (t *transcript) told(width int) string {
	if t.under.Turn != nil {
		return told(t.session.Traces, t.under, width)
	}
	if t.at.Turn != nil && whole(t.at.Turn) {
		return "E edits this turn; Ctrl+G, in your own editor"
	}
	return told(t.session.Traces, t.at, width)
}

// told is what there is to tell of a token, "" for none.
func told(traces *session.Traces, at session.Place, width int) string {
	if at.Turn == nil {
		return ""
	}
	trace := traces.Of(at.Turn)
	if trace == nil || at.Token >= len(trace.Tokens) {
		return ""
	}
	token := trace.Tokens[at.Token]
	text := fmt.Sprintf("%q", trace.Word(at.Token))
	if token.Rank > 0 {
		text += fmt.Sprintf(" %.1f%% rank %d", 100*math.Exp(float64(token.Logprob)), token.Rank)
	}
	text += ":"
	for i, a := range token.Alternatives[:min(len(token.Alternatives), 10)] {
		more := fmt.Sprintf(" %d %q %.0f%%", (i+1)%10, trace.Alternative(a), 100*math.Exp(float64(a.Logprob)))
		if ansi.StringWidth(text+more) > width-6 {
			break
		}
		text += more
	}
	return strings.ReplaceAll(safe.Line(text), "\"", "'")
}
