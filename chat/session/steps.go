package session

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"inkling/chat"
)

// steps are the changes of a conversation's tree within a run, to be undone and done again. Turns are never taken out of a tree: what
// changes is which of them are current, and their marks.
type steps struct {
	now          moment
	past, undone []moment // the next one to go to is the last
	typing       int      // ID of the note that the last change was typed into, 0 for none
}

// A moment is what was current in a conversation at a time.
type moment struct {
	leaf, last int         // last is the largest ID of a turn at that time
	chosen     map[int]int // see chat.Conversation.Current
	marks      map[int]chat.Mark
	notes      []chat.Note
	system     string
}

func current(c *chat.Conversation) moment {
	h := c.Header()
	return moment{h.Leaf, h.Last, h.Chosen, c.Marks(), slices.Clone(c.Notes), h.System}
}

// like reports whether the conversation is the same at both moments, but for turns that have come.
func (m moment) like(other moment) bool {
	return m.beside(other) && maps.Equal(m.marks, other.marks) && slices.EqualFunc(m.notes, other.notes, sameNote) && m.system == other.system
}

// beside reports whether the same path is current at both moments.
func (m moment) beside(other moment) bool {
	return m.leaf == other.leaf && maps.Equal(m.chosen, other.chosen)
}

func sameNote(a, b chat.Note) bool {
	return a.ID == b.ID && a.Kind == b.Kind && a.Title == b.Title && slices.Equal(a.Keys, b.Keys) && a.Text == b.Text && a.Depth == b.Depth &&
		a.Enabled == b.Enabled && bytes.Equal(a.Rest, b.Rest)
}

// mostTyped is how many bytes a key changes at most in a text.
const mostTyped = 4

// typed is the ID of the one note that differs between two moments by what a key does to it, 0 where anything else differs.
func (m moment) typed(next moment) (id int) {
	texts := func(notes []chat.Note) map[int]string {
		all := map[int]string{}
		for _, n := range notes {
			all[n.ID] = strings.Join(n.Keys, ", ") + "\n" + n.Text
		}
		return all
	}
	before, after := texts(m.notes), texts(next.notes)
	for id := range after {
		if _, ok := before[id]; !ok {
			before[id] = "\n"
		}
	}
	for other, text := range before {
		now, ok := after[other]
		if !ok {
			now = "\n"
		}
		if now == text {
			continue
		}
		if _, removed, in := chat.Difference(text, now); id != 0 || removed+len(in) > mostTyped {
			return 0
		}
		id = other
	}
	m.notes = next.notes
	if !m.like(next) {
		return 0
	}
	return id
}

// note follows a change. A message and the reply to it are one, and what is typed into a note.
func (s *steps) note(c *chat.Conversation) {
	before, next := s.now, current(c)
	if s.now = next; next.like(before) {
		return
	}
	typing := before.typed(next)
	if s.typing, typing = typing, s.typing; typing != 0 && typing == s.typing {
		s.undone = nil
		return
	}
	if leaf, n := c.Leaf(), len(s.past); n > 0 && leaf != nil && leaf.Place == nil && leaf.ID > before.last && leaf.Role == chat.Assistant &&
		leaf.Parent == before.leaf && leaf.Parent > s.past[n-1].last {
		return
	}
	s.past, s.undone = append(s.past, before), nil
}

// aside reports whether the last change left the path as it is, so that a reply that is being written need not be stopped to undo it.
func (s *steps) aside() bool {
	n := len(s.past)
	return n > 0 && s.past[n-1].beside(s.now)
}

// back undoes a change: the last one, or what is not of this run. It returns the message that was taken back; ok is false where
// there is nothing to undo.
func (c *Chat) back() (text string, ok bool) {
	s, n := &c.steps, len(c.steps.past)
	before := s.now
	leaf := c.conv.Leaf()
	switch {
	case n > 0:
		to := s.past[n-1]
		s.past = s.past[:n-1]
		for _, t := range c.conv.Path() {
			if t.Role == chat.User && t.Place == nil && t.Parent == to.leaf {
				text = t.Text
			}
		}
		c.restore(to)
	case leaf != nil && leaf.Place != nil: // a change of a story
		c.conv.Back()
	default:
		if text, ok = c.conv.Undo(); !ok {
			return "", false
		}
	}
	s.undone, s.now, s.typing = append(s.undone, before), current(c.conv), 0
	return text, true
}

// forth does again what was undone last.
func (c *Chat) forth() (ok bool) {
	s, n := &c.steps, len(c.steps.undone)
	if n == 0 {
		return false
	}
	s.past, s.typing = append(s.past, s.now), 0
	s.now, s.undone = s.undone[n-1], s.undone[:n-1]
	c.restore(s.now)
	return true
}

// restore makes the conversation what it was at a moment.
func (c *Chat) restore(m moment) {
	now := c.conv.Marks()
	for id := range now {
		if now[id] != m.marks[id] {
			c.mark(id, m.marks[id])
		}
	}
	for id, mark := range m.marks {
		if _, marked := now[id]; !marked {
			c.mark(id, mark)
		}
	}
	for _, n := range slices.Clone(c.conv.Notes) {
		if !slices.ContainsFunc(m.notes, func(old chat.Note) bool { return old.ID == n.ID }) {
			c.conv.Unnote(n.ID)
			c.journal.DeleteNote(c.conv.ID, n.ID)
		}
	}
	for _, n := range m.notes {
		if !slices.ContainsFunc(c.conv.Notes, func(now chat.Note) bool { return sameNote(now, n) }) {
			c.conv.Note(n)
			c.journal.SaveNote(c.conv.ID, n)
		}
	}
	c.notebook = nil
	c.conv.System = m.system
	c.conv.Return(m.leaf, m.last, m.chosen)
}

// mark gives a turn another mark.
func (c *Chat) mark(id int, m chat.Mark) {
	c.conv.Mark(id, m)
	if t := c.conv.Turn(id); t != nil {
		c.journal.SaveMark(c.conv.ID, t)
	}
}

// switchSteps has the changes of another conversation at hand: those of this run.
func (c *Chat) switchSteps(from, to *chat.Conversation) {
	if from != nil {
		if c.earlier == nil {
			c.earlier = map[string]steps{}
		}
		c.earlier[from.ID] = c.steps
	}
	now := current(to)
	if c.steps = c.earlier[to.ID]; !c.steps.now.like(now) || c.steps.now.last != now.last {
		c.steps = steps{now: now}
	}
}

// Undo takes the last change back. The text of a message that goes with it is told as a Draft.
func (c *Chat) Undo() []Work {
	if c.steps.aside() && c.typing == nil {
		return c.undo()
	}
	return c.stopAnd(c.undo)
}

func (c *Chat) undo() []Work {
	c.EndEdit()
	c.commit()
	before := c.steps.now
	text, ok := c.back()
	if !ok {
		c.say("nothing to undo")
		return nil
	}
	c.saveHeader()
	c.changed()
	if what := before.apart(c.steps.now); what != "" {
		c.say("undone: " + what)
	} else {
		c.say("undone; the old version is kept")
	}
	if text != "" {
		c.tell(Draft{Words: text})
	}
	return nil
}

// apart says what differs at another moment beside the path; "" where nothing does.
func (m moment) apart(other moment) string {
	hidden := func(marks map[int]chat.Mark) map[int]bool {
		all := map[int]bool{}
		for id, mark := range marks {
			if mark.Hidden {
				all[id] = true
			}
		}
		return all
	}
	switch {
	case !maps.Equal(hidden(m.marks), hidden(other.marks)):
		return "pruning"
	case !maps.Equal(m.marks, other.marks):
		return "a name or bookmark"
	case !slices.EqualFunc(m.notes, other.notes, sameNote):
		return "memory or notes"
	case m.system != other.system:
		return "the system prompt"
	}
	return ""
}

// Redo does again what was undone last. A message that the undoing has put into the input leaves it.
func (c *Chat) Redo() []Work {
	return c.stopAnd(func() []Work {
		c.EndEdit()
		c.commit()
		before := c.steps.now
		if !c.forth() {
			c.say("nothing to redo")
			return nil
		}
		c.saveHeader()
		c.changed()
		if what := before.apart(c.steps.now); what != "" {
			c.say("done again: " + what)
		} else {
			c.say("done again")
		}
		for _, t := range c.conv.Path() {
			if t.Role == chat.User && c.typed != "" && t.Text == c.typed {
				c.tell(Draft{})
				break
			}
		}
		return nil
	})
}
