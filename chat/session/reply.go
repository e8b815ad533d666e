package session

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
	"inkling/engine/sample"
)

// A Reply is how the model answers: the reply that is being written, or waits for a model, and what is told of the last one.
type Reply struct {
	*shared
	chat     *Chat
	engine   *Slot
	settings *Settings
	view     *view
	traces   *Traces
	preview  *Preview

	controls *sample.Controls // of the reply that is being written, read by its goroutine
	writing  *writing         // nil for none; of several, the first that is not finished
	choice   choice           // several replies at once
	waiting  func() []Work    // the reply that is wanted as soon as a model is open, nil for none
	seed     uint64           // of the last reply
	seeded   bool             // there is one
	attempt  uint32           // that replies with a seed count from
	until    Stretch          // how far the last reply goes
	doing    *doing           // the task that a reply is for, nil for none
	watch    watch
}

// Writing reports whether a reply is being written.
func (r *Reply) Writing() bool { return r.writing != nil }

// Waiting reports whether a reply waits for its model, or is being made beside the chat.
func (r *Reply) Waiting() bool { return r.waiting != nil || r.aside() != nil }

// Rate is how many tokens a second the reply gets that is being written; 0: there is none, or it is too short to tell.
func (r *Reply) Rate() float64 {
	if r.writing == nil {
		return 0
	}
	return r.writing.rate
}

// Seed is the seed that the user fixed, or that of the last reply; ok is false where there is neither.
func (r *Reply) Seed() (seed uint64, fixed, ok bool) {
	if seed := r.settings.config.Seed; seed != nil {
		return *seed, true, true
	}
	return r.seed, false, r.seeded
}

// recall has Seed tell of the reply that the path ends with.
func (r *Reply) recall() {
	if leaf := r.chat.conv.Leaf(); leaf != nil && leaf.Reply != nil {
		r.seed, r.seeded = leaf.Reply.Seed, true
	}
}

// reset forgets what was told of another chat.
func (r *Reply) reset() {
	r.waiting, r.doing, r.until = nil, nil, ""
	r.choice.all = nil
	r.watch.odds, r.watch.course = Odds{}, nil
	r.seeded = false
	r.recall()
}

// Stop ends the reply that is being written; what is there is kept. One that waits for its model is not written. It
// reports whether there was anything to stop.
func (r *Reply) Stop() bool {
	if w := r.writing; w != nil {
		r.stop()
		return !w.finished
	}
	stopped := r.Waiting()
	if r.waiting = nil; r.aside() != nil {
		r.stop()
	}
	return stopped
}

// steer puts the settings in force, for the reply that is being written too. A first token of end-of-text would be a
// model that says nothing; the strings that end a turn are the format's.
func (r *Reply) steer() {
	q := r.settings.config.Params
	if r.doing != nil {
		r.doing.adjust(&q, r.settings.config)
	}
	q.MinTokens = max(q.MinTokens, 1)
	if q.MaxTokens > 0 {
		q.MaxTokens = max(q.MaxTokens, r.until.room())
	}
	q.Stop = append(slices.Clone(q.Stop), r.view.prompt.Stop...)
	r.controls.Store(q)
	r.choice.steer(q)
	if r.writing != nil && r.engine.model.Can().Live == engine.NextReply {
		r.hold("settings count from the next reply with this service")
	}
}

// Send adds the user's message and asks for a reply.
func (r *Reply) Send(text string) []Work {
	r.doing = nil
	r.tell(Asked{text})
	return r.answer(beginning{parent: r.chat.add(text).ID})
}

// Continue continues the last reply as a new version of it, or answers a message that has no reply yet. In a story it goes on where
// somebody is in it.
func (r *Reply) Continue(until Stretch) []Work {
	r.chat.commit()
	leaf := r.chat.conv.Leaf()
	if leaf != nil && r.writing == nil {
		if place, ok := r.chat.place(leaf); ok {
			return r.answer(beginning{parent: leaf.ID, place: &place, until: until})
		}
	}
	switch {
	case r.writing != nil:
		r.hold("still writing; press Esc to stop")
	case leaf == nil:
		r.say("write something first")
	case leaf.Role == chat.User:
		return r.answer(beginning{parent: leaf.ID, until: until})
	case r.engine.model != nil && r.chat.conv.Mode != chat.Story && !r.engine.model.Can().Continue:
		r.say("this service cannot continue a reply; Ctrl+R or /retry writes another")
	default:
		return r.answer(beginning{parent: leaf.Parent, continued: leaf, until: until})
	}
	return nil
}

// Retry asks for another version of the last reply. One that is being written is stopped.
func (r *Reply) Retry() []Work { return r.stopAnd(r.again) }

func (r *Reply) again() []Work {
	r.chat.commit()
	leaf := r.chat.conv.Leaf()
	if leaf != nil && leaf.Place != nil {
		if place, _ := after(leaf); leaf.Role == chat.User {
			return r.answer(beginning{parent: leaf.ID, place: &place})
		}
		return r.answer(beginning{parent: leaf.Parent, place: leaf.Place, removed: leaf.Removed, until: r.until})
	}
	switch {
	case leaf == nil:
		r.say("no reply to retry")
	case leaf.Role == chat.User:
		return r.answer(beginning{parent: leaf.ID})
	default:
		return r.answer(beginning{parent: leaf.Parent, until: r.until})
	}
	return nil
}

// A beginning is what a reply starts from.
type beginning struct {
	parent    int               // ID of the turn that it answers
	continued *chat.Turn        // it begins with that turn's text; nil for none
	ids       []int             // that it begins with, the continued text's and those chosen after it; nil where nobody chose
	trace     []chat.TraceToken // of these
	paused    bool              // it waits for an order
	steps     int               // and goes on by so many tokens then
	place     *int              // of a story, where it is put in; nil for the end
	removed   int               // bytes of the story that it takes the place of
	until     Stretch           // how far it goes
	seed      *uint64           // that it has where no other is fixed; nil: any
}

// answer starts a reply.
func (r *Reply) answer(b beginning) []Work {
	b.seed = r.preview.promised(b)
	r.preview.Drop()
	parent, continued := b.parent, b.continued
	open := continued != nil
	if open && continued.Place != nil {
		b.place, b.removed, open = continued.Place, continued.Removed, false // what it begins with is given by its tokens
	}
	if r.engine.model == nil || r.engine.own != "" {
		r.waiting = func() []Work { return r.answer(b) }
		r.hold("the model is still loading")
		return nil
	}
	path := r.chat.conv.PathTo(parent)
	if open {
		path = append(path, continued)
	}
	r.view.place = b.place
	p, packed, err := r.view.make(path, open)
	r.view.place = nil
	if r.fail(err) {
		return nil
	}
	r.view.prompt, r.view.packed = p, packed
	r.until = b.until
	r.steer()

	base := writing{controls: r.controls}
	if open && r.engine.codec == nil {
		base.begun = continued.Text
		base.raw = base.begun
	}
	if p.Begun != nil {
		base.ids = p.Begun
		base.begun = r.engine.codec.Decode(p.Begun)
		base.raw = base.begun
	}
	forced := b.follow(&base, p.Begun, r.traces)
	work := r.beginAll(base, r.request(b, p, forced))
	if work == nil {
		return nil
	}
	r.chat.conv.Model = r.engine.name
	r.chat.warned = false
	r.chat.saveHeader()
	r.tell(Asked{})
	r.changed()
	if w := r.writing; b.paused {
		if w.paused = true; b.steps > 0 {
			work = append(work, r.resumeBy(b.steps)...)
		}
	}
	return work
}

// request is what a reply asks the engine for.
func (r *Reply) request(b beginning, p prompt.Prompt, forced []int) asking {
	parent, continued := b.parent, b.continued
	seed, attempt := r.numbers(parent, continued, slices.Concat(p.Begun, forced))
	if seed == nil {
		seed = b.seed
	}
	memo := 0.0
	if continued != nil && continued.Reply != nil && p.Begun != nil && b.ids == nil {
		memo = continued.Reply.Memo
	}
	return asking{parent, b.place, b.removed, engine.Request{Prompt: p.IDs, Text: p.Text, Messages: messages(p.Messages), Controls: r.controls,
		Seed: seed, Attempt: attempt, Position: uint32(len(p.Begun)), Forced: forced, Paused: b.paused,
		Top: min(r.engine.model.Can().Top, alternatives), Ends: p.Ends, Memo: memo, NoDrafts: !r.settings.config.Speculation}}
}

// asking is a request for a reply to a turn.
type asking struct {
	parent int
	place  *int // of a story, where it is put in; nil for the end
	gone   int  // bytes of the story that it takes the place of
	engine.Request
}

// begin adds the turn of a reply that the engine has begun to the chat.
func (r *Reply) begin(w *writing, a asking, g engine.Generation) []Work {
	w.generation = g
	w.spaced = a.place != nil && r.spaced(a.parent, *a.place)
	w.turn = r.chat.conv.Add(a.parent, chat.Assistant, r.text(w), r.now())
	w.turn.Place, w.turn.Removed = a.place, a.gone
	r.seed, r.seeded = w.generation.Seed(), true
	packed := r.view.packed
	w.turn.Reply = &chat.Reply{Model: r.engine.model.Info().Name, Seed: w.generation.Seed(), Attempt: a.Attempt,
		PromptTokens: packed.Prefix + packed.History + packed.Note + packed.Cue}
	if r.engine.codec != nil {
		w.turn.Reply.Random = engine.RandomVersion
	}
	w.saved, w.from = r.now(), r.chat.rewritten
	r.chat.retry()
	r.chat.journal.SaveTurn(r.chat.conv.ID, w.turn)
	return []Work{{do: w.next}, r.confirm(w)}
}

// messages are those of a prompt as engines take them.
func messages(all []prompt.Message) (out []engine.Message) {
	for _, m := range all {
		out = append(out, engine.Message{Role: m.Role, Text: m.Text})
	}
	return out
}

// confirm waits until everything that a reply follows from is on disk. The reply is being computed meanwhile.
func (r *Reply) confirm(w *writing) Work {
	session, wait := r.chat.conv.ID, r.chat.wait()
	codec := r.engine.codec
	if r.engine.vocabulary != nil {
		codec = nil
	}
	return Work{do: func(ctx context.Context) Event {
		e := confirmed{reply: w, session: session}
		if codec != nil {
			e.words = vocabularyOf(codec)
		}
		e.err = r.chat.flush(ctx, session, wait)
		return e
	}}
}

// confirmed has the reply shown, unless the chat goes to the store once more.
func (r *Reply) confirmed(e confirmed) []Work {
	w := e.reply
	r.engine.learn(e.words, r.chat.journal)
	if v := r.engine.vocabulary; v != nil {
		w.turn.Reply.Vocabulary = v.sum
	}
	if e.session != r.chat.conv.ID {
		return []Work{r.confirm(w)} // it goes on in a copy
	}
	if r.chat.mend(e.err) {
		return append(r.chat.watch(), r.confirm(w))
	}
	work := r.chat.stored(e.err)
	w.kept = true
	if held := w.held; held != nil {
		w.held = nil
		work = append(work, Work{do: func(context.Context) Event { return *held }})
	}
	return work
}

// written adds tokens and asks for the next, or ends the reply.
func (r *Reply) written(e Written) []Work {
	w := e.reply
	if !w.kept {
		w.held = &e
		return nil
	}
	for _, event := range e.events {
		switch event.Kind {
		case engine.Drawn:
			if w.tokens == 0 {
				w.began = r.now()
			}
			w.raw += event.Token.Text
			w.tokens++
			w.tracing.add(event.Token, r.engine.codec != nil)
			if event.Token.Params != nil {
				w.last = event.Token.Params
			}
		case engine.Thought:
			r.chat.think(w.turn, event.Token.Text)
		case engine.Looping:
			r.looping(event.Token.Text)
		case engine.Back:
			w.raw = w.raw[:len(w.begun)+event.Kept]
			w.tokens -= event.Removed
			w.tracing.remove(event.Removed)
		case engine.Paused:
			w.paused, w.awaited = true, false
			r.version++
		}
	}
	if e.result != nil {
		return r.end(w, *e.result)
	}
	if seconds := r.now().Sub(w.began).Seconds(); w.tokens >= telling && seconds > 0 {
		w.rate = float64(w.tokens-1) / seconds
	}
	w.reached(r.until)
	w.turn.Text = r.text(w)
	if now := r.now(); now.Sub(w.saved) > saveEvery {
		w.saved = now
		w.turn.Reply.Tokens = w.tokens
		w.turn.Reply.Params, w.turn.Reply.Changes = encode(w.last), w.changes()
		r.save(w, w.turn)
	}
	work := []Work{{do: w.next}}
	if w == r.writing {
		r.watch.course = w.tracing.trace
	}
	if w == r.writing && (r.watch.wanted || w.paused && !w.fresh) {
		work = append(work, r.Peek()...)
	}
	return work
}

// looping tells that the reply repeats itself, and what can be done about it.
func (r *Reply) looping(span string) {
	const most = 24 // runes of it
	if runes := []rune(strings.TrimSpace(span)); len(runes) > most {
		span = string(runes[:most]) + "…"
	}
	text := fmt.Sprintf("repeating %q", strings.TrimSpace(span))
	if r.controls.Load().LoopGuard > 0 {
		text += "; going back"
	} else {
		text += "; /set loop_guard 3 breaks it"
	}
	r.say(text)
}

// end completes the reply's record and commits it; it is shown as finished when that is done.
func (r *Reply) end(w *writing, result engine.Result) []Work {
	w.state = r.record(w, result)
	final := w.turn.Clone()
	final.State = w.state
	r.chat.retry()
	session, wait := r.chat.conv.ID, r.chat.wait()
	r.save(w, &final)
	return []Work{{do: func(ctx context.Context) Event {
		return finished{w, session, r.chat.flush(ctx, session, wait)}
	}}}
}

// record fills in what the result tells and returns the state that the turn is to have.
func (r *Reply) record(w *writing, result engine.Result) chat.State {
	w.raw = w.begun + result.Text
	w.reached(r.until)
	removed := w.trim(r.piece)
	t := w.turn
	t.Text = r.text(w)
	t.Reply.StopReason, t.Reply.Memo = string(result.Reason), result.Memo
	t.Reply.Tokens = len(result.IDs)
	if r.engine.codec == nil {
		t.Reply.Tokens = result.Timings.Tokens
		if n := result.Timings.PromptTokens; n > 0 {
			t.Reply.PromptTokens, t.Reply.Counted = n, true
		}
	}
	for _, note := range result.Notes {
		r.problem(note)
	}
	t.Reply.Tokens -= removed
	t.Reply.TokensPerSecond, t.Reply.Drafted = result.Timings.TokensPerSecond(), result.Timings.Accepted
	t.Reply.IDs = append(w.ids, result.IDs[:max(len(result.IDs)-removed, 0)]...)
	if w.last == nil {
		w.last = w.controls.Load()
	}
	t.Reply.Params, t.Reply.Changes = encode(w.last), w.changes()
	t.Reply.Prefill = result.Timings.Prefill.Seconds()
	t.Reply.Logprob, _ = w.mean()
	w.finished = true
	if result.Err != nil {
		r.problem("the reply failed: " + result.Err.Error())
	}
	if w.cut > 0 {
		t.Reply.StopReason = string(engine.StopString)
		return chat.Done
	}
	if result.Reason == engine.Cancelled || result.Reason == engine.Failed {
		return chat.Stopped
	}
	return chat.Done
}

// encode writes parameters down for the record. They are numbers and strings, so it cannot fail.
func encode(p *sample.Params) json.RawMessage {
	data, _ := json.Marshal(p)
	return data
}

// finished shows the reply as finished, and does what was put off until then.
func (r *Reply) finished(e finished) []Work {
	e.reply.turn.State = e.reply.state
	e.reply.cancel()
	e.reply.over = true
	if w := e.reply; e.session == r.chat.conv.ID {
		if w.shown.Tokens = w.trace; r.engine.vocabulary != nil {
			w.shown.pieces = r.engine.vocabulary.pieces
		}
		r.traces.keep(w.turn.ID, &w.shown)
	}
	if r.writing == e.reply {
		r.front(r.choice.going(e.reply))
	}
	var work []Work
	if e.session == r.chat.conv.ID {
		work = r.chat.stored(e.err)
	} else {
		r.save(e.reply, e.reply.turn) // it became a copy meanwhile
	}
	if r.writing != nil {
		r.changed()
		return work
	}
	if w := e.reply; r.settings.config.Bell && w.state == chat.Done && r.now().Sub(w.turn.Created) >= longReply {
		r.tell(Bell{})
	}
	r.stop = nil
	r.ended()
	r.changed()
	return slices.Concat(work, r.resume(), r.checked(e.reply.turn), r.sendQueued())
}

// keep saves what there is of a reply when the program ends.
func (r *Reply) keep() {
	r.aside().end()
	for w := r.writing; w != nil; w = r.choice.going(w) {
		w.cancel()
		for e := range w.generation.Events() {
			if e.Kind == engine.Drawn {
				w.tracing.add(e.Token, r.engine.codec != nil)
				if e.Token.Params != nil {
					w.last = e.Token.Params
				}
			}
			if e.Kind == engine.Back {
				w.tracing.remove(e.Removed)
			}
		}
		if !w.finished {
			w.state = r.record(w, w.generation.Result())
		}
		w.turn.State, w.over = w.state, true
		r.save(w, w.turn)
	}
}

// Version switches between the versions of the last turn on the path that has any.
func (r *Reply) Version(step int) {
	if r.writing != nil {
		r.hold("still writing; press Esc to stop")
		return
	}
	r.chat.commit()
	ids, at := r.chat.versions()
	switch {
	case ids == nil:
		r.say("only one version; Ctrl+R writes another")
	case at+step < 0 || at+step >= len(ids):
		r.say(fmt.Sprintf("this is version %d of %d", at+1, len(ids)))
	default:
		r.chat.choose(ids[at+step])
		r.recall()
	}
}
