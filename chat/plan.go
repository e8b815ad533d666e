package chat

import (
	"errors"
	"fmt"
	"slices"
)

// A Plan is a prompt and the account of how it fills the model's context, all
// in tokens:
//
//	| Prefix | History | Cue | Free | Reserve |   = Context
//
// with len(Prompt) = Prefix + History + Cue.
type Plan struct {
	Prompt []int
	Stop   []string // strings that end the reply
	Ends   []int    // tokens that end the reply, besides end-of-text
	Note   string   // what the user should know of the prompt, in one line; "" for nothing

	// Begun holds the ids of the reply that is continued, all of them and only
	// whole runes; the prompt ends with them, or with the end of them where
	// CutTurn cuts the reply itself. The text so far is their Decode, to be
	// cleaned together with what follows. nil for a new reply.
	Begun []int

	Context int // the model's
	Reserve int // kept free for the reply
	Prefix  int // system text and preamble
	History int // turns that the model sees
	Cue     int // what asks for the reply

	Dropped      int  // tokens of the turns, or parts of turns, left out
	DroppedTurns int  // turns left out as a whole
	FirstKept    int  // ID of the first turn that the model sees; 0: it sees all
	CutTurn      bool // the beginning of the first kept turn is left out
}

// Free returns the tokens that neither the prompt nor the reserve uses. A reply
// may run on into them.
func (p Plan) Free() int { return p.Context - len(p.Prompt) - p.Reserve }

// ErrSystemTooLong is wrapped by the error of MakePlan when system text and
// preamble leave no room for a conversation.
var ErrSystemTooLong = errors.New("system text too long")

func tooLong(prefix, fits, context, reserve int) error {
	return fmt.Errorf("%w: with the preamble it has %d tokens, and %d fit (context %d, %d of them for the reply); shorten it",
		ErrSystemTooLong, prefix, max(0, fits), context, reserve)
}

func tooSmall(context, room, least int) error {
	return fmt.Errorf("a context of %d tokens is too small: %d are left for the conversation, and its last turn needs at least %d",
		context, max(0, room), least)
}

// MakePlan writes the path down in format f, in at most context-reserve tokens.
// With continueLast the prompt ends within the last turn, when that is the
// model's and has text, so that the model goes on with it; else it asks for a
// new reply. The start of a rune at the end of that turn is left out.
//
// A reserve of more than half of the context counts as half. The system text
// and a folder's preamble always stay; BasePreamble goes where it takes more
// than there is. When the turns need more than the room that is
// left, the oldest go. So that the prompt does not change at its beginning with
// every turn, which would cost a full prefill each time, more goes than must:
// down to three quarters of the room, if that is possible. Where the view
// begins follows from the path alone, and as turns are appended it only moves
// forward. Blank turns have no tokens.
//
// In formats with roles whole turns go, and the last user turn stays; where it
// is too long itself, as much of its beginning goes as must, and no more. Only
// a reply that is continued and fills the room by itself displaces it. In the
// others the model sees no turns, and the text is cut at any token. A chat
// template that does not take the conversation is replaced by a transcript, and
// the plan's Note says so.
func MakePlan(tok Tokenizer, f Format, system string, path []*Turn, continueLast bool, context, reserve int) (Plan, error) {
	if t, ok := f.(*Template); ok {
		p, err := t.plan(tok, system, path, continueLast, context, reserve)
		failed, ok := errors.AsType[templateError](err)
		if !ok {
			return p, err
		}
		f = transcript{preamble: BasePreamble, note: note(failed)}
	}
	p := Plan{Stop: f.Stop(), Context: context, Reserve: max(0, min(reserve, context/2))}
	if t, ok := f.(transcript); ok {
		p.Note = t.note
	}
	segments := make([]segment, len(path))
	before := ""
	modelFirst := true
	for i, t := range path {
		if t.blank() {
			continue
		}
		if before == "" {
			modelFirst = t.Role == Assistant
		}
		segments[i] = f.segment(tok, t, before)
		before = t.Text
	}
	prefix, err := f.opening(tok, system, modelFirst)
	if err != nil {
		return Plan{}, err
	}
	cue := f.cue(tok)
	if last := len(path) - 1; continueLast && last >= 0 && path[last].Role == Assistant {
		if body := wholeRunes(tok, segments[last].body); len(body) > 0 {
			segments[last].body, segments[last].tail = body, nil
			p.Begun = slices.Clone(body)
		} else {
			segments[last] = segment{}
		}
	}

	available := context - p.Reserve
	fits := available - available/4 - len(cue)
	if t, ok := f.(transcript); ok && len(prefix) > max(0, fits) && t.preamble == BasePreamble {
		t.preamble = ""
		if prefix, err = t.opening(tok, system, modelFirst); err != nil {
			return Plan{}, err
		}
	}
	if len(prefix) > max(0, fits) {
		return Plan{}, tooLong(len(prefix), fits, context, p.Reserve)
	}
	room := available - len(prefix) - len(cue)
	v := newView(tok, segments, room, f.roles())
	for i, t := range path {
		v.admit(i, t.Role)
	}
	if v.total > room {
		return Plan{}, tooSmall(context, room, v.total)
	}

	p.Prefix = len(prefix)
	p.Prompt = append(p.Prompt, prefix...)
	p.Prompt = v.appendTo(p.Prompt)
	p.History = len(p.Prompt) - p.Prefix
	if p.Begun == nil {
		p.Cue = len(cue)
		p.Prompt = append(p.Prompt, cue...)
	}
	if len(p.Prompt) == 0 {
		return Plan{}, errors.New("there is no text to go on from: write something first (this model's vocabulary has no end-of-text token to begin with)")
	}
	p.Dropped = v.dropped
	p.DroppedTurns = v.first
	p.CutTurn = v.cut > 0
	if v.dropped > 0 {
		p.FirstKept = path[v.first].ID
	}
	return p, nil
}
