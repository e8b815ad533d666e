package session

import (
	"fmt"
	"slices"

	"inkling/chat"
)

// A Part is something that stands in the model's context, or is kept out of it.
type Part struct {
	Name  string // "memory"
	Count int    // tokens
	Of    int    // of how many; 0: it is one
	Out   bool   // it is not in the context
	Rank  int    // what has least room goes first: 0 stays longest
}

// Strip says what is in the model's context, in order. Without a model it is empty. about says that the counts are not exact.
func (s *Session) Strip() (parts []Part, about bool) {
	p := s.view.packed
	if s.Engine.model == nil || p.Context == 0 {
		return nil, false
	}
	add := func(part Part) {
		if part.Count > 0 || part.Rank == 0 {
			parts = append(parts, part)
		}
	}
	text := p.History
	if w := s.Reply.writing; w != nil {
		text += w.tokens
	}
	add(Part{Name: "system", Count: p.Prefix - p.Memory - p.World, Rank: 3})
	add(Part{Name: "memory", Count: p.Memory, Rank: 1})
	add(Part{Name: "world", Count: p.World, Of: p.Worlds, Rank: 1})
	add(Part{Name: "note", Count: p.Note, Rank: 1})
	add(Part{Name: "text", Count: text})
	add(Part{Name: "left out", Count: p.Dropped, Out: true, Rank: 1})
	add(Part{Name: "reply", Count: p.Context - p.Prefix - text - p.Note - p.Cue})
	return parts, p.About
}

// Noted says whether there is more in the context than the chat itself.
func (s *Session) Noted() bool {
	return slices.ContainsFunc(s.Chat.conv.Notes, func(n chat.Note) bool { return n.Enabled })
}

// contextSheet is what the model sees, in tokens.
func (s *Session) contextSheet() Sheet {
	t := Sheet{Title: "Context"}
	packed := s.view.packed
	if s.Engine.model == nil {
		t.add("The model is still loading.", "")
		return t
	}
	tokens := Tokens
	if packed.About {
		tokens = func(n int) string { return "about " + Tokens(n) }
	}
	t.add("context", Tokens(packed.Context))
	t.add("  system prompt", tokens(packed.Prefix-packed.Memory-packed.World))
	if packed.Memory > 0 {
		t.add("  memory", tokens(packed.Memory))
	}
	if packed.World > 0 {
		t.add("  world notes", fmt.Sprintf("%s, %d notes", tokens(packed.World), packed.Worlds))
	}
	if packed.WorldsOut > 0 {
		t.add("  world notes left out", fmt.Sprintf("%d, for lack of room", packed.WorldsOut))
	}
	if packed.Note > 0 {
		t.add("  author's note", tokens(packed.Note))
	}
	t.add("  chat", tokens(packed.History))
	t.add("  left out", fmt.Sprintf("%s, %d whole turns", tokens(packed.Dropped), packed.DroppedTurns))
	t.add("  kept for the reply", tokens(packed.Reserve))
	return t
}

// warn tells, once, that something is about to leave the model's view, or has no room in it.
func (s *view) warn() {
	p := s.packed
	free := p.Context - p.Reserve - p.Prefix - p.History - p.Note - p.Cue
	const near = 16 // the share of the context in which it is told
	told := s.warned
	s.warned = ""
	switch {
	case p.Context == 0 || p.History == 0:
	case p.WorldsOut > 0:
		s.warned = fmt.Sprintf("no room for %d world notes; shorten them, or /world off", p.WorldsOut)
		if p.WorldsOut == 1 {
			s.warned = "no room for a world note; shorten one, or /world off"
		}
	case p.Dropped == 0 && free < p.Context/near:
		s.warned = "the beginning leaves the context soon; /memory keeps what matters"
	}
	if s.warned != "" && s.warned != told {
		s.tell(Notice{Words: s.warned, Yields: true})
	}
}
