package session

import (
	"slices"
	"strings"

	"inkling/chat"
)

// Edit brings the text of a turn into the input, nil for the last one; what is entered next becomes a version of it. A reply that is
// being written is stopped.
func (c *Chat) Edit(t *chat.Turn) []Work {
	return c.stopAnd(func() []Work {
		if t == nil {
			t = c.conv.Leaf()
		}
		switch {
		case c.conv.Mode == chat.Story:
			c.say("a story is edited in its text")
			return nil
		case t == nil:
			c.say("nothing to edit")
			return nil
		}
		c.editing = t.ID
		c.changed()
		text := t.Text
		if IsCommand(text) {
			text = " " + text // else Enter would run it
		}
		c.say("edit it: Enter keeps it as a version, Esc leaves it as it was")
		c.tell(Draft{Words: text, Edits: true})
		return nil
	})
}

// EndEdit leaves the turn that is being edited as it was. It reports false where there is none.
func (c *Chat) EndEdit() bool {
	if c.editing == 0 {
		return false
	}
	c.editing = 0
	c.changed()
	return true
}

// runEdit is the command /edit.
func runEdit(s *Session, arg string) []Work {
	role := chat.User
	switch arg {
	case "":
	case "reply":
		role = chat.Assistant
	default:
		if t := s.Chat.numbered("/edit [number of a turn, or reply]; -1 is the last", arg); t != nil {
			return s.Chat.Edit(t)
		}
		return nil
	}
	for _, t := range slices.Backward(s.Chat.conv.Path()) {
		if t.Role == role {
			return s.Chat.Edit(t)
		}
	}
	if s.Chat.conv.Leaf() == nil || role == chat.Assistant {
		s.say("nothing to edit")
		return nil
	}
	return s.Chat.Edit(nil)
}

// amend adds a version of a turn: a message gets a reply, a reply stands as it is and can be continued.
func (r *Reply) amend(id int, text string) []Work {
	return r.stopAnd(func() []Work {
		c := r.chat
		path := c.conv.PathTo(id)
		old := path[len(path)-1]
		if text = strings.TrimSpace(text); text == strings.TrimSpace(old.Text) {
			r.say("nothing is changed")
			return nil
		}
		r.doing = nil
		turn := c.conv.Add(old.Parent, old.Role, text, r.now())
		turn.State = chat.Done
		c.conv.Draft = c.draft()
		c.saveHeader()
		c.journal.SaveTurn(c.conv.ID, turn)
		c.changed()
		r.tell(Asked{})
		if turn.Role == chat.Assistant {
			r.say("edited; the old version is kept; Enter continues")
			return nil
		}
		return r.answer(beginning{parent: turn.ID})
	})
}
