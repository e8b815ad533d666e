package session

import (
	"context"
	"slices"

	"inkling/chat"
)

// MostSent is how many texts the input brings back.
const MostSent = 1000

// Sent are messages and commands that were sent before this session, the oldest first: the input brings them back.
type Sent struct{ Texts []string }

func (Sent) Text() string { return "" }

// First says that a person has had the first reply ever, which is the time for a hint. Who has sent something before gets none: the store
// remembers.
type First struct{}

// Text implements Answer.
func (First) Text() string { return "" }

// novice is what tells that somebody has had the first reply.
type novice struct {
	unused  bool // nothing was ever sent before this run, as the store remembers
	replied bool // a reply has ended in this run
}

// hint tells of the first reply, once.
func (s *Session) hint() {
	if s.novice.unused && s.novice.replied && !s.Reply.Writing() {
		s.novice.unused = false
		s.tell(First{})
	}
}

// remember keeps what was entered, for later runs.
func (c *Chat) remember(text string) {
	c.entered = append(c.entered, text)
	c.journal.Remember(text, c.now())
}

// lasting reports whether what is sent will be remembered when the program has ended.
func (c *Chat) lasting() bool {
	_, passing := c.store.(*chat.Volatile)
	return !passing
}

// remembered brings what was sent before.
type remembered struct{ texts []string }

func (remembered) event() {}

// recall asks the store for what was sent before.
func (c *Chat) recall() []Work {
	history, ok := c.store.(chat.History)
	if !ok {
		return nil
	}
	return []Work{{aside: true, do: func(ctx context.Context) Event {
		ctx, cancel := context.WithTimeout(ctx, storePatience)
		defer cancel()
		texts, err := history.Recall(ctx, MostSent)
		if err != nil {
			return nil // what is wrong with the store is told where a chat cannot be saved
		}
		slices.Reverse(texts)
		return remembered{texts}
	}}}
}
