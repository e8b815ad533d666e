package session

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"inkling/chat"
	"inkling/engine"
)

// stepping is what somebody wants of a reply that waits, or is to.
type stepping struct {
	paused   bool // it waits for an order
	awaited  bool // it is to wait again soon: after a step
	fresh    bool // the odds are those of the next token
	ordering bool // an order is being carried out
	orders   []func(engine.Steppable) error
	later    []func() []Work // what is to be done when the odds are fresh
}

// ordered says that an order was carried out, or why not.
type ordered struct {
	reply *writing
	err   error
}

func (ordered) event() {}

// Paused reports whether the reply that is being written waits for an order.
func (r *Reply) Paused() bool {
	return r.writing != nil && (r.writing.paused || r.writing.awaited) && !r.writing.finished
}

// Ready reports whether the reply waits for an order, and what can be ordered is known.
func (r *Reply) Ready() bool { return r.Paused() && r.writing.fresh }

// steppable is the reply that is being written, nil where there is none, or none that takes orders.
func (r *Reply) steppable() *writing {
	w := r.writing
	if w == nil || w.finished {
		r.say("no reply is being written")
		return nil
	}
	if _, ok := w.generation.(engine.Steppable); !ok {
		r.hold("this service writes on; a reply of it cannot be paused")
		return nil
	}
	return w
}

// together are the replies that are written with the one that is stepped, itself among them.
func (r *Reply) together() (all []*writing) {
	if !slices.Contains(r.choice.all, r.writing) {
		return []*writing{r.writing}
	}
	for _, w := range r.choice.all {
		if !w.finished && !w.over {
			all = append(all, w)
		}
	}
	return all
}

// waits is the reply that waits for an order, nil where none does.
func (r *Reply) waits() *writing {
	w := r.steppable()
	if w != nil && !r.Paused() {
		r.hold("pause first: Space on an empty line, or /pause")
		return nil
	}
	return w
}

// orderAll has all replies that are written do something.
func (r *Reply) orderAll(do func(engine.Steppable)) (work []Work) {
	for _, w := range r.together() {
		work = append(work, r.order(w, func(g engine.Steppable) error { do(g); return nil })...)
	}
	return work
}

// order has a reply do something, after what it was told before.
func (r *Reply) order(w *writing, do func(engine.Steppable) error, chosen ...chat.Origin) []Work {
	w.chosen = append(w.chosen, chosen...)
	w.fresh = false
	w.orders = append(w.orders, do)
	r.version++
	return r.nextOrder(w)
}

func (r *Reply) nextOrder(w *writing) []Work {
	if w.ordering || len(w.orders) == 0 {
		return nil
	}
	w.ordering = true
	do := w.orders[0]
	w.orders = w.orders[1:]
	return []Work{{do: func(context.Context) Event { return ordered{w, do(w.generation.(engine.Steppable))} }}}
}

// ordered goes on with the next order, or has the odds worked out where the reply waits.
func (r *Reply) ordered(e ordered) []Work {
	w := e.reply
	w.ordering = false
	if w.over || r.writing == nil {
		return nil
	}
	if e.err != nil && !w.finished {
		w.chosen = nil
		r.problem(e.err.Error())
	}
	if len(w.orders) > 0 {
		return r.nextOrder(w)
	}
	if w == r.writing && w.paused && !w.awaited {
		return r.Peek()
	}
	return nil
}

// whenFresh does something that needs the odds of the next token.
func (r *Reply) whenFresh(w *writing, do func() []Work) []Work {
	if w.fresh {
		return do()
	}
	w.later = append(w.later, do)
	return nil
}

// later does what was waiting for the odds.
func (r *Reply) later() (work []Work) {
	w := r.writing
	for w.fresh && len(w.later) > 0 {
		do := w.later[0]
		w.later = w.later[1:]
		work = append(work, do()...)
	}
	return work
}

// Pause has the reply that is being written wait before its next token, or go on where it waits; of several, all.
func (r *Reply) Pause() []Work {
	if r.steppable() == nil {
		return nil
	}
	if !r.Paused() {
		return r.orderAll(engine.Steppable.Pause)
	}
	for _, w := range r.together() {
		w.paused, w.awaited, w.later = false, false, nil
	}
	return r.orderAll(func(g engine.Steppable) { g.Resume(0) })
}

// Step has the reply go on by so many tokens, of several all. One that is being written waits then; without one, the last reply goes on.
func (r *Reply) Step(n int) []Work {
	switch leaf := r.chat.conv.Leaf(); {
	case r.writing != nil:
		if r.steppable() == nil {
			return nil
		}
		return r.resumeBy(n)
	case leaf == nil:
		r.say("write something first")
		return nil
	case leaf.Role == chat.User:
		return r.answer(beginning{parent: leaf.ID, paused: true, steps: n})
	case r.engine.codec == nil:
		r.say("this service writes on; a reply of it cannot be paused")
		return nil
	default:
		return r.answer(beginning{parent: leaf.Parent, continued: leaf, paused: true, steps: n})
	}
}

func (r *Reply) resumeBy(n int) []Work {
	for _, w := range r.together() {
		w.paused, w.awaited = false, true
	}
	return r.orderAll(func(g engine.Steppable) { g.Resume(n) })
}

// Pick takes an alternative for the next token, by its place among the odds.
func (r *Reply) Pick(n int) []Work {
	w := r.waits()
	if w == nil {
		return nil
	}
	return r.whenFresh(w, func() []Work {
		odds := r.watch.odds.Tokens
		if n < 0 || n >= len(odds) {
			r.hold(fmt.Sprintf("no alternative %d; there are 1 to %d", n+1, len(odds)))
			return nil
		}
		return r.take(w, chat.Picked, odds[n].ID)
	})
}

// take appends tokens that somebody chose.
func (r *Reply) take(w *writing, by chat.Origin, ids ...int) []Work {
	return r.order(w, func(g engine.Steppable) error {
		for _, id := range ids {
			if err := g.Pick(id); err != nil {
				return err
			}
		}
		return nil
	}, slices.Repeat([]chat.Origin{by}, len(ids))...)
}

// Write puts words in place of the next tokens: as they are, with a blank before them where they would join with the word before.
func (r *Reply) Write(words string) []Work {
	w := r.waits()
	if w == nil || words == "" {
		return nil
	}
	return r.take(w, chat.Edited, r.engine.codec.Encode(apart(w.raw, words))...)
}

// apart is words with a blank before them where they would join with the text before.
func apart(text, words string) string {
	last, _ := utf8.DecodeLastRuneInString(text)
	first, _ := utf8.DecodeRuneInString(words)
	if text != "" && !unicode.IsSpace(last) && !strings.ContainsRune("-([{\"'“‘", last) && (unicode.IsLetter(first) || unicode.IsDigit(first)) {
		return " " + words
	}
	return words
}

// Back takes the last n tokens of the reply back.
func (r *Reply) Back(n int) []Work {
	w := r.waits()
	if w == nil {
		return nil
	}
	return r.order(w, func(g engine.Steppable) error { return g.Back(n) })
}

// Replace begins another version of a reply, which has the alternative of that number in place of the token at.
func (r *Reply) Replace(turn *chat.Turn, at, alternative int) []Work {
	trace := r.traces.Of(turn)
	if trace == nil || at < 0 || at >= len(trace.Tokens) || alternative < 0 || alternative >= len(trace.Tokens[at].Alternatives) {
		r.hold("there is no such alternative")
		return nil
	}
	a := trace.Tokens[at].Alternatives[alternative]
	if r.chat.conv.Mode == chat.Story && turn != r.chat.conv.Leaf() {
		return r.rewriteWithin(turn, at, a.ID, trace.Alternative(a))
	}
	return r.branch(turn, at, chat.Picked, trace.Alternative(a))
}

// rewrite begins another version of a reply, which has words in place of the token at and what follows.
func (r *Reply) rewrite(turn *chat.Turn, at int, words string) []Work {
	trace := r.traces.Of(turn)
	if trace == nil || at < 0 || at >= len(trace.Tokens) {
		r.hold("there is no such token")
		return nil
	}
	return r.branch(turn, at, chat.Edited, apart(string(trace.before(at)), words))
}

// before is the bytes of the tokens before one.
func (t *Trace) before(at int) (text []byte) {
	for i := range at {
		text = append(text, t.piece(t.Tokens[i].ID, t.Tokens[i].Text)...)
	}
	return text
}

// branch begins a version of a reply that has a text in place of the token at, and waits where that reply did. The old one stays.
func (r *Reply) branch(turn *chat.Turn, at int, by chat.Origin, text string) []Work {
	if r.engine.codec == nil {
		r.say("this service cannot go on from a token; Ctrl+R or /retry writes another reply")
		return nil
	}
	paused := r.Paused()
	trace := r.traces.Of(turn)
	return r.stopAnd(func() []Work {
		begun := string(trace.before(at))
		b := beginning{parent: turn.Parent, paused: paused}
		cut := turn.Clone()
		cut.Text = r.view.choice.Format.Clean(strings.ToValidUTF8(begun, "\uFFFD"))
		if cut.Reply == nil {
			cut.Reply = &chat.Reply{}
		}
		var ids []int
		for i, token := range trace.Tokens[:at] {
			if token.Text == nil && bytes.Equal(trace.piece(token.ID, nil), r.engine.codec.Piece(token.ID)) {
				ids = append(ids, trace.Tokens[i].ID)
			}
		}
		if len(ids) == at {
			b.trace = trace.Tokens[:at:at]
		} else { // another model wrote it
			ids = r.engine.codec.Encode(begun)
		}
		cut.Reply.IDs = ids
		chosen := r.engine.codec.Encode(text)
		for _, a := range trace.Tokens[at].Alternatives { // a token that text alone may not spell
			if by == chat.Picked && trace.Alternative(a) == text && string(r.engine.codec.Piece(a.ID)) == text {
				chosen = []int{a.ID}
			}
		}
		for _, id := range chosen {
			b.trace = append(b.trace[:len(b.trace):len(b.trace)], chat.TraceToken{ID: id, Origin: by})
		}
		b.continued, b.ids = &cut, append(ids, chosen...)
		return r.answer(b)
	})
}

// follow gives a reply the trace of what it begins with, begun of it in the prompt, and returns the tokens that follow by themselves.
func (b *beginning) follow(w *writing, begun []int, traces *Traces) (forced []int) {
	old := b.trace
	if b.continued != nil && b.ids == nil {
		if t := traces.Of(b.continued); t != nil {
			old = t.Tokens
		}
	}
	w.tracing.begin(begun, old)
	if b.ids == nil {
		return nil
	}
	rest := len(begun)
	if len(begun) > len(b.ids) || !slices.Equal(b.ids[:len(begun)], begun) {
		rest = len(b.ids) - 1 // it was written down in other tokens
	}
	origins := make([]chat.Origin, len(b.ids))
	for i, token := range slices.Backward(b.trace) {
		origins[len(origins)-len(b.trace)+i] = token.Origin
	}
	w.forced = origins[rest:]
	return b.ids[rest:]
}

// runStep is the command /step.
func runStep(s *Session, arg string) []Work {
	n := 1
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 1 {
			s.problem("usage: /step [number of tokens]")
			return nil
		}
	}
	return s.Reply.Step(n)
}

// runPick is the command /pick: an alternative by its number, or words.
func runPick(s *Session, arg string) []Work {
	if arg == "" {
		s.tell(s.Reply.Alternatives())
		return nil
	}
	if n, err := strconv.Atoi(arg); err == nil {
		return s.Reply.Pick(n - 1)
	}
	return s.Reply.Write(arg)
}

// runBack is the command /back.
func runBack(s *Session, arg string) []Work {
	n := 1
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 1 {
			s.problem("usage: /back [number of tokens]")
			return nil
		}
	}
	return s.Reply.Back(n)
}

// Alternatives list the odds of the next token, for a front end in lines.
func (r *Reply) Alternatives() Sheet {
	sheet := Sheet{Title: "Alternatives for the next token"}
	for i, o := range r.Odds().Tokens {
		words := fmt.Sprintf("%.1f%%", 100*o.Before)
		if o.Dropped != "" {
			words += ", dropped by " + o.Dropped
		}
		sheet.add(fmt.Sprintf("%2d  %q", i+1, o.Text), words)
	}
	if len(sheet.Rows) == 0 {
		sheet.add("None: no reply waits. /step writes one token, /pause has a reply wait.", "")
	}
	return sheet
}
