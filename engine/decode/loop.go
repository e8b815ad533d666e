package decode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"inkling/engine/sample"
)

// A Loop runs the passes of one network, for all texts that are being written. It has a goroutine while there are any.
type Loop struct {
	network Network
	text    Text
	slots   int // most texts at once
	kept    int // most caches that stay without a text

	mu      sync.Mutex
	joining []*Generation
	between []job
	running bool
	closed  bool
	rounds  sync.WaitGroup
	wake    chan struct{} // holds a value when there is something new

	// What follows belongs to the goroutine.
	chain     sample.Chain
	workspace Workspace
	caches    []*cache
	ticks     int
	waiting   []*Generation // for a cache, in order
	going     []*Generation
	steps     []Step
	parts     []*Generation // of the steps
	rows      []float32     // scores of a pass
	names     []string      // of tokens, "" where not asked for yet
}

// A job is done between two rounds.
type job struct {
	ctx  context.Context
	do   func(Workspace) error
	done chan error
}

// NewLoop returns a loop that writes so many texts at once at most. It closes the network when it is closed.
func NewLoop(network Network, text Text, slots int) *Loop {
	return &Loop{network: network, text: text, slots: slots, kept: usuallyKept, wake: make(chan struct{}, 1)}
}

// Serve has the loop write so many texts at once, and keep what as many have read. It is for a loop that has written nothing yet.
func (l *Loop) Serve(texts int) { l.slots, l.kept = texts, max(texts, usuallyKept) }

// ErrClosed says that a loop writes no more.
var ErrClosed = errors.New("the model has been closed")

// RandomSeed returns a seed that is short enough to be typed in again.
func RandomSeed() uint64 { return rand.Uint64() >> 32 }

// Join has the loop continue r.Prompt. Cancelling ctx ends the text before its next token, or after the pass under way.
func (l *Loop) Join(ctx context.Context, r Request) *Generation {
	if r.Controls == nil {
		r.Controls = sample.NewControls(sample.Neutral())
	}
	g := &Generation{loop: l, ctx: ctx, request: r, seed: RandomSeed(), events: make(chan Event, cmp.Or(r.Room, room)), done: make(chan struct{}),
		joined: time.Now(), drafter: newDrafter(), paused: r.Paused}
	if r.Seed != nil {
		g.seed = *r.Seed
	}
	g.result.Seed = g.seed
	if r.Top > 0 {
		g.trace = &sample.Trace{Want: r.Top}
	}
	if err := l.check(&r); err != nil {
		g.fail(err)
		return g
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		g.fail(ErrClosed)
		return g
	}
	l.joining = append(l.joining, g)
	l.start()
	l.mu.Unlock()
	l.poke()
	return g
}

func (l *Loop) check(r *Request) error {
	switch n := len(r.Prompt); {
	case n == 0:
		return ErrEmptyPrompt
	case n > l.network.Context():
		return &ContextError{Tokens: n, Context: l.network.Context()}
	}
	for _, ids := range [][]int{r.Prompt, r.Forced} {
		for _, id := range ids {
			if err := l.known(id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Loop) known(id int) error {
	if id < 0 || id >= l.network.Vocab() {
		return fmt.Errorf("token id %d, expected 0 to %d", id, l.network.Vocab()-1)
	}
	return nil
}

// fail ends a text that never joined.
func (g *Generation) fail(err error) {
	g.ended = true
	g.result.Reason, g.result.Err = Failed, err
	close(g.events)
	close(g.done)
}

// Between runs f between two rounds, with the workspace of the passes. The error is f's, that of ctx when it ends before f begins, or
// ErrClosed.
func (l *Loop) Between(ctx context.Context, f func(Workspace) error) error {
	j := job{ctx, f, make(chan error, 1)}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	l.between = append(l.between, j)
	l.start()
	l.mu.Unlock()
	l.poke()
	return <-j.done
}

// Close waits for the texts under way and releases the network; later ones fail. Closing twice is harmless.
func (l *Loop) Close() {
	l.mu.Lock()
	closed := l.closed
	l.closed = true
	l.mu.Unlock()
	l.rounds.Wait()
	if !closed {
		l.network.Close()
	}
}

// start has a goroutine make rounds, unless one does. The mutex is held.
func (l *Loop) start() {
	if !l.running {
		l.running = true
		l.rounds.Go(l.run)
	}
}

// poke has the loop look for something new.
func (l *Loop) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run makes rounds as long as there is something to do.
func (l *Loop) run() {
	for l.news() {
		if len(l.going)+len(l.waiting) > 0 && !l.round() {
			l.sleep()
		}
	}
}

// news takes what has come from outside. It reports whether there is anything left to do; if not, the goroutine must end.
func (l *Loop) news() bool {
	l.going = slices.DeleteFunc(l.going, func(g *Generation) bool { return g.closed })
	l.mu.Lock()
	joining, between := l.joining, l.between
	l.joining, l.between = nil, nil
	if len(joining)+len(between)+len(l.waiting)+len(l.going) == 0 {
		l.running = false
		l.mu.Unlock()
		return false
	}
	l.mu.Unlock()
	for _, g := range joining {
		g.stepper = newStepper(&l.text, &g.request, g.seed, &l.chain, l.network.Context())
		g.stop = context.AfterFunc(g.ctx, l.poke)
		l.waiting = append(l.waiting, g)
	}
	for _, j := range between {
		j.done <- l.do(j)
	}
	return true
}

func (l *Loop) do(j job) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("internal error between two passes: %v", cause)
			l.workspace = nil
		}
	}()
	if l.workspace == nil {
		l.workspace = l.network.NewWorkspace()
	}
	return j.do(l.workspace)
}

// round takes orders, drops those whose context has ended, has each text that is ready draw, and makes one pass. It reports whether it
// did anything.
func (l *Loop) round() (did bool) {
	defer func() {
		if cause := recover(); cause != nil {
			err := fmt.Errorf("internal error while generating: %v", cause)
			for _, g := range slices.Concat(l.going, l.waiting) {
				g.cache = nil
				l.end(g, "", err)
			}
			l.caches, l.workspace, did = nil, nil, true
		}
	}()
	l.waiting = slices.DeleteFunc(l.waiting, func(g *Generation) bool {
		if g.ending() {
			return true // by a panic
		}
		if g.ctx.Err() != nil {
			l.end(g, Cancelled, nil)
			return true
		}
		if !l.admit(g) {
			return false
		}
		l.going = append(l.going, g)
		return true
	})
	for _, g := range l.going {
		did = l.advance(g) || did
	}
	return l.pass() || did
}

// advance takes orders and draws, where a text can. It reports whether it did.
func (l *Loop) advance(g *Generation) (did bool) {
	if g.ending() {
		return l.close(g)
	}
	did = l.obey(g)
	if g.ending() {
		return true
	}
	if g.ctx.Err() != nil {
		l.end(g, Cancelled, nil)
		return true
	}
	if !g.flush() || g.paused || !g.fed() {
		return did
	}
	if err := g.snapshot(); err != nil {
		l.end(g, "", err)
		return true
	}
	if g.params.MaxTokens > 0 && g.stepper.Len() >= g.params.MaxTokens {
		l.end(g, Length, nil)
		return true
	}
	if n := g.stepper.Len(); n < len(g.request.Forced) {
		if err := l.pick(g, g.request.Forced[n], Record); err != nil {
			l.end(g, "", err)
		}
		return true
	}
	if time.Until(g.due()) > 0 {
		return did
	}
	l.draw(g)
	return true
}

// obey follows the orders that have come.
func (l *Loop) obey(g *Generation) (did bool) {
	for !g.ending() {
		l.mu.Lock()
		if len(g.orders) == 0 || g.orders[0].ready && !g.fed() {
			l.mu.Unlock()
			return did
		}
		o := g.orders[0]
		g.orders = slices.Delete(g.orders, 0, 1)
		l.mu.Unlock()
		err := o.do(g)
		if o.done != nil {
			o.done <- err
		}
		did = true
	}
	return did
}

// draw draws the next token of a text.
func (l *Loop) draw(g *Generation) {
	id, err := g.stepper.Draw(g.params, g.trace)
	g.drawn = time.Now()
	if err != nil {
		if !g.stepper.sound() {
			err = ErrDamaged
		}
		l.end(g, "", err)
		return
	}
	l.take(g, id, Model)
}

// pick takes a token that was not drawn.
func (l *Loop) pick(g *Generation, id int, by By) error {
	if err := l.known(id); err != nil {
		return err
	}
	if _, padding := slices.BinarySearch(l.text.Padding, id); padding {
		return fmt.Errorf("token id %d has no text", id)
	}
	if err := g.snapshot(); err != nil {
		return err
	}
	if g.trace != nil || g.params.MirostatTau > 0 { // for the distribution, whatever can be drawn from it
		if _, err := g.stepper.Draw(g.params, g.trace); err != nil && !errors.Is(err, sample.ErrNoCandidate) {
			return err
		}
	}
	g.drawn = time.Now()
	l.take(g, id, by)
	return nil
}

// take appends a token to a text and tells of it.
func (l *Loop) take(g *Generation, id int, by By) {
	s := g.stepper
	if s.ends(id) && by != Record {
		l.end(g, EndOfText, nil)
		return
	}
	token, err := s.token(id, by, g.params, g.trace, l.name)
	if err != nil {
		l.end(g, "", err)
		return
	}
	reason, back := s.Append(token)
	if back > 0 {
		l.back(g, back)
		return
	}
	s.Release(false, g.tell)
	if reason == "" && by == Model && l.loops(g) {
		return
	}
	switch {
	case reason != "":
		l.end(g, reason, nil)
	case len(s.ids) > l.network.Context():
		l.end(g, ContextFull, nil)
	case g.left > 0 && by == Model:
		if g.left--; g.left == 0 {
			g.pause()
		}
	}
	g.flush()
}

// loops tells of a repetition without an end, and breaks it where that is wanted: the text goes back to its second time. It reports whether
// it did.
func (l *Loop) loops(g *Generation) (broken bool) {
	s, guard := g.stepper, g.params.LoopGuard
	text := s.ids[s.prompt:]
	times := often
	if guard > 0 {
		times = max(guard, 2)
	}
	span, n := find(text, times)
	if n == 0 {
		return false
	}
	if len(text) > s.loops.told {
		g.outbox = append(g.outbox, Event{Kind: Looping, Token: Token{Text: l.text.Decode(span)}})
	}
	s.loops.told = len(text) + longestSpan
	if guard == 0 || !s.loops.broken(span, len(s.ids)-n) {
		return false
	}
	l.back(g, n)
	return true
}

// back takes the last n tokens of a text back.
func (l *Loop) back(g *Generation, n int) {
	if g.params == nil {
		g.params = g.request.Controls.Load()
	}
	if removed, kept := g.stepper.Back(n, g.params); removed > 0 {
		g.outbox = append(g.outbox, Event{Kind: Back, Removed: removed, Kept: kept})
	}
	// The scores after what stays are computed again, with its last id.
	if to := min(len(g.stepper.ids)-1, len(g.cache.ids)); to < len(g.cache.ids) || len(g.drafter.drafts) > 0 {
		l.truncate(g, to)
	}
}

// name is the text of one token.
func (l *Loop) name(id int) string {
	if l.names == nil {
		l.names = make([]string, l.network.Vocab())
	}
	if l.names[id] == "" {
		l.names[id] = l.text.Decode([]int{id})
	}
	return l.names[id]
}

// end completes the result of a text. It is closed as soon as its reader has all of it.
func (l *Loop) end(g *Generation, reason StopReason, err error) {
	if g.ending() {
		return
	}
	if err != nil {
		reason = Failed
	}
	s, r := g.stepper, &g.result
	rest := s.finish(reason)
	s.Release(true, g.tell)
	r.Reason, r.Err, r.Memo = reason, err, s.memo()
	r.IDs = s.ids[s.prompt:]
	r.Rest, r.Text = rest, string(s.said)+rest
	r.Timings.PromptTokens, r.Timings.Tokens = s.prompt, len(r.IDs)
	r.Timings.Drafted, r.Timings.Accepted = g.drafter.made, g.drafter.right
	if !g.began.IsZero() && g.drawn.After(g.began) {
		r.Timings.Decode = g.drawn.Sub(g.began)
	}
	l.release(g)
	g.drafter.forget()
	s.logits = nil
	l.mu.Lock()
	g.ended = true
	orders := g.orders
	g.orders = nil
	l.mu.Unlock()
	for _, o := range orders {
		if o.done != nil {
			o.done <- errEnded
		}
	}
	l.close(g)
}

// close closes a text that has ended, unless its reader is still to read some of it. Nobody may be reading any more where its context has
// ended: what has not been told by tokens is in Rest then.
func (l *Loop) close(g *Generation) bool {
	if g.closed {
		return false
	}
	if !g.flush() {
		if g.ctx.Err() == nil {
			return false
		}
		undelivered := ""
		for _, e := range g.outbox {
			undelivered += e.Token.Text
		}
		g.result.Rest = undelivered + g.result.Rest
	}
	g.stop()
	g.closed = true
	close(g.events)
	close(g.done)
	return true
}

// sleep waits until something is new, a text is due, or a reader has room again.
func (l *Loop) sleep() {
	var out chan<- Event
	var event Event
	var blocked *Generation
	wait := time.Duration(-1)
	until := func(d time.Duration) {
		if wait < 0 || d < wait {
			wait = max(d, 0)
		}
	}
	const often = 50 * time.Millisecond // parameters may change the pace
	for _, g := range l.going {
		switch {
		case len(g.outbox) > 0 && out == nil:
			out, event, blocked = g.events, g.outbox[0], g
		case len(g.outbox) > 0:
			until(often / 10)
		case !g.ending() && g.fed() && !g.paused && g.params != nil:
			until(min(time.Until(g.due()), often))
		}
	}
	var timer <-chan time.Time
	if wait >= 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-l.wake:
	case <-timer:
	case out <- event:
		blocked.outbox = blocked.outbox[:copy(blocked.outbox, blocked.outbox[1:])]
	}
}
