package session

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// A Variant is one of several replies that are written at once.
type Variant struct {
	Name string               // what tells it from the others; "" for nothing
	Vary func(*sample.Params) // what it has otherwise than the settings; nil for nothing
}

// choice is several replies to one message, written at once, of which somebody may take one. They are turns of the chat from the
// beginning: to choose is to select one.
type choice struct {
	often  int        // how many replies are written at once, 0 for 1
	next   []Variant  // those of the reply that is about to begin, in place of that many
	all    []*writing // nil: none was written with others last
	closed bool       // nobody is to choose any more
}

// A Candidate is one of several replies to choose from.
type Candidate struct {
	Turn    *chat.Turn
	Name    string
	Tokens  int
	Score   float64 // mean log-probability of its tokens, natural logarithm; NaN: not known
	Repeats float64 // share of its runs of four words that it has had before
}

// Candidates are several replies to one message. They are shown while they are written and until somebody has chosen.
type Candidates struct{ All []Candidate }

// seen is what was found of a text of so many bytes.
type seen struct {
	length  int
	repeats float64
}

// going is the first reply that is not over, but for w; nil for none.
func (c *choice) going(w *writing) *writing {
	for _, other := range c.all {
		if other != w && !other.over {
			return other
		}
	}
	return nil
}

// steer has every reply follow the settings, but for what it has otherwise.
func (c *choice) steer(q sample.Params) {
	for _, w := range c.all {
		if w.vary != nil {
			own := q
			w.vary(&own)
			w.controls.Store(own)
		}
	}
}

// beginAll begins the replies that are wanted at once: copies of base. Nothing is returned where none could begin.
func (r *Reply) beginAll(base writing, a asking) []Work {
	variants := r.choice.next
	if a.Paused || a.Forced != nil {
		variants = make([]Variant, 1) // somebody chooses its tokens
	}
	if variants == nil {
		variants = make([]Variant, max(r.choice.often, 1))
	}
	if most := max(r.engine.model.Can().Parallel, 1); len(variants) > most {
		r.problem(fmt.Sprintf("this model writes at most %d replies at once", most))
		variants = variants[:most]
	}
	r.choice.next, r.choice.all, r.choice.closed = nil, nil, false
	if a.Seed == nil && len(variants) > 1 {
		seed := engine.RandomSeed()
		a.Seed = &seed
	}
	var all []*writing
	var asked []asking
	attempt := a.Attempt
	for i, v := range variants {
		w := base
		w.name, w.vary, w.ids = v.Name, v.Vary, slices.Clip(base.ids)
		w.trace = slices.Clip(w.trace)
		one := a
		if v.Vary != nil {
			own := *r.controls.Load()
			v.Vary(&own)
			w.controls = sample.NewControls(own)
			one.Controls = w.controls // with the same random numbers: what differs is what varies
		} else {
			if i > 0 {
				attempt = r.free(a.parent, *a.Seed, attempt+1)
			}
			one.Attempt = attempt
		}
		all, asked = append(all, &w), append(asked, one)
	}
	begun, err := r.generate(all, asked)
	r.fail(err)
	all = all[:len(begun)]
	var work []Work
	for i, g := range begun {
		work = append(work, r.begin(all[i], asked[i], g)...)
	}
	if len(all) == 0 {
		return nil
	}
	r.writing = all[0]
	r.stop = func() {
		for _, w := range all {
			w.paused, w.awaited = false, false
			w.cancel()
		}
	}
	if len(all) > 1 {
		r.choice.all = all
		r.chat.conv.Select(all[0].turn.ID)
		r.tell(r.Candidates())
	}
	return work
}

// generate has the engine begin replies. Those that have begun before an error are returned with it.
func (r *Reply) generate(all []*writing, asked []asking) ([]engine.Generation, error) {
	var requests []engine.Request
	var contexts []context.Context
	for i, w := range all {
		var ctx context.Context
		ctx, w.cancel = context.WithCancel(r.ctx)
		contexts, requests = append(contexts, ctx), append(requests, asked[i].Request)
	}
	begun, err := engine.GenerateAll(r.engine.model, contexts, requests)
	for _, w := range all[len(begun):] {
		w.cancel()
	}
	return begun, err
}

// free is the first attempt from one on that no reply to a turn has with a seed.
func (r *Reply) free(parent int, seed uint64, attempt uint32) uint32 {
	taken := map[uint32]bool{}
	for _, t := range r.chat.conv.Children(parent) {
		if t.Reply != nil && t.Reply.Seed == seed {
			taken[t.Reply.Attempt] = true
		}
	}
	for taken[attempt] {
		attempt++
	}
	return attempt
}

// front makes a reply the one that is stepped, and whose next token can be chosen.
func (r *Reply) front(w *writing) {
	if r.writing = w; w != nil {
		w.fresh, r.watch.odds, r.watch.course = false, Odds{}, w.tracing.trace
	}
}

// Front makes a candidate that is being written the one whose next token can be chosen, counted from 0.
func (r *Reply) Front(n int) []Work {
	if n < 0 || n >= len(r.choice.all) || r.choice.all[n].over || r.choice.all[n] == r.writing || r.writing == nil {
		return nil
	}
	r.front(r.choice.all[n])
	r.version++
	return r.Peek()
}

// ended follows the end of the last reply of several.
func (r *Reply) ended() {
	if r.Choosing() {
		r.tell(r.Candidates())
	}
}

// Candidates are those to choose from, none where there is nothing to choose.
func (r *Reply) Candidates() (c Candidates) {
	for _, w := range r.choice.all {
		text := w.turn.Text
		if w.seen.length != len(text) {
			w.seen = seen{len(text), repetition(text)}
		}
		score := math.NaN()
		if mean, known := w.mean(); known {
			score = mean
		}
		c.All = append(c.All, Candidate{w.turn, w.name, w.tokens, score, w.seen.repeats})
	}
	return c
}

// repeatedWords is how long a run of words is that repeats itself.
const repeatedWords = 4

// repetition is the share of the runs of words in a text that it has had before: one minus the share of distinct ones, as
// "distinct-n" counts them (Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models").
func repetition(text string) float64 {
	words := chat.Words(text)
	runs := len(words) - repeatedWords + 1
	if runs <= 0 {
		return 0
	}
	distinct := map[[repeatedWords]string]bool{}
	for i := range runs {
		distinct[[repeatedWords]string(words[i:i+repeatedWords])] = true
	}
	return 1 - float64(len(distinct))/float64(runs)
}

// Choose takes one of the candidates, counted from 0; the others stay in the tree. One that is still being written goes on alone, or waits
// as it did.
func (r *Reply) Choose(n int) (work []Work) {
	if n < 0 || n >= len(r.choice.all) {
		return nil
	}
	all := r.choice.all
	for i, w := range all {
		if i != n && !w.over {
			w.cancel()
		}
	}
	if r.writing != nil && !all[n].over {
		r.front(all[n])
	}
	r.chat.choose(all[n].turn.ID)
	r.say(fmt.Sprintf("took %d of %d; the others are kept as versions", n+1, len(all)))
	r.close()
	return r.Peek()
}

// KeepAll ends the choice: the candidates are versions of the reply. Those that wait stay as they are.
func (r *Reply) KeepAll() {
	if n := len(r.choice.all); n > 0 {
		if r.Paused() {
			r.Stop()
		}
		r.say(fmt.Sprintf("kept all %d as versions; Left, Right switch", n))
		r.close()
	}
}

// close ends the choice. Replies that are still being written are seen through.
func (r *Reply) close() {
	r.choice.closed = true
	r.changed()
}

// Choosing says whether there are candidates to choose from: somebody who goes elsewhere in the tree has chosen.
func (r *Reply) Choosing() bool {
	leaf := r.chat.conv.Leaf()
	return !r.choice.closed && slices.ContainsFunc(r.choice.all, func(w *writing) bool { return w.turn == leaf })
}

// Text has each candidate with its score; nothing while they are being written.
func (c Candidates) Text() string {
	var b strings.Builder
	for i, one := range c.All {
		if one.Turn.State == chat.Writing {
			return ""
		}
		fmt.Fprintf(&b, "[%d] %s\n%s\n\n", i+1, one.About(), strings.TrimSpace(one.Turn.Text))
	}
	return b.String() + "A number takes one; anything else keeps all.\n"
}

// About says how long a candidate is, how likely, and whether it repeats itself.
func (c Candidate) About() string {
	var parts []string
	if c.Name != "" {
		parts = append(parts, c.Name)
	}
	if !math.IsNaN(c.Score) {
		parts = append(parts, fmt.Sprintf("log-prob %.2f", c.Score))
	}
	parts = append(parts, Tokens(c.Tokens))
	if c.Repeats >= leastRepeats {
		parts = append(parts, fmt.Sprintf("repeats %.0f%%", 100*c.Repeats))
	}
	return strings.Join(parts, Separator)
}

// Brief is the name and the score of a candidate, with a mark where it repeats itself.
func (c Candidate) Brief() string {
	text := "…"
	if !math.IsNaN(c.Score) {
		text = fmt.Sprintf("%.2f", c.Score)
	}
	text = strings.TrimSpace(c.Name + " " + text)
	if c.Repeats >= leastRepeats {
		text += fmt.Sprintf(" ↻%.0f%%", 100*c.Repeats)
	}
	return text
}

// leastRepeats is the share of repetition that is worth a mark.
const leastRepeats = 0.1

// mostAtOnce is how many replies can be told apart by a digit.
const mostAtOnce = 8

// runSeveral is the command /n.
func runSeveral(s *Session, arg string) []Work {
	if arg == "" {
		s.say(fmt.Sprintf("replies at once: %d; /n 4 writes four to choose from", max(s.Reply.choice.often, 1)))
		return nil
	}
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > mostAtOnce {
		s.problem(fmt.Sprintf("/n: found %s, expected a number from 1 to %d", arg, mostAtOnce))
		return nil
	}
	return s.stopAnd(func() []Work {
		s.Reply.choice.often = n
		leaf := s.Chat.conv.Leaf()
		switch {
		case n == 1:
			s.say("one reply at a time")
			return nil
		case leaf == nil:
			s.say(fmt.Sprintf("%d replies at once from now on", n))
			return nil
		case s.Chat.conv.Mode == chat.Story:
			return s.Reply.Continue("")
		}
		return s.Reply.again()
	})
}

// several writes the last reply anew in variants, side by side.
func (r *Reply) several(variants []Variant) []Work {
	return r.stopAnd(func() []Work {
		r.choice.next = slices.Clone(variants)
		work := r.again()
		if r.waiting == nil {
			r.choice.next = nil
		}
		return work
	})
}

// takes reports whether a line takes a candidate.
func (r *Reply) takes(line string) bool {
	n := number(line)
	return r.Choosing() && n >= 1 && n <= len(r.choice.all)
}

// number is the number that a line is, 0 for none.
func number(line string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(line))
	return n
}
