package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// reply is a reply that is being written.
type reply struct {
	turn       *chat.Turn
	item       *item
	generation *engine.Generation
	cancel     context.CancelFunc

	begun    string // the text that a continued reply goes on from, as the model wrote it
	ids      []int  // its token ids
	raw      string // that and everything the model wrote, before the format cleans it
	tokens   int
	params   *sample.Params // of the last token
	began    time.Time      // first token
	saved    time.Time      // last time the turn went to the store
	finished bool
	state    chat.State // that the turn gets when it is finished
}

const (
	frame     = 33 * time.Millisecond  // how long tokens are collected before they are shown
	saveEvery = 400 * time.Millisecond // how often a growing reply goes to the store
	flushTime = 10 * time.Second       // how long the end of a reply waits for the store, which waits 5 s for another process
)

// batchMsg brings the tokens of one frame, and the result after the last of them.
type batchMsg struct {
	reply  *reply
	tokens []engine.Token
	result *engine.Result
}

// next waits for tokens. The first is brought at once, later ones frame by frame. One next is out at a time, so the order
// stays.
func (r *reply) next() tea.Msg {
	msg := batchMsg{reply: r}
	t, ok := <-r.generation.Tokens()
	if !ok {
		result := r.generation.Result()
		msg.result = &result
		return msg
	}
	msg.tokens = append(msg.tokens, t)
	if r.tokens == 0 {
		return msg
	}
	timer := time.NewTimer(frame)
	defer timer.Stop()
	for {
		select {
		case t, ok := <-r.generation.Tokens():
			if !ok {
				result := r.generation.Result()
				msg.result = &result
				return msg
			}
			msg.tokens = append(msg.tokens, t)
		case <-timer.C:
			return msg
		}
	}
}

// send adds the user's message and asks for a reply.
func (p *program) send(text string) tea.Cmd {
	p.composer.remember(text)
	p.composer.clear()
	p.suggest = suggestions{}
	turn := p.addQuestion(text)
	return p.answer(turn.ID, nil)
}

// addQuestion adds a message of the user to the path.
func (p *program) addQuestion(text string) *chat.Turn {
	parent := 0
	if leaf := p.conv.Leaf(); leaf != nil {
		parent = leaf.ID
	}
	if p.conv.Mode == chat.Chat {
		text = strings.TrimSpace(text)
	}
	turn := p.conv.Add(parent, chat.User, text, p.now())
	p.conv.Draft = ""
	p.journal.SaveSession(p.conv.Header())
	p.journal.SaveTurn(p.conv.ID, turn)
	p.transcript.toEnd()
	p.changed()
	return turn
}

// goOn continues the last reply as a new version of it, or answers a message that has no reply yet.
func (p *program) goOn() tea.Cmd {
	leaf := p.conv.Leaf()
	switch {
	case p.reply != nil:
		p.say("still writing: Esc stops it")
	case leaf == nil:
		p.say("write something first")
	case leaf.Role == chat.User:
		return p.answer(leaf.ID, nil)
	default:
		return p.answer(leaf.Parent, leaf)
	}
	return nil
}

// retry asks for another version of the last reply.
func (p *program) retry() tea.Cmd {
	leaf := p.conv.Leaf()
	switch {
	case leaf == nil:
		p.say("there is no reply to try again")
	case leaf.Role == chat.User:
		return p.answer(leaf.ID, nil)
	default:
		return p.answer(leaf.Parent, nil)
	}
	return nil
}

// answer starts a reply to the turn with the ID parent; with continued, one that begins with that turn's text.
func (p *program) answer(parent int, continued *chat.Turn) tea.Cmd {
	if p.model == nil {
		p.waiting = func() tea.Cmd { return p.answer(parent, continued) }
		p.say("the model is still being opened")
		return nil
	}
	path := p.conv.PathTo(parent)
	if continued != nil {
		path = append(path, continued)
	}
	plan, err := p.makePlan(path, continued != nil)
	if p.fail(err) {
		return nil
	}
	p.plan = plan
	p.steer()

	r := &reply{}
	if plan.Begun != nil {
		r.ids = plan.Begun
		r.begun = p.model.Decode(plan.Begun)
		r.raw = r.begun
	}
	r.turn = p.conv.Add(parent, chat.Assistant, p.format.CleanReply(r.raw), p.now())
	ctx, cancel := context.WithCancel(p.ctx)
	r.cancel = cancel
	r.generation = p.sequence.Generate(ctx, engine.Request{Prompt: plan.Prompt, Controls: p.controls, Seed: p.seedFor(r.turn), Position: uint32(len(plan.Begun)), Ends: plan.Ends, NoGuesses: !p.settings.Speculation})
	p.lastSeed, p.seeded = r.generation.Seed(), true
	r.turn.Reply = &chat.Reply{Model: p.model.Info().Name, Seed: r.generation.Seed(), Random: engine.RandomVersion, PromptTokens: len(plan.Prompt)}
	r.saved = p.now()
	p.reply, p.rate = r, 0
	p.conv.Model = p.model.Info().Name
	p.journal.SaveTurn(p.conv.ID, r.turn)
	p.journal.SaveSession(p.conv.Header())
	p.transcript.toEnd()
	p.changed()
	r.item = p.transcript.items[len(p.transcript.items)-1]
	return r.next
}

// seedFor is the seed that the user fixed, moved on for every further version so that each is another one; nil for a
// random seed.
func (p *program) seedFor(turn *chat.Turn) *uint64 {
	if p.settings.Seed == nil {
		return nil
	}
	_, version := p.conv.Siblings(turn.ID)
	seed := *p.settings.Seed + uint64(version)
	return &seed
}

// makePlan writes path down for the model.
func (p *program) makePlan(path []*chat.Turn, continueLast bool) (chat.Plan, error) {
	info := p.model.Info()
	format := p.conv.Format
	if format == "" {
		format = p.settings.Format
	}
	hint := chat.ModelHint{Template: p.template, PromptFormat: info.PromptFormat, Conversational: info.Conversational}
	if info.Preamble != nil {
		hint.Preamble = *info.Preamble
	}
	f, err := chat.ChooseFormat(format, p.conv.Mode, hint)
	if err != nil {
		return chat.Plan{}, err
	}
	p.format = f
	plan, err := chat.MakePlan(p.model, f, p.conv.System, path, continueLast, info.Context, p.reserve())
	if err == nil && plan.Note != p.noted {
		p.noted = plan.Note
		if p.noted != "" {
			p.problem(p.noted)
		}
	}
	return plan, err
}

// reserve is the room kept for a reply: what it may have, but no more than a quarter of the context.
func (p *program) reserve() int {
	quarter := p.model.Info().Context / 4
	if p.settings.MaxTokens == 0 {
		return quarter
	}
	return min(p.settings.MaxTokens, quarter)
}

// batch shows tokens and asks for the next, or ends the reply.
func (p *program) batch(msg batchMsg) tea.Cmd {
	r := msg.reply
	for _, t := range msg.tokens {
		if r.tokens == 0 {
			r.began = p.now()
		}
		r.raw += t.Text
		r.tokens++
		r.params = t.Params
	}
	if msg.result != nil {
		return p.end(r, *msg.result)
	}
	if seconds := p.now().Sub(r.began).Seconds(); r.tokens > 1 && seconds > 0.05 {
		p.rate = float64(r.tokens-1) / seconds
	}
	r.turn.Text = p.format.CleanReply(r.raw)
	r.item.changed()
	if now := p.now(); now.Sub(r.saved) > saveEvery {
		r.saved = now
		r.turn.Reply.Tokens = r.tokens
		r.turn.Reply.Params = encode(r.params)
		p.journal.SaveTurn(p.conv.ID, r.turn)
	}
	return r.next
}

// finishedMsg says that the end of a reply is in the store, or why not.
type finishedMsg struct {
	reply *reply
	err   error
}

// end completes the reply's record and commits it; it is shown as finished when that is done.
func (p *program) end(r *reply, result engine.Result) tea.Cmd {
	r.state = p.record(r, result)
	final := r.turn.Clone()
	final.State = r.state
	session := p.conv.ID
	if p.failing {
		p.journal.SaveAll(p.conv) // the trouble may be over
	}
	p.journal.SaveTurn(session, &final)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), flushTime)
		defer cancel()
		return finishedMsg{r, p.journal.Flush(ctx, session)}
	}
}

// record fills in what the result tells and returns the state that the turn is to have.
func (p *program) record(r *reply, result engine.Result) chat.State {
	r.raw = r.begun + result.Text
	t := r.turn
	t.Text = p.format.CleanReply(r.raw)
	t.Reply.StopReason = string(result.Reason)
	t.Reply.Tokens = len(result.IDs)
	t.Reply.TokensPerSecond, t.Reply.Guessed = result.Timings.TokensPerSecond(), result.Timings.Accepted
	t.Reply.IDs = append(r.ids, result.IDs...)
	if r.params == nil {
		r.params = p.controls.Load()
	}
	t.Reply.Params = encode(r.params)
	r.finished = true
	if result.Err != nil {
		p.problem("the reply ended early: " + result.Err.Error())
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
func (p *program) finished(msg finishedMsg) tea.Cmd {
	msg.reply.turn.State = msg.reply.state
	p.rate = msg.reply.turn.Reply.TokensPerSecond
	p.reply.cancel()
	p.reply = nil
	p.stored(msg.err)
	msg.reply.item.changed()
	p.changed()
	var cmds []tea.Cmd
	for len(p.after) > 0 && p.reply == nil {
		next := p.after[0]
		p.after = p.after[1:]
		cmds = append(cmds, next())
		if p.reply != nil && len(p.after) > 0 {
			p.reply.cancel() // what was asked for after it does not want it
		}
	}
	return tea.Batch(cmds...)
}

// stored follows what the store says of a write. When another inkling has the conversation open, this one goes on in a
// copy; when another one has deleted it, it is written again.
func (p *program) stored(err error) {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		p.problem(err.Error())
	case errors.Is(err, chat.ErrNotFound):
		p.journal.SaveAll(p.conv)
		p.say("another inkling had deleted this chat; it is kept")
	case errors.Is(err, chat.ErrConflict):
		p.journal.Forget(p.conv.ID)
		p.conv.ID = chat.NewID(p.now())
		p.journal.SaveAll(p.conv)
		p.say("another inkling has this chat open; it goes on here as a copy")
	case err != nil:
		p.failing, p.Unsaved = true, err.Error()
		p.problem("this chat is not saved: " + p.Unsaved)
	case p.failing:
		p.failing, p.Unsaved = false, ""
		p.say("this chat is saved again")
	}
}

// whenIdle does something that cannot be done while a reply is being written: at once, or after the reply.
func (p *program) whenIdle(action func() tea.Cmd) tea.Cmd {
	if p.reply == nil {
		return action()
	}
	p.after = append(p.after, action)
	return nil
}

// stopAnd does the same, but has the reply stopped for it.
func (p *program) stopAnd(action func() tea.Cmd) tea.Cmd {
	if p.reply != nil {
		p.reply.cancel()
	}
	return p.whenIdle(action)
}

// otherVersion switches between the versions of the last turn on the path that has any.
func (p *program) otherVersion(step int) tea.Cmd {
	if p.reply != nil {
		p.say("still writing: Esc stops it")
		return nil
	}
	for _, t := range slices.Backward(p.conv.Path()) {
		ids, i := p.conv.Siblings(t.ID)
		if len(ids) < 2 {
			continue
		}
		if i+step < 0 || i+step >= len(ids) {
			p.say(fmt.Sprintf("this is version %d of %d", i+1, len(ids)))
			return nil
		}
		p.conv.Select(ids[i+step])
		p.recallSeed()
		p.journal.SaveSession(p.conv.Header())
		p.changed()
		return nil
	}
	p.say("there is only one version; Ctrl+R writes another")
	return nil
}
