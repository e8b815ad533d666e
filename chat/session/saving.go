package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"inkling/chat"
)

// saving is what is known of how the chat gets to the store.
type saving struct {
	patience  time.Duration        // how long a reply waits for the store
	never     string               // why nothing is kept on disk, "" where it is
	failing   bool                 // the store could not take what was written last, or has not yet
	unsaved   string               // why
	slow      bool                 // it has not yet
	unwatch   context.CancelFunc   // ends the watch for a change of that
	left      []*chat.Conversation // that were current and are not saved
	exported  export               // what a file has of the chat
	rewritten int                  // how often chats were written as a whole
	warned    bool                 // the person knows that leaving loses the chat
}

// export tells what of a conversation is in a file.
type export struct {
	conv  *chat.Conversation
	turns int
	last  int // bytes of the last turn
}

// storeWait is how long a reply waits for the store, before its first word and at its end.
const storeWait = 2 * time.Second

// watched says that the chat is no longer saved, or is again.
type watched struct {
	session string
	unsaved bool // it was not saved before
}

func (watched) event() {}

// Unsaved says in a few words why the chat is not saved; "" while it is.
func (c *Chat) Unsaved() string { return cmp.Or(c.never, c.unsaved) }

// watch waits for a change of whether the chat is saved.
func (c *Chat) watch() []Work {
	if c.unwatch != nil {
		c.unwatch()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.unwatch = cancel
	e := watched{c.conv.ID, c.failing}
	return []Work{{aside: true, do: func(context.Context) Event {
		_ = c.journal.Watch(ctx, e.session, e.unsaved) // what it says may be over when the event is taken
		if ctx.Err() != nil {
			return nil
		}
		return e
	}}}
}

// watched follows such a change.
func (c *Chat) watched(e watched) []Work {
	if e.session != c.conv.ID || e.unsaved != c.failing {
		return nil // another watch is out
	}
	err := c.journal.State(e.session)
	if err == nil && !e.unsaved {
		return c.watch() // it has been mended
	}
	return c.stored(err)
}

// stored follows what the store says of a write. When another inkling has the conversation open, this one goes on in a
// copy; when another one has deleted it, it is written again.
func (c *Chat) stored(err error) []Work {
	if c.mend(err) {
		return c.watch()
	}
	switch {
	case err != nil:
		if !c.failing || c.unsaved != err.Error() {
			c.problem("this chat is not saved: " + err.Error())
		}
		c.failing, c.unsaved, c.slow = true, err.Error(), errors.Is(err, context.DeadlineExceeded)
	case c.failing:
		c.failing, c.unsaved, c.slow = false, "", false
		c.say("this chat is saved again")
		c.saveLeft()
	default:
		return nil
	}
	c.version++
	return c.watch()
}

// mend has the conversation saved that another process has changed, and tells of it. It reports whether there was anything
// to mend.
func (c *Chat) mend(err error) bool {
	told := c.journal.Mend(c.conv, err, c.now())
	if told != "" {
		c.rewritten++
		c.say(told)
	}
	return told != ""
}

// retry writes the whole conversation where a write has failed: the trouble may be over.
func (c *Chat) retry() {
	if err := c.journal.State(c.conv.ID); c.failing && err != nil && !errors.Is(err, chat.ErrLocked) {
		c.journal.SaveAll(c.conv)
		c.rewritten++
	}
}

// leave notes that another conversation becomes the current one.
func (c *Chat) leave() {
	if c.conv != nil && c.conv.Leaf() != nil && c.failing {
		c.left = append(c.left, c.conv)
	}
	c.failing, c.unsaved, c.slow, c.warned = false, "", false, false
}

// saveLeft tries again to write conversations that were left unsaved.
func (c *Chat) saveLeft() {
	for _, conv := range c.left {
		if err := c.journal.State(conv.ID); err != nil && !errors.Is(err, chat.ErrLocked) {
			c.journal.SaveAll(conv)
		}
	}
}

// wait is how long a reply waits for the store, which is not at all where that is known to be slow.
func (c *Chat) wait() time.Duration {
	if c.slow {
		return 0
	}
	return c.patience
}

// flush waits until the conversation is on disk, at most so long.
func (c *Chat) flush(ctx context.Context, session string, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	return c.journal.Flush(ctx, session)
}

// lost says why something that was said would be lost with the program, "" where nothing would be.
func (c *Chat) lost() string {
	for _, conv := range c.left {
		if err := c.journal.State(conv.ID); err != nil {
			return err.Error()
		}
	}
	if c.conv.Leaf() == nil || c.exported == exportOf(c.conv) {
		return ""
	}
	return c.Unsaved()
}

// exportOf is the whole of a conversation.
func exportOf(c *chat.Conversation) export {
	e := export{conv: c, turns: len(c.Turns())}
	if leaf := c.Leaf(); leaf != nil {
		e.last = len(leaf.Text)
	}
	return e
}

// Leave ends the program: Quit is told. Where something would be lost by it, that is told in its place, once.
func (s *Session) Leave() {
	if why := s.Chat.lost(); why != "" && !s.Chat.warned {
		s.Chat.warned = true
		s.problem("not saved: /save FILE keeps this chat elsewhere, quitting again loses it")
		return
	}
	s.tell(Quit{})
}

// settle waits until everything is written, in copies where that is needed, and ends the journal. The error says what is not
// saved.
func (c *Chat) settle(ctx context.Context) error {
	c.retry()
	c.saveLeft()
	for range 3 { // a chat may be deleted again, but nobody knows of a copy
		if !c.mend(c.flush(ctx, c.conv.ID, c.patience)) {
			break
		}
	}
	err := c.journal.Close()
	if c.exported == exportOf(c.conv) && len(c.left) == 0 {
		return nil
	}
	if err == nil && c.never != "" && c.conv.Leaf() != nil {
		err = errors.New(c.never)
	}
	if err != nil {
		return fmt.Errorf("chat not saved: %w", err)
	}
	return nil
}
