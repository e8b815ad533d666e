package session

import (
	"maps"

	"inkling/chat"
)

// steps are the changes of a conversation's tree within a run, to be undone and done again. Turns are never taken out of a tree: what
// changes is which of them are current.
type steps struct {
	now          moment
	past, undone []moment // the next one to go to is the last
}

// A moment is what was current in a conversation at a time.
type moment struct {
	leaf, last int         // last is the largest ID of a turn at that time
	chosen     map[int]int // see chat.Conversation.Current
}

func current(c *chat.Conversation) moment {
	h := c.Header()
	return moment{h.Leaf, h.Last, h.Chosen}
}

// note follows a change. A message and the reply to it are one.
func (s *steps) note(c *chat.Conversation) {
	before, next := s.now, current(c)
	if s.now = next; next.leaf == before.leaf && maps.Equal(next.chosen, before.chosen) {
		return
	}
	if leaf, n := c.Leaf(), len(s.past); n > 0 && leaf != nil && leaf.Place == nil && leaf.ID > before.last && leaf.Role == chat.Assistant &&
		leaf.Parent == before.leaf && leaf.Parent > s.past[n-1].last {
		return
	}
	s.past, s.undone = append(s.past, before), nil
}

// back undoes a change: the last one, or what is not of this run. It returns the message that was taken back; ok is false where
// there is nothing to undo.
func (s *steps) back(c *chat.Conversation) (text string, ok bool) {
	defer func() {
		if ok {
			s.undone = append(s.undone, s.now)
			s.now = current(c)
		}
	}()
	leaf, n := c.Leaf(), len(s.past)
	if leaf != nil && leaf.Place != nil { // a change of a story
		c.Back()
		if n > 0 && s.past[n-1].leaf == leaf.Parent {
			s.past = s.past[:n-1]
		}
		return "", true
	}
	if n == 0 {
		return c.Undo()
	}
	to := s.past[n-1]
	s.past = s.past[:n-1]
	for _, t := range c.Path() {
		if t.Role == chat.User && t.Parent == to.leaf {
			text = t.Text
		}
	}
	c.Return(to.leaf, to.last, to.chosen)
	return text, true
}

// forth does again what was undone last.
func (s *steps) forth(c *chat.Conversation) (ok bool) {
	n := len(s.undone)
	if n == 0 {
		return false
	}
	s.past = append(s.past, s.now)
	s.now, s.undone = s.undone[n-1], s.undone[:n-1]
	c.Return(s.now.leaf, s.now.last, s.now.chosen)
	return true
}

// Undo takes the last change back. The text of a message that goes with it is told as a Draft.
func (c *Chat) Undo() []Work {
	return c.stopAnd(func() []Work {
		c.EndEdit()
		c.commit()
		text, ok := c.steps.back(c.conv)
		if !ok {
			c.say("nothing to undo")
			return nil
		}
		c.saveHeader()
		c.changed()
		c.say("undone; the old version is kept")
		if text != "" {
			c.tell(Draft{Words: text})
		}
		return nil
	})
}

// Redo does again what was undone last. A message that the undoing has put into the input leaves it.
func (c *Chat) Redo() []Work {
	return c.stopAnd(func() []Work {
		c.EndEdit()
		c.commit()
		if !c.steps.forth(c.conv) {
			c.say("nothing to redo")
			return nil
		}
		c.saveHeader()
		c.changed()
		c.say("done again")
		for _, t := range c.conv.Path() {
			if t.Role == chat.User && c.typed != "" && t.Text == c.typed {
				c.tell(Draft{})
				break
			}
		}
		return nil
	})
}
