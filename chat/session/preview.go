package session

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// Preview is what the model would write next at the end of a story, for somebody who pauses there. It is made beside everything else, once
// for a pause, and is no part of the story until it is taken.
type Preview struct {
	*shared
	chat     *Chat
	engine   *Slot
	settings *Settings
	view     *view
	reply    *Reply

	pause   time.Duration
	due     time.Time // when the person will have paused for long enough; zero: nobody waits for a preview
	timing  bool      // a timer runs
	current *foreseen
}

// previewPause is how long somebody writes nothing before there is a preview.
const previewPause = 700 * time.Millisecond

const (
	previewTokens = 16  // of a preview at most
	otherwise     = 0.8 // the least temperature of another preview: at 0 it would be the same
)

// foreseen is a preview that is shown, or being made.
type foreseen struct {
	leaf    *chat.Turn // that it follows
	place   int
	attempt uint32
	number  int // of the previews in this pause, from 0
	cancel  context.CancelFunc
	model   string

	generation engine.Generation
	params     sample.Params
	taken      int    // bytes that are in the story already
	raw        string // after them
	tracing
}

// paused says that the time of a pause is over.
type paused struct{}

// previewed brings tokens of a preview; none: it has ended.
type previewed struct {
	of     *foreseen
	events []engine.Event
	words  *vocabulary // of the model, nil where that is known
}

func (paused) event()    {}
func (previewed) event() {}

// Drop takes the preview away, and nobody waits for one.
func (p *Preview) Drop() {
	p.due = time.Time{}
	if p.current != nil {
		p.current.cancel()
		p.current = nil
		p.version++
	}
}

// able reports whether there can be a preview now.
func (p *Preview) able() bool {
	return p.settings.config.Preview && p.chat.conv.Mode == chat.Story && p.engine.model != nil && p.engine.codec != nil &&
		p.engine.own == "" && !p.reply.Writing() && !p.reply.Waiting() && !p.reply.Choosing()
}

// Wait begins a pause: it is over after a while, unless it begins again.
func (p *Preview) Wait() []Work {
	p.Drop()
	if !p.able() {
		return nil
	}
	p.due = p.now().Add(p.pause)
	if p.timing {
		return nil
	}
	return []Work{p.timer(p.pause)}
}

func (p *Preview) timer(d time.Duration) Work {
	p.timing = true
	return Work{aside: true, do: func(ctx context.Context) Event {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return paused{}
	}}
}

// paused begins a preview, unless the pause began anew meanwhile.
func (p *Preview) paused() []Work {
	p.timing = false
	switch left := p.due.Sub(p.now()); {
	case p.due.IsZero():
		return nil
	case left > 0:
		return []Work{p.timer(left)}
	}
	p.due = time.Time{}
	return p.begin(0)
}

// begin has the engine make a preview, the one with this number.
func (p *Preview) begin(number int) []Work {
	if !p.able() {
		return nil
	}
	p.chat.commit()
	leaf, text := p.chat.conv.Leaf(), p.chat.Story().Text
	if leaf == nil || blank(text) {
		return nil
	}
	place := len(text)
	p.view.place = &place
	prompt, _, err := p.view.make(p.chat.conv.Path(), false)
	p.view.place = nil
	if err != nil {
		return nil
	}
	f := &foreseen{leaf: leaf, place: place, number: number, attempt: uint32(number), model: p.engine.model.Info().Name}
	f.params = p.settings.config.Params
	f.params.MaxTokens, f.params.MinTokens, f.params.Pace, f.params.LoopGuard = previewTokens, 1, 0, 0
	f.params.Stop = append(f.params.Stop[:len(f.params.Stop):len(f.params.Stop)], prompt.Stop...)
	if number > 0 {
		f.params.Temperature = max(f.params.Temperature, otherwise)
	}
	ctx, cancel := context.WithCancel(p.ctx)
	f.generation, err = p.engine.model.Generate(ctx, engine.Request{Prompt: prompt.IDs, Controls: sample.NewControls(f.params),
		Seed: p.settings.config.Seed, Attempt: f.attempt, Top: min(p.engine.model.Can().Top, alternatives), Ends: prompt.Ends,
		Room: previewTokens + 1, NoDrafts: true})
	if err != nil {
		cancel()
		return nil
	}
	f.cancel = cancel
	p.current = f
	codec := p.engine.codec
	if p.engine.vocabulary != nil {
		codec = nil
	}
	return []Work{{do: func(ctx context.Context) Event {
		e := f.next(ctx)
		if codec != nil {
			e.words = vocabularyOf(codec)
		}
		return e
	}}}
}

// next waits for tokens.
func (f *foreseen) next(context.Context) previewed {
	e := previewed{of: f}
	for event := range f.generation.Events() {
		e.events = append(e.events, event)
		if len(f.generation.Events()) == 0 {
			break
		}
	}
	return e
}

// previewed adds tokens to the preview. It ends with the sentence, or the line.
func (p *Preview) previewed(e previewed) []Work {
	f := e.of
	p.engine.learn(e.words, p.chat.journal)
	if f != p.current {
		return nil
	}
	p.version++
	for _, event := range e.events {
		switch event.Kind {
		case engine.Drawn:
			f.raw += event.Token.Text
			f.tracing.add(event.Token, true)
		case engine.Back:
			if event.Kept < f.taken {
				p.Drop()
				return nil
			}
			f.raw = f.raw[:event.Kept-f.taken]
			f.tracing.remove(event.Removed)
		}
	}
	if n := ended(f.raw); n >= 0 {
		f.raw = f.raw[:n]
		f.cancel()
		return nil
	}
	if len(e.events) == 0 {
		return nil
	}
	return []Work{{do: func(ctx context.Context) Event { return f.next(ctx) }}}
}

// ended is where the first sentence of a text ends, or its first line that is not blank; -1 while neither has.
func ended(text string) int {
	if n := chat.Sentence(text); n >= 0 {
		return n
	}
	return chat.Paragraph(text)
}

// Words are those of the preview, as they would follow the story; "" for none.
func (p *Preview) Words() string {
	f := p.current
	if f == nil || f.leaf != p.chat.conv.Leaf() || p.chat.typing != nil || p.reply.Writing() || blank(f.raw) || !utf8.ValidString(f.raw) {
		return ""
	}
	text := p.chat.Story().Text
	if len(text) != f.place {
		return ""
	}
	words := strings.TrimRight(f.raw, " \t\n")
	if strings.HasSuffix(text, " ") {
		words = strings.TrimLeft(words, " ")
	}
	return words
}

// promised is the seed of what is shown, for a reply that begins there: it begins with these words. It is nil where there is none.
func (p *Preview) promised(b beginning) *uint64 {
	f := p.current
	if p.Words() == "" || f.number > 0 || f.taken > 0 || b.place == nil || *b.place != f.place || b.parent != f.leaf.ID || b.ids != nil {
		return nil
	}
	seed := f.generation.Seed()
	return &seed
}

// Word is how many bytes of the preview its first word is, with the white space before it.
func (p *Preview) Word() int {
	words := p.Words()
	begun := len(words) - len(strings.TrimLeft(words, " \n\t"))
	if i := strings.IndexAny(words[begun:], " \n\t"); i >= 0 {
		return begun + i
	}
	return len(words)
}

// Another has another preview made in place of the one that is shown. It reports false where that is another one already.
func (p *Preview) Another() ([]Work, bool) {
	f := p.current
	if f == nil || f.number > 0 {
		return nil, false
	}
	p.Drop()
	return p.begin(f.number + 1), true
}

// Take makes the first n bytes of the preview a part of the story, which the model wrote. The rest stays.
func (p *Preview) Take(n int) []Work {
	words := p.Words()
	if n = min(n, len(words)); n <= 0 {
		return nil
	}
	f, c := p.current, p.chat
	place := f.place
	turn := c.conv.Add(f.leaf.ID, chat.Assistant, words[:n], p.now())
	turn.State, turn.Place = chat.Done, &place
	turn.Reply = &chat.Reply{Model: f.model, Seed: f.generation.Seed(), Attempt: f.attempt, Random: engine.RandomVersion, Params: encode(&f.params)}
	n += blanksBefore(f.raw) - blanksBefore(words) // some of which the story has already
	tokens := 0
	for bytes := 0; tokens < len(f.trace); tokens++ {
		if bytes += len(p.engine.codec.Piece(f.trace[tokens].ID)); bytes > n {
			break
		}
	}
	trace := Trace{Tokens: f.trace[:tokens:tokens]}
	if v := p.engine.vocabulary; v != nil {
		turn.Reply.Vocabulary, trace.pieces = v.sum, v.pieces
	}
	turn.Reply.Tokens = tokens
	f.leaf, f.place, f.taken, f.raw, f.trace = turn, place+len(turn.Text), f.taken+n, f.raw[n:], f.trace[tokens:]
	c.saveHeader()
	c.journal.SaveTraced(c.conv.ID, turn, 0, trace.Tokens)
	p.reply.traces.keep(turn.ID, &trace)
	c.changed()
	if p.Words() == "" {
		return p.Wait()
	}
	return nil
}

func blanksBefore(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }
