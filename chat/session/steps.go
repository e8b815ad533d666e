package session

import (
	"maps"

	"inkling/chat"
)

// steps are the changes of a conversation's tree within a run, to be undone and done again. Turns are never taken out of a tree: what
// changes is which of them are current, and their marks.
type steps struct {
	now          moment
	past, undone []moment // the next one to go to is the last
}

// A moment is what was current in a conversation at a time.
type moment struct {
	leaf, last int         // last is the largest ID of a turn at that time
	chosen     map[int]int // see chat.Conversation.Current
	marks      map[int]chat.Mark
}

func current(c *chat.Conversation) moment {
	h := c.Header()
	return moment{h.Leaf, h.Last, h.Chosen, c.Marks()}
}

// like reports whether the tree is the same at both moments, but for turns that have come.
func (m moment) like(other moment) bool {
	return m.leaf == other.leaf && maps.Equal(m.chosen, other.chosen) && maps.Equal(m.marks, other.marks)
}

// note follows a change. A message and the reply to it are one.
func (s *steps) note(c *chat.Conversation) {
	before, next := s.now, current(c)
	if s.now = next; next.like(before) {
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
	return n > 0 && s.past[n-1].leaf == s.now.leaf && maps.Equal(s.past[n-1].chosen, s.now.chosen)
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
	s.undone, s.now = append(s.undone, before), current(c.conv)
	return text, true
}

// forth does again what was undone last.
func (c *Chat) forth() (ok bool) {
	s, n := &c.steps, len(c.steps.undone)
	if n == 0 {
		return false
	}
	s.past = append(s.past, s.now)
	s.now, s.undone = s.undone[n-1], s.undone[:n-1]
	c.restore(s.now)
	return true
}

// restore makes the tree what it was at a moment.
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
	before := c.steps.now.marks
	text, ok := c.back()
	if !ok {
		c.say("nothing to undo")
		return nil
	}
	c.saveHeader()
	c.changed()
	if maps.Equal(before, c.steps.now.marks) {
		c.say("undone; the old version is kept")
	} else {
		c.say("undone: " + remarked(before, c.steps.now.marks))
	}
	if text != "" {
		c.tell(Draft{Words: text})
	}
	return nil
}

// remarked says what became of marks.
func remarked(before, after map[int]chat.Mark) string {
	hidden := func(marks map[int]chat.Mark) (n int) {
		for _, m := range marks {
			if m.Hidden {
				n++
			}
		}
		return n
	}
	switch was, is := hidden(before), hidden(after); {
	case is < was:
		return "what was pruned is back"
	case is > was:
		return "pruned"
	}
	return "the label is another"
}

// Redo does again what was undone last. A message that the undoing has put into the input leaves it.
func (c *Chat) Redo() []Work {
	return c.stopAnd(func() []Work {
		c.EndEdit()
		c.commit()
		before := c.steps.now.marks
		if !c.forth() {
			c.say("nothing to redo")
			return nil
		}
		c.saveHeader()
		c.changed()
		if maps.Equal(before, c.steps.now.marks) {
			c.say("done again")
		} else {
			c.say("done again: " + remarked(before, c.steps.now.marks))
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
