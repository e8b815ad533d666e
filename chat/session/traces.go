package session

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"inkling/chat"
	"inkling/engine"
)

// Traces tell how replies came about, token by token. Those of old replies are read when somebody looks at them.
type Traces struct {
	*shared
	chat   *Chat
	engine *Slot
	reply  *Reply

	known map[int]*Trace // by turn
	order []int          // in which they came
	asked map[int]bool   // they are being read
	words map[string][][]byte

	colours Colours
	wanted  *chat.Turn // to be told with marks when its trace is there
}

// A Trace is how a reply came about.
type Trace struct {
	Tokens []chat.TraceToken
	Ends   []int // where each token ends in the text of the turn

	text   string // of the turn
	pieces [][]byte
}

// mostTraces is how many are kept in memory.
const mostTraces = 64

// alternatives is how many of the likeliest tokens a trace tells of.
const alternatives = 10

// piece is the bytes of a token.
func (t *Trace) piece(id int, text []byte) []byte {
	if text == nil && id >= 0 && id < len(t.pieces) {
		return t.pieces[id]
	}
	return text
}

// Word is the text of a token of the reply.
func (t *Trace) Word(i int) string { return string(t.piece(t.Tokens[i].ID, t.Tokens[i].Text)) }

// Alternative is the text of a token that could have been.
func (t *Trace) Alternative(a chat.TraceAlternative) string { return string(t.piece(a.ID, a.Text)) }

// align finds the tokens in the text of the turn.
func (t *Trace) align(text string) {
	if t.text == text && len(t.Ends) == len(t.Tokens) {
		return
	}
	pieces := make([][]byte, len(t.Tokens))
	for i, token := range t.Tokens {
		pieces[i] = t.piece(token.ID, token.Text)
	}
	t.text, t.Ends = text, chat.Align(text, pieces)
}

// Of is the trace of a turn; nil where none is known, or none has been read yet.
func (t *Traces) Of(turn *chat.Turn) *Trace {
	if w := t.reply.writing; w != nil && w.turn == turn {
		w.shown.Tokens = w.trace
		if w.shown.pieces == nil && t.engine.vocabulary != nil {
			w.shown.pieces = t.engine.vocabulary.pieces
		}
		w.shown.align(turn.Text)
		return &w.shown
	}
	found := t.known[turn.ID]
	if found != nil {
		found.align(turn.Text)
	}
	return found
}

// Read reads the traces of turns from the store that are not known.
func (t *Traces) Read(turns ...*chat.Turn) (work []Work) {
	for _, turn := range turns {
		if w := t.reply.writing; turn.Role != chat.Assistant || turn.Reply == nil || t.known[turn.ID] != nil || t.asked[turn.ID] || w != nil && w.turn == turn {
			continue
		}
		t.asked[turn.ID] = true
		work = append(work, t.load(turn))
	}
	return work
}

func (t *Traces) load(turn *chat.Turn) Work {
	id, sum, session := turn.ID, turn.Reply.Vocabulary, t.chat.conv.ID
	store, _ := t.chat.store.(chat.Traces)
	pieces := t.words[sum]
	if v := t.engine.vocabulary; v != nil && v.sum == sum {
		pieces = v.pieces
	}
	return Work{do: func(ctx context.Context) Event {
		e := traced{session: session, turn: id, sum: sum}
		if store == nil {
			return e
		}
		ctx, cancel := context.WithTimeout(ctx, storePatience)
		defer cancel()
		_ = t.chat.journal.Flush(ctx, session) // what could not be written was told
		tokens, err := store.Trace(ctx, session, id)
		if err == nil && pieces == nil && sum != "" && len(tokens) > 0 {
			pieces, err = store.Vocabulary(ctx, sum)
		}
		e.trace, e.err = &Trace{Tokens: tokens, pieces: pieces}, err
		return e
	}}
}

// traced brings a trace.
type traced struct {
	session string
	turn    int
	sum     string
	trace   *Trace
	err     error
}

func (traced) event() {}

func (t *Traces) traced(e traced) {
	delete(t.asked, e.turn)
	if e.session != t.chat.conv.ID {
		return // it can be asked for again: the chat may go on in a copy
	}
	if t.fail(e.err) || e.trace == nil {
		e.trace = &Trace{}
	}
	if e.trace.pieces != nil {
		t.words[e.sum] = e.trace.pieces
	}
	t.keep(e.turn, e.trace)
	if t.wanted != nil && t.wanted.ID == e.turn {
		t.tell(Marked{t.marked(t.wanted)})
		t.wanted = nil
	}
}

// keep keeps a trace in memory, in place of the oldest.
func (t *Traces) keep(turn int, trace *Trace) {
	t.version++
	t.known[turn] = trace
	t.order = append(slices.DeleteFunc(t.order, func(id int) bool { return id == turn }), turn)
	if len(t.order) > mostTraces {
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
}

// reset forgets the traces of another chat.
func (t *Traces) reset() { t.known, t.asked, t.order = map[int]*Trace{}, map[int]bool{}, nil }

// A vocabulary is the pieces of a tokenizer by their ids, under their checksum.
type vocabulary struct {
	sum    string
	pieces [][]byte
}

// learn keeps the vocabulary of the model where it is not known yet; nil is none.
func (s *Slot) learn(words *vocabulary, journal *chat.Journal) {
	if words != nil && s.vocabulary == nil {
		s.vocabulary = words
		journal.SaveVocabulary(words.sum, words.pieces)
	}
}

func vocabularyOf(c *engine.Codec) *vocabulary {
	v := &vocabulary{pieces: make([][]byte, c.Info().Vocab)}
	sum := sha256.New()
	var size []byte
	for id := range v.pieces {
		v.pieces[id] = c.Piece(id)
		size = binary.AppendUvarint(size[:0], uint64(len(v.pieces[id])))
		sum.Write(size)
		sum.Write(v.pieces[id])
	}
	v.sum = hex.EncodeToString(sum.Sum(nil)[:16])
	return v
}
