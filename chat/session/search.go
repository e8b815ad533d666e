package session

import (
	"context"
	"fmt"

	"inkling/chat"
)

// found brings what a search has found.
type found struct {
	query   string
	hits    []chat.Hit
	partial bool
	err     error
}

func (found) event() {}

// search is the command /search.
func (s *Session) search(query string) []Work {
	index, ok := s.Chat.store.(chat.Index)
	switch {
	case query == "":
		s.say("/search takes the words to look for in all chats")
		return nil
	case !ok:
		s.problem("these chats cannot be searched")
		return nil
	}
	return []Work{s.Chat.ask(s.Chat.conv.ID, func(ctx context.Context) Event {
		e := found{query: query}
		e.hits, e.partial, e.err = index.Search(ctx, query)
		return e
	})}
}

// found shows what was found.
func (s *Session) found(e found) {
	if s.fail(e.err) {
		return
	}
	if e.partial {
		s.say("old chats are still being read for the search: some may be missing")
	}
	if len(e.hits) == 0 {
		s.say("nothing found for " + e.query)
		return
	}
	t := Sheet{Title: fmt.Sprintf("Found (%d)", len(e.hits))}
	for _, h := range e.hits {
		title := h.Title
		if title == "" {
			title = "(no title)"
		}
		t.Rows = append(t.Rows, Row{Name: title + ", " + Ago(s.now().Sub(h.Created))}, Row{Name: "  " + string(h.Role) + ": " + h.Snippet, Minor: true}, Row{})
	}
	s.tell(t)
}
