package prompt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"inkling/chat"
)

// A Prompt is what a model reads.
type Prompt struct {
	IDs  []int
	Stop []string // strings that end the reply
	Ends []int    // tokens that end the reply, besides end-of-text
	// In place of ids, for services that write conversations down themselves (see Elsewhere).
	Text     string
	Messages []Message

	Warning string // what the user should know of the prompt, in one line; "" for nothing

	// Begun holds the ids of the reply that goes on, all of them and only
	// whole runes; the prompt ends with them, or with the end of them where
	// the reply itself is cut. The text so far is their Decode, to be
	// cleaned together with what follows. nil for a new reply.
	Begun []int
}

// Packed is the account of how a prompt fills the model's context, in tokens:
//
//	| Prefix | History and Note | Cue | free | Reserve |   = Context
type Packed struct {
	Context int // the model's
	Reserve int // kept free for the reply, which may run on into what else is free
	Prefix  int // system text, memory, world notes and preamble
	History int // turns that the model sees
	Note    int // notes among them
	Cue     int // what asks for the reply

	Dropped      int  // tokens of the turns, or parts of turns, left out
	DroppedTurns int  // turns left out as a whole
	FirstKept    int  // ID of the first turn that the model sees; 0: it sees all
	CutTurn      bool // the beginning of the first kept turn is left out

	Memory    int  // of Prefix
	World     int  // of Prefix
	Worlds    int  // world notes that the model sees
	WorldsOut int  // that it would see if there were room
	About     bool // the counts are not exact
}

// A Writer writes conversations down for a model. It keeps the tokens of turns
// from prompt to prompt: a conversation that has grown by a turn costs the
// encoding of that turn.
type Writer struct {
	choice  Choice
	tok     Tokenizer
	turns   []encoded       // by ID, from 1 on
	opens   map[opening]int // tokens before the first turn
	sizes   map[string]int  // tokens of world notes
	instead *Writer         // where the format refuses a conversation
}

// encoded is a turn in tokens, with what they depend on.
type encoded struct {
	turn      *chat.Turn
	text, ids int        // how long the text is, and the record of its ids
	ahead     *chat.Turn // that is not blank, nil for none
	end       int        // how long its text is
	segment   segment
}

// NewWriter returns a writer for a model with that tokenizer.
func NewWriter(c Choice, tok Tokenizer) *Writer { return &Writer{choice: c, tok: tok} }

// ErrSystemTooLong is wrapped by the error of Write when system text and
// preamble leave no room for a conversation.
var ErrSystemTooLong = errors.New("system text too long")

func tooLong(prefix, fits, context, reserve int) error {
	return fmt.Errorf("%w: with memory, notes and preamble it has %d tokens, and %d fit (context %d, %d of them for the reply); shorten it",
		ErrSystemTooLong, prefix, max(0, fits), context, reserve)
}

func tooSmall(context, room, least int) error {
	return fmt.Errorf("a context of %d tokens is too small: %d are left for the conversation, and its last turn needs at least %d",
		context, max(0, room), least)
}

// Write writes blocks down in at most context-reserve tokens. A reserve of more
// than half of the context counts as half.
//
// The system text and a folder's preamble always stay; BasePreamble goes where
// it takes more than there is. When the turns need more than the room that is
// left, the oldest go. So that the prompt does not change at its beginning with
// every turn, which would cost a full prefill each time, more goes than must:
// down to three quarters of the room, if that is possible. Where the view
// begins follows from the path alone, and as turns are appended it only moves
// forward. Blank turns have no tokens.
//
// In formats with roles whole turns go, and the last user turn stays; where it
// is too long itself, as much of its beginning goes as must, and no more. Only
// a reply that goes on and fills the room by itself displaces it. In the
// others the model sees no turns, and the text is cut at any token. The start of
// a rune at the end of a reply that goes on is left out.
//
// A chat template that does not take the conversation is replaced by a
// transcript, and the prompt's Warning says so.
func (w *Writer) Write(blocks []Block, context, reserve int) (Prompt, Packed, error) {
	p, packed, err := w.write(blocks, context, reserve)
	refused, ok := errors.AsType[refusal](err)
	if !ok {
		return p, packed, err
	}
	if w.instead == nil {
		w.instead = NewWriter(Choice{Format: transcript{}, Preamble: basePreamble}, w.tok)
	}
	w.instead.choice.Warning = warning(refused)
	return w.instead.write(append([]Block{basePreamble}, blocks...), context, reserve)
}

func (w *Writer) write(blocks []Block, context, reserve int) (Prompt, Packed, error) {
	p := Prompt{Warning: w.choice.Warning}
	p.Stop, p.Ends = w.choice.Format.Ends()
	packed := Packed{Context: context, Reserve: max(0, min(reserve, context/2))}
	available := context - packed.Reserve
	o, turns := split(blocks)
	w.world(&o, blocks, available/4, &packed)
	cue := w.choice.Format.cue(w.tok)
	notes := w.notes(blocks, &packed)
	fits := available - available/4 - len(cue) - packed.Note
	prefix, err := w.open(&o, blocks, fits)
	if err != nil {
		return Prompt{}, Packed{}, err
	}
	if prefix > max(0, fits) {
		return Prompt{}, Packed{}, tooLong(prefix+packed.Note, fits+packed.Note, context, packed.Reserve)
	}
	segments := w.segments(turns)
	if p.Begun = w.begin(turns, segments); p.Begun != nil {
		cue = nil
	}
	v, ids, err := w.pack(o, turns, segments, p.Begun, notes, available, prefix, context)
	if err != nil {
		return Prompt{}, Packed{}, err
	}
	if len(ids) == 0 {
		return Prompt{}, Packed{}, errors.New("there is no text to go on from: write something first (this model's vocabulary has no end-of-text token to begin with)")
	}
	p.IDs = ids
	packed.Cue = len(cue)
	packed.Prefix = min(prefix, len(ids))
	packed.History = max(len(ids)-packed.Prefix-packed.Cue-packed.Note, 0)
	w.account(o, &packed)
	packed.Dropped, packed.DroppedTurns, packed.CutTurn = v.dropped, v.first, v.cut > 0
	if v.dropped > 0 {
		packed.FirstKept = turns[v.first].Turn.ID
	}
	return p, packed, nil
}

// split tells what opens the prompt from the turns, which come before the notes.
func split(blocks []Block) (o opening, turns []Block) {
	first := slices.IndexFunc(blocks, func(b Block) bool { return b.Kind == Turn })
	if first < 0 {
		first = len(blocks)
	}
	for _, b := range blocks[:first] {
		switch b.Kind {
		case System:
			o.system = b.Text
		case Memory:
			o.memory = strings.TrimSpace(o.memory + "\n\n" + b.Text)
		case Preamble:
			o.preamble = b.Text
		}
	}
	turns = blocks[first:]
	if last := slices.IndexFunc(turns, func(b Block) bool { return b.Kind != Turn }); last >= 0 {
		turns = turns[:last] // notes follow
	}
	o.modelFirst, o.blank = true, true
	for _, b := range turns {
		if !b.Turn.Blank() {
			o.modelFirst, o.blank = b.Turn.Role == chat.Assistant, false
			break
		}
	}
	return o, turns
}

// open returns how many tokens open the prompt. Where they are more than fit,
// those go that stay only if there is room.
func (w *Writer) open(o *opening, blocks []Block, fits int) (int, error) {
	n, err := w.size(*o)
	if err != nil || n <= max(0, fits) || !slices.ContainsFunc(blocks, func(b Block) bool { return b.Kind == Preamble && b.Keep == IfRoom }) {
		return n, err
	}
	o.preamble = ""
	return w.size(*o)
}

// mostKept is how many counts are kept; then they are counted again.
const mostKept = 256

// size returns how many tokens come before the first turn.
func (w *Writer) size(o opening) (int, error) {
	if n, ok := w.opens[o]; ok {
		return n, nil
	}
	n, err := w.choice.Format.open(w.tok, o)
	if err != nil {
		return 0, err
	}
	if w.opens == nil || len(w.opens) > mostKept {
		w.opens = map[opening]int{}
	}
	w.opens[o] = n
	return n, nil
}

// world puts the world notes in that have room, in their order.
func (w *Writer) world(o *opening, blocks []Block, room int, packed *Packed) {
	var texts []string
	for _, b := range blocks {
		if b.Kind != World {
			continue
		}
		n, ok := w.sizes[b.Text]
		if !ok {
			if w.sizes == nil || len(w.sizes) > mostKept {
				w.sizes = map[string]int{}
			}
			n = len(w.tok.Encode(b.Text + "\n\n"))
			w.sizes[b.Text] = n
		}
		if n > room {
			packed.WorldsOut++
			continue
		}
		room -= n
		packed.Worlds++
		texts = append(texts, strings.TrimSpace(b.Text))
	}
	o.world = strings.Join(texts, "\n\n")
}

// notes are those among the turns, in tokens.
func (w *Writer) notes(blocks []Block, packed *Packed) (notes []aside) {
	for _, b := range blocks {
		if text := strings.TrimSpace(b.Text); b.Kind == Note && text != "" {
			n := aside{text, w.choice.Format.aside(w.tok, text), b.Depth}
			packed.Note += len(n.ids)
			notes = append(notes, n)
		}
	}
	return notes
}

// account says what memory and world notes take of what opens the prompt.
func (w *Writer) account(o opening, packed *Packed) {
	whole, _ := w.size(o)
	o.world = ""
	without, _ := w.size(o)
	o.memory = ""
	system, _ := w.size(o)
	packed.World, packed.Memory = whole-without, without-system
}

// segments returns the turns in tokens; a blank one has none.
func (w *Writer) segments(turns []Block) []*segment {
	last := 0
	for _, b := range turns {
		last = max(last, b.Turn.ID)
	}
	if last >= len(w.turns) {
		w.turns = append(w.turns, make([]encoded, last+1-len(w.turns)+64)...)
	}
	segments := make([]*segment, len(turns))
	blank := &segment{}
	var ahead *chat.Turn
	for i, b := range turns {
		if b.Turn.Blank() {
			segments[i] = blank
			continue
		}
		segments[i] = w.segment(b.Turn, ahead)
		ahead = b.Turn
	}
	return segments
}

// segment returns a turn in tokens, as it was kept where that still holds.
func (w *Writer) segment(t, ahead *chat.Turn) *segment {
	ids, end := 0, 0
	if t.Reply != nil {
		ids = len(t.Reply.IDs)
	}
	if ahead != nil {
		end = len(ahead.Text)
	}
	e := &w.turns[t.ID]
	if e.turn != t || e.text != len(t.Text) || e.ids != ids || e.ahead != ahead || e.end != end {
		*e = encoded{t, len(t.Text), ids, ahead, end, w.choice.Format.turn(w.tok, t, ahead, false)}
	}
	return &e.segment
}

// begin opens the end of the last turn, where the model goes on with it, and
// returns its ids; nil for a new reply.
func (w *Writer) begin(turns []Block, segments []*segment) []int {
	last := len(turns) - 1
	if last < 0 || !turns[last].Open {
		return nil
	}
	open := segment{}
	if t := turns[last].Turn; !t.Blank() {
		var ahead *chat.Turn
		for i := last - 1; i >= 0 && ahead == nil; i-- {
			if !turns[i].Turn.Blank() {
				ahead = turns[i].Turn
			}
		}
		open = w.choice.Format.turn(w.tok, t, ahead, true)
	}
	if open.body = wholeRunes(w.tok, open.body); len(open.body) == 0 {
		segments[last] = &segment{}
		return nil
	}
	segments[last] = &open
	return slices.Clone(open.body)
}

// pack chooses what stays of the turns and writes it down. Where a format knows
// only about how many tokens it writes, and these are too many, it packs again
// for less.
func (w *Writer) pack(o opening, turns []Block, segments []*segment, begun []int, notes []aside, available, prefix, context int) (*view, []int, error) {
	cue := len(w.choice.Format.cue(w.tok))
	beside := 0
	for _, n := range notes {
		beside += len(n.ids)
	}
	for room := available - prefix - cue - beside; ; {
		v := newView(w.tok, turns, segments, room, w.choice.Format.roles())
		v.begun, v.notes = begun, notes
		for i := range turns {
			v.admit(i)
		}
		ids, err := w.choice.Format.write(w.tok, o, v)
		if err != nil {
			return nil, nil, err
		}
		excess := len(ids) - available
		if begun != nil {
			excess += cue // its place stays free
		}
		if excess <= 0 {
			return v, ids, nil
		}
		if v.total > room {
			return nil, nil, tooSmall(context, room, v.total)
		}
		const least = 8 // so that there are few rounds
		room -= max(excess, least)
	}
}
