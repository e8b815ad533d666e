package session

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"inkling/chat"
)

// Found is what a search of all chats has found.
type Found struct {
	Query   string
	Hits    []chat.Hit
	Partial bool      // old chats are still being read for the search
	Now     time.Time // of the search
	Typing  bool      // it answers Search: whoever asked may be gone
}

// Jumped says that a chat is shown because of one of its turns, which has words that were searched for.
type Jumped struct {
	Turn  *chat.Turn
	Query string
}

// found brings what a search has found.
type found struct {
	Found
	err error
}

func (found) event() {}

// Text numbers the hits, and says how to open one.
func (f Found) Text() string {
	var b strings.Builder
	if f.Partial {
		b.WriteString("old chats are still being read for the search: some may be missing\n")
	}
	switch {
	case f.Query == "":
		return "/search takes the words to look for in all chats\n"
	case len(f.Hits) == 0:
		b.WriteString("nothing found for " + f.Query + "\n")
		return b.String()
	}
	for i, h := range f.Hits {
		fmt.Fprintf(&b, "%d  %s, %s\n   %s: %s\n", i+1, TitleOf(h.Title), Ago(f.Now.Sub(h.Created)), h.Role, h.Snippet)
	}
	b.WriteString("/sessions NUMBER opens one at that place\n")
	return b.String()
}

// Text is the turn.
func (j Jumped) Text() string {
	who := "Model"
	if j.Turn.Role == chat.User {
		who = "You"
	}
	if j.Turn.Place != nil {
		return ""
	}
	return who + ": " + j.Turn.Text + "\n"
}

// TitleOf is a title as lists show it.
func TitleOf(title string) string {
	if title = strings.Join(strings.Fields(title), " "); title == "" {
		return "(no title)"
	}
	return title
}

// Search searches all chats while somebody types the words: Found is told.
func (s *Session) Search(query string) []Work { return s.search(query, true) }

// runSearch is the command /search. Without words there is nothing to find.
func runSearch(s *Session, query string) []Work { return s.search(query, false) }

func (s *Session) search(query string, typing bool) []Work {
	index, ok := s.Chat.store.(chat.Index)
	switch {
	case query == "":
		s.tell(Found{})
		return nil
	case !ok:
		s.problem("these chats cannot be searched")
		return nil
	}
	return []Work{s.Chat.ask(s.Chat.conv.ID, func(ctx context.Context) Event {
		e := found{Found: Found{Query: query, Now: s.now(), Typing: typing}}
		e.Hits, e.Partial, e.err = index.Search(ctx, query)
		return e
	})}
}

// found tells what was found.
func (s *Session) found(e found) {
	if s.fail(e.err) {
		return
	}
	s.Chat.listing = nil
	for _, h := range e.Hits {
		s.Chat.listing = append(s.Chat.listing, goal{h.Session, h.Turn, e.Query})
	}
	s.tell(e.Found)
}

// A goal is a chat to open, and the turn to show in it, because of a query; 0 for none.
type goal struct {
	session string
	turn    int
	query   string
}

// Jump opens the chat of a hit at its turn, as the version that it belongs to. A reply that is being written is stopped.
func (s *Session) Jump(h chat.Hit, query string) []Work {
	return s.reach(goal{h.Session, h.Turn, query})
}

func (s *Session) reach(g goal) []Work {
	if g.session != s.Chat.conv.ID {
		return s.stopAnd(func() []Work {
			s.Chat.SaveDraft()
			return []Work{s.Chat.load(g)}
		})
	}
	on := func(t *chat.Turn) bool { return t.ID == g.turn }
	if slices.ContainsFunc(s.Chat.conv.Path(), on) {
		s.show(g)
		return nil
	}
	return s.stopAnd(func() []Work {
		s.show(g)
		return nil
	})
}

// show shows a turn of the current chat.
func (s *Session) show(g goal) {
	if g.turn == 0 {
		return
	}
	turn := func() *chat.Turn {
		path := s.Chat.conv.Path()
		if i := slices.IndexFunc(path, func(t *chat.Turn) bool { return t.ID == g.turn }); i >= 0 {
			return path[i]
		}
		return nil
	}
	if turn() == nil {
		s.Chat.choose(g.turn)
	}
	if t := turn(); t != nil {
		s.tell(Jumped{t, g.query})
	}
}

// runSessions is the command /sessions: it lists the chats, those that a filter leaves, or opens one by its number in the last list.
func runSessions(s *Session, arg string) []Work {
	if n, err := strconv.Atoi(arg); err == nil && n > 0 && n <= len(s.Chat.listing) {
		return s.reach(s.Chat.listing[n-1])
	}
	return s.Chat.filtered(arg)
}
