package session

import (
	"context"
	"strings"

	"inkling/chat/lore"
)

// imported brings what a file has.
type imported struct {
	name string
	book lore.Book
	err  error
}

func (imported) event() {}

// runImport is the command /import.
func runImport(s *Session, name string) []Work {
	if name == "" {
		s.problem("usage: /import FILE, with world info or a character card")
		return nil
	}
	name = Home(strings.Trim(name, `"'`))
	return []Work{{do: func(context.Context) Event {
		book, err := lore.Open(name)
		return imported{name, book, err}
	}}}
}

// adopt adds world info to the chat, and begins another one with a character.
func (s *Session) adopt(e imported) []Work {
	if s.fail(e.err) {
		return nil
	}
	return s.stopAnd(func() (work []Work) {
		if e.book.Card() {
			s.Chat.SaveDraft()
			s.begin(s.fresh())
			work = s.Chat.watch()
		}
		conv := s.Chat.conv
		e.book.Add(conv, s.now())
		s.Chat.journal.SaveAll(conv)
		s.Chat.notebook = nil
		s.changed()
		s.say(e.book.Told())
		return work
	})
}
