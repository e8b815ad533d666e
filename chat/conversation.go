package chat

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Mode says what a conversation is for.
type Mode string

const (
	Chat  Mode = "chat"  // question and answer
	Story Mode = "story" // one text that the user and the model write in turns
)

// Meta is what a conversation is apart from its turns.
type Meta struct {
	ID      string // sorts by creation time
	Title   string // by default the beginning of the first user turn
	Created time.Time
	Updated time.Time // when a turn was last added
	System  string    // system text, always in the model's view
	Mode    Mode
	Format  string // prompt format chosen by the user; "" for the model's own
	Model   string
	Draft   string // input not sent yet
	Params  string // settings that the user has changed in it, a JSON object; "" for none
}

// A Conversation is a tree of turns. Another reply, an edited question, a
// continuation are each a new sibling, nothing is overwritten; one path from a
// root to a leaf is current. The exported fields are the caller's to change.
// A Conversation is used by one goroutine at a time.
type Conversation struct {
	Meta
	Notes []Note // by their IDs, see Note and Unnote

	turns    map[int]*Turn
	children map[int][]int // by parent ID (0 for roots), in ascending order
	last     int           // largest ID given out
	leaf     int           // end of the current path; 0: the path is empty
	chosen   map[int]int   // parent ID (0 for roots) to the child that was current last
}

// New returns an empty conversation in chat mode.
func New(now time.Time) *Conversation {
	return &Conversation{
		Meta:     Meta{ID: NewID(now), Created: now, Updated: now, Mode: Chat},
		turns:    map[int]*Turn{},
		children: map[int][]int{},
		chosen:   map[int]int{},
	}
}

// NewID returns a fresh conversation ID: the time in milliseconds, then random
// bits, in hexadecimal, so that IDs sort by time.
func NewID(now time.Time) string {
	return fmt.Sprintf("%012x%08x", now.UnixMilli(), rand.Uint32())
}

// Add appends a turn below parent (0 for a root) and makes it the current leaf.
// A user turn is Done, an assistant turn starts as Writing. A parent that the
// conversation does not have counts as 0.
func (c *Conversation) Add(parent int, role Role, text string, now time.Time) *Turn {
	if c.turns[parent] == nil {
		parent = 0
	}
	state := Done
	if role == Assistant {
		state = Writing
	}
	c.last++
	t := &Turn{ID: c.last, Parent: parent, Role: role, Text: text, State: state, Created: now}
	c.turns[t.ID] = t
	c.children[parent] = append(c.children[parent], t.ID)
	c.choose(t.ID)
	c.leaf = t.ID
	if now.After(c.Updated) {
		c.Updated = now
	}
	if c.Title == "" && role == User {
		c.Title = Title(text)
	}
	return t
}

// Turns returns every turn, on the current path or not, by ID.
func (c *Conversation) Turns() []*Turn {
	all := make([]*Turn, 0, len(c.turns))
	for _, id := range slices.Sorted(maps.Keys(c.turns)) {
		all = append(all, c.turns[id])
	}
	return all
}

// A Header is everything about a conversation but its turns: what a store
// keeps in one record.
type Header struct {
	Meta
	Leaf   int         // end of the current path; 0: the path is empty
	Chosen map[int]int // see Conversation.Current
	Last   int         // largest turn ID that its writer knows; not kept by stores
}

// Header returns a snapshot that shares nothing with c.
func (c *Conversation) Header() Header {
	leaf, chosen := c.Current()
	return Header{Meta: c.Meta, Leaf: leaf, Chosen: chosen, Last: c.last}
}

// Clone returns a copy that shares nothing with c; a turn that is being written is Stopped in it.
func (c *Conversation) Clone() (*Conversation, error) {
	var turns []Turn
	for _, t := range c.turns {
		turns = append(turns, *t)
	}
	copied, err := Restore(c.Header(), turns)
	if err == nil {
		copied.Notes = slices.Clone(c.Notes)
	}
	return copied, err
}

// Restore builds a conversation from its header and its turns, in any order.
// A turn still marked Writing is one whose process died (or is another process
// that writes right now): here it is Stopped. A leaf that is not among the
// turns, because the process died before it was written, or that is hidden, is
// replaced by the end of the path that was chosen last.
func Restore(h Header, turns []Turn) (*Conversation, error) {
	c := &Conversation{Meta: h.Meta, turns: make(map[int]*Turn, len(turns)), children: map[int][]int{}, chosen: map[int]int{}}
	for i := range turns {
		t := turns[i].Clone()
		if t.ID <= 0 || c.turns[t.ID] != nil {
			return nil, fmt.Errorf("conversation %s: turn ID %d is not positive or there twice", h.ID, t.ID)
		}
		if t.State == Writing {
			t.State = Stopped
		}
		c.turns[t.ID] = &t
		c.last = max(c.last, t.ID)
	}
	for _, t := range c.Turns() {
		if t.Parent < 0 || t.Parent >= t.ID || (t.Parent > 0 && c.turns[t.Parent] == nil) {
			return nil, fmt.Errorf("conversation %s: turn %d answers turn %d, which is not there before it", h.ID, t.ID, t.Parent)
		}
		c.children[t.Parent] = append(c.children[t.Parent], t.ID)
		if !t.Hidden {
			c.chosen[t.Parent] = t.ID
		}
	}
	for parent, child := range h.Chosen {
		if t := c.turns[child]; t != nil && t.Parent == parent && !t.Hidden {
			c.chosen[parent] = child
		}
	}
	hidden := c.Hides(h.Leaf)
	switch {
	case len(hidden) > 0:
		c.leaf = c.tip(hidden[0].Parent)
		c.chooseAncestors(c.leaf)
	case c.turns[h.Leaf] != nil:
		c.leaf = h.Leaf
		c.chooseAncestors(c.leaf)
	case h.Leaf != 0:
		c.leaf = c.tip(0)
	}
	return c, nil
}
