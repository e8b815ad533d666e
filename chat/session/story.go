package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
)

// typingPause is how long what is typed into a story waits to become a change of it.
const typingPause = 800 * time.Millisecond

// folded is the text of a story, as far as it has been worked out.
type folded struct {
	conv   *chat.Conversation
	leaf   int
	bytes  int       // of the last turn
	before chat.Fold // without it
	fold   chat.Fold
}

// typed says that what was typed into a story has waited long enough.
type typed struct{ conv *chat.Conversation }

func (typed) event() {}

// Story is the text of the current path, as it is after all changes.
func (c *Chat) Story() chat.Fold {
	leaf := c.conv.Leaf()
	f := &c.folded
	switch {
	case leaf == nil:
		*f = folded{}
	case f.conv == c.conv && f.leaf == leaf.ID && f.bytes == len(leaf.Text):
	case f.conv == c.conv && leaf.Place != nil && (f.leaf == leaf.ID || f.leaf == leaf.Parent && f.leaf != 0):
		if f.leaf != leaf.ID {
			f.before = f.fold
		}
		f.leaf, f.bytes, f.fold = leaf.ID, len(leaf.Text), f.before.With(leaf)
	default:
		*f = folded{conv: c.conv, leaf: leaf.ID, bytes: len(leaf.Text), before: chat.FoldStory(c.conv.PathTo(leaf.Parent))}
		if leaf.Place != nil {
			f.fold = f.before.With(leaf)
		} else {
			f.fold = chat.FoldStory(c.conv.Path())
		}
	}
	return f.fold
}

// Type notes that the text of the story is now next. It becomes a change of the story at a pause, before the model writes, and when
// the program ends. It must not be called while a reply is written.
func (c *Chat) Type(next string) []Work {
	waiting := c.typing != nil
	c.typing = &next
	if waiting {
		return nil
	}
	e := typed{c.conv}
	return []Work{{do: func(ctx context.Context) Event {
		timer := time.NewTimer(typingPause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return e
	}}}
}

// Typing reports whether something was typed into the story that is not a change of it yet.
func (c *Chat) Typing() bool { return c.typing != nil }

// commit makes what was typed a change of the story.
func (c *Chat) commit() {
	if c.typing == nil {
		return
	}
	next := *c.typing
	c.typing = nil
	before := c.Story().Text
	at, removed, in := chat.Difference(before, next)
	if removed == 0 && in == "" {
		return
	}
	if c.conv.Title == chat.Title(before) { // nobody gave it another: it grows with the first line
		c.conv.Title = chat.Title(next)
	}
	c.put(change{at, removed, in})
}

// WriteAt has the model go on at a place of the story.
func (r *Reply) WriteAt(place int) []Work {
	if r.writing != nil {
		r.hold("still writing; press Esc to stop")
		return nil
	}
	r.chat.commit()
	parent := 0
	if leaf := r.chat.conv.Leaf(); leaf != nil {
		parent = leaf.ID
	}
	return r.answer(beginning{parent: parent, place: &place})
}

// part makes paragraphs of the messages of a chat that becomes a story. What was a story before, whose replies begin with a blank, stays.
func (c *Chat) part() {
	path := c.conv.Path()
	for _, t := range path {
		if t.Role == chat.Assistant && t.Place == nil && strings.HasPrefix(t.Text, " ") {
			return
		}
	}
	const between = "\n\n"
	text, moved := c.Story().Text, 0
	var changes []change
	for _, m := range chat.Meetings(path) {
		at, end := m.Place, m.Place+m.Blanks
		if strings.HasSuffix(text[:at], "\n") || strings.HasPrefix(text[end:], "\n") {
			continue
		}
		changes = append(changes, change{at + moved, m.Blanks, between})
		moved += len(between) - m.Blanks
	}
	c.put(end(text, changes)...)
}

// spaced reports whether a blank is before a place of the story that ends with a turn.
func (r *Reply) spaced(leaf, place int) bool {
	text := r.chat.Story().Text
	if last := r.chat.conv.Leaf(); last == nil || last.ID != leaf {
		text = chat.FoldStory(r.chat.conv.PathTo(leaf)).Text
	}
	return strings.HasSuffix(text[:min(place, len(text))], " ")
}

// text is what a reply has become, as it is shown. The model was given the story without the blanks before it, and writes one itself.
func (r *Reply) text(w *writing) string {
	raw := w.raw
	if w.cut > 0 {
		raw = raw[:min(w.cut, len(raw))]
	}
	text := r.view.choice.Format.Clean(raw)
	if w.spaced {
		text = strings.TrimLeft(text, " ")
	}
	return text
}

// rewriteWithin has a stretch of the story written anew from the token at of a reply on, with another token there. What is before and after
// the stretch stays, as far as the reply goes on in one piece.
func (r *Reply) rewriteWithin(turn *chat.Turn, at, id int, text string) []Work {
	begin := 0
	if trace := r.traces.Of(turn); at > 0 {
		begin = trace.Ends[at-1]
	}
	return r.stopAnd(func() []Work {
		r.chat.commit()
		from := 0
		for _, span := range r.chat.Story().Spans {
			if span.Turn == turn && span.From <= begin && begin < span.From+span.Bytes {
				if r.engine.codec == nil || string(r.engine.codec.Piece(id)) != text {
					r.say("another model wrote this; Alt+Enter goes on from the cursor")
					return nil
				}
				place := from + begin - span.From
				b := beginning{ids: []int{id}, trace: []chat.TraceToken{{ID: id, Origin: chat.Picked}}}
				if r.spaced(r.chat.conv.Leaf().ID, place) { // the prompt goes without it
					if blank := r.engine.codec.Encode(" "); len(blank) == 1 {
						b.ids, b.trace = append(blank, id), append([]chat.TraceToken{{ID: blank[0], Origin: chat.Given}}, b.trace...)
					}
				}
				b.parent, b.place, b.removed, b.until = r.chat.conv.Leaf().ID, &place, span.From+span.Bytes-begin, r.until
				return r.answer(b)
			}
			from += span.Bytes
		}
		r.say("this token is not in the text any more")
		return nil
	})
}

// piece is the bytes of a token.
func (r *Reply) piece(token chat.TraceToken) []byte {
	if token.Text == nil && r.engine.codec != nil {
		return r.engine.codec.Piece(token.ID)
	}
	return token.Text
}

// Caret notes where in the story somebody is, who asks for something next.
func (c *Chat) Caret(at int) { c.caret = &at }

// place is where the model goes on in a story that ends with a turn; ok is false at the end of one that was never edited.
func (c *Chat) place(leaf *chat.Turn) (at int, ok bool) {
	at, ok = after(leaf)
	if c.caret == nil || c.conv.Mode != chat.Story {
		return at, ok
	}
	caret, end := *c.caret, len(c.Story().Text)
	if c.caret = nil; caret > end || caret == end && !ok {
		return at, ok
	}
	return caret, true
}

// after is the place after the change that a turn is; ok is false where it does not say where that is.
func after(t *chat.Turn) (place int, ok bool) {
	if t.Place == nil {
		return 0, false
	}
	return *t.Place + len(t.Text), true
}

// passages are the story of a path for a prompt, up to where the model goes on; dropped is about what of it is left out by far.
func (v *view) passages(path []*chat.Turn) (turns []*chat.Turn, dropped int) {
	text := v.ahead(path)
	turns, cut := prompt.Passages(text, v.engine.model.Info().Context)
	return turns, prompt.About(text[:cut])
}

// ahead is the story of a path up to where the model goes on.
func (v *view) ahead(path []*chat.Turn) string {
	leaf := path[len(path)-1]
	fold := chat.Fold{}
	if leaf == v.chat.conv.Leaf() {
		fold = v.chat.Story()
	} else {
		fold = chat.FoldStory(path)
	}
	at := len(fold.Text)
	if v.place != nil {
		at = *v.place
	} else if place, ok := after(leaf); ok {
		at = place
	}
	return fold.Text[:min(at, len(fold.Text))]
}

// edited reports whether a path is that of a story whose text was changed within.
func (v *view) edited(path []*chat.Turn) bool {
	return v.chat.conv.Mode == chat.Story && (v.place != nil && len(path) > 0 || slices.ContainsFunc(path, func(t *chat.Turn) bool { return t.Place != nil }))
}
