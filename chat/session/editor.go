package session

import (
	"strconv"

	"inkling/chat"
)

// An Editing is a text that the user edits in a program of their own. The session goes on with the event that Done gives.
type Editing struct {
	Words string
	Name  string // of a file for it
	Input bool   // it is what is in the input

	conv *chat.Conversation
	done func(text string) []Work
}

// Text implements Answer.
func (Editing) Text() string { return "" }

// edited says what has become of a text, or why nothing has.
type edited struct {
	Editing
	text string
	err  error
}

func (edited) event() {}

// Done is the event of an editor that has ended. The error is one line for a person.
func (e Editing) Done(text string, err error) Event { return edited{e, text, err} }

// edited goes on with a text that was edited. It is kept whatever has happened meanwhile.
func (s *Session) edited(e edited) []Work {
	switch {
	case e.err != nil:
		s.problem(e.err.Error())
	case e.text == e.Words:
	case e.conv != s.Chat.conv:
		s.tell(Draft{Words: e.text})
		s.problem("another chat is open; what you edited is in the input")
	default:
		return e.done(e.text)
	}
	return nil
}

// EditInput has what is in the input edited in the user's own editor.
func (s *Session) EditInput(text string) []Work {
	if s.Reply.Writing() && !s.Reply.Paused() {
		s.hold("still writing; press Esc to stop")
		return nil
	}
	s.tell(Editing{Words: text, Name: "message.md", Input: true, conv: s.Chat.conv, done: func(text string) []Work {
		s.tell(Draft{Words: text})
		return nil
	}})
	return nil
}

// EditOutside has a turn edited in the user's own editor, nil for the last one, or the whole text of a story. A reply that is being
// written is stopped.
func (s *Session) EditOutside(t *chat.Turn) []Work {
	return s.stopAnd(func() []Work {
		c := s.Chat
		if c.conv.Mode == chat.Story {
			c.commit()
			s.tell(Editing{Words: c.Story().Text, Name: "story.md", conv: c.conv, done: func(text string) []Work {
				return s.stopAnd(func() []Work {
					c.typing = &text
					c.commit()
					return nil
				})
			}})
			return nil
		}
		if t == nil {
			t = c.conv.Leaf()
		}
		if t == nil {
			s.say("nothing to edit")
			return nil
		}
		name := "message.md"
		if t.Role == chat.Assistant {
			name = "reply.md"
		}
		s.tell(Editing{Words: t.Text, Name: name, conv: c.conv, done: func(text string) []Work {
			if blank(text) {
				s.say("it was left empty; nothing is changed")
				return nil
			}
			return s.Reply.amend(t.ID, text)
		}})
		return nil
	})
}

// numbered is the turn that a command is told of: turns count from 1, or backwards from -1. It is nil, which is told, where there is none.
func (c *Chat) numbered(usage, arg string) *chat.Turn {
	path := c.conv.Path()
	n, err := strconv.Atoi(arg)
	switch {
	case err != nil || n == 0:
		c.problem("usage: " + usage)
	case n < -len(path) || n > len(path):
		c.problem("no turn " + arg + "; this chat has " + strconv.Itoa(len(path)))
	case n < 0:
		return path[len(path)+n]
	default:
		return path[n-1]
	}
	return nil
}

// runEditor is the command /editor.
func runEditor(s *Session, arg string) []Work {
	story := s.Chat.conv.Mode == chat.Story
	switch {
	case arg == "" && story:
		return s.EditOutside(nil)
	case arg == "":
		return s.EditInput("")
	case story:
		s.problem("a story is edited as one text; use /editor")
		return nil
	}
	if t := s.Chat.numbered("/editor [number of a turn]; -1 is the last", arg); t != nil {
		return s.EditOutside(t)
	}
	return nil
}
