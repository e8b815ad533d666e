package session

import (
	"context"
	"errors"
	"strings"

	"inkling/chat"
	"inkling/chat/lore"
)

// imported brings what a file has.
type imported struct {
	name string
	book lore.Book
	err  error
}

func (imported) event() {}

// brought says that a chat has come from a file.
type brought struct{ id, name string }

func (brought) event() {}

// runImport is the command /import.
func runImport(s *Session, name string) []Work {
	if name == "" {
		s.problem("usage: /import FILE, with a chat, world info or a character card")
		return nil
	}
	name = Home(strings.Trim(name, `"'`))
	return []Work{s.Chat.ask(s.Chat.conv.ID, func(ctx context.Context) Event {
		book, err := lore.Open(name)
		if kind, _ := chat.ExportKind(name); kind != "md" && kind != "txt" && !errors.Is(err, lore.ErrUnknown) {
			return imported{name, book, err}
		}
		id, err := Import(ctx, s.Chat.store, name)
		if err != nil {
			return Notice{Words: err.Error(), Problem: true}
		}
		return brought{id, name}
	})}
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
		s.Chat.steps.note(conv)
		s.Chat.journal.SaveAll(conv)
		s.Chat.notebook = nil
		s.changed()
		s.say(e.book.Told())
		return work
	})
}
