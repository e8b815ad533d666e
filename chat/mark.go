package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// A Mark is what a person has made of a turn in the tree.
type Mark struct {
	Label  string `json:"label,omitempty"`  // its name; that of a bookmark begins with Star, which may be all of it
	Hidden bool   `json:"hidden,omitempty"` // pruned, with all that follows it: it stays in the tree, and is no version any more
}

// Star begins the label of a bookmark.
const Star = "★"

// Bookmarked reports whether the turn is a bookmark.
func (m Mark) Bookmarked() bool { return strings.HasPrefix(m.Label, Star) }

// Name is the label without what makes it a bookmark.
func (m Mark) Name() string { return strings.TrimSpace(strings.TrimPrefix(m.Label, Star)) }

// Labelled is the mark with another name, and as a bookmark or not.
func (m Mark) Labelled(name string, bookmark bool) Mark {
	m.Label = strings.Join(strings.Fields(name), " ")
	if bookmark {
		m.Label = strings.TrimSpace(Star + " " + strings.TrimSpace(strings.TrimPrefix(m.Label, Star)))
	}
	return m
}

// Marks keeps the marks of turns; a turn that is saved keeps its mark. Load returns them with their turns.
type Marks interface {
	// SaveMark gives a turn another mark. It is ErrNotFound where the turn is not in the store.
	SaveMark(ctx context.Context, session string, turn int, m Mark) error
}

// Marks are the marks of all turns that have one, by their IDs.
func (c *Conversation) Marks() map[int]Mark {
	marks := map[int]Mark{}
	for id, t := range c.turns {
		if t.Mark != (Mark{}) {
			marks[id] = t.Mark
		}
	}
	return marks
}

// Mark gives a turn another mark. Where it hides one that the current path goes through, the path goes on with another version of it,
// or ends before it.
func (c *Conversation) Mark(id int, m Mark) {
	t := c.turns[id]
	if t == nil {
		return
	}
	before := t.Mark
	t.Mark = m
	switch {
	case m.Hidden == before.Hidden:
	case m.Hidden:
		c.unchoose(t)
		if slices.Contains(c.PathTo(c.leaf), t) {
			c.leaf = c.tip(t.Parent)
		}
	case c.chosen[t.Parent] == 0:
		c.choose(id)
	}
}

// unchoose has another version than a hidden turn chosen: the one before it, or else the one after it.
func (c *Conversation) unchoose(t *Turn) {
	if c.chosen[t.Parent] != t.ID {
		return
	}
	next := 0
	for _, id := range c.children[t.Parent] {
		if !c.turns[id].Hidden && (id < t.ID || next == 0) {
			next = id
		}
	}
	if next == 0 {
		delete(c.chosen, t.Parent)
	} else {
		c.chosen[t.Parent] = next
	}
}

// newest is the newest child up to an ID that is not hidden, 0 for none.
func (c *Conversation) newest(parent, last int) int {
	for _, id := range slices.Backward(c.children[parent]) {
		if id <= last && !c.turns[id].Hidden {
			return id
		}
	}
	return 0
}

// Hides returns the turns that hide the one with this ID, itself among them.
func (c *Conversation) Hides(id int) (turns []*Turn) {
	for _, t := range c.PathTo(id) {
		if t.Hidden {
			turns = append(turns, t)
		}
	}
	return turns
}

// Next is the turn that follows the one with this ID (0: the first of all) on the way that was taken last, nil for none.
func (c *Conversation) Next(id int) *Turn { return c.turns[c.chosen[id]] }

// End makes the turn with this ID the end of the current path. An unknown ID changes nothing, as with Select.
func (c *Conversation) End(id int) {
	if c.turns[id] == nil || len(c.Hides(id)) > 0 {
		return
	}
	c.chooseAncestors(id)
	c.leaf = id
}

// Branch returns another conversation with the turn of that ID, all that leads to it and all that follows it and is not hidden, each under
// its ID. It is nil for an unknown ID.
func (c *Conversation) Branch(id int, now time.Time) (*Conversation, error) {
	if c.turns[id] == nil {
		return nil, nil
	}
	h := c.Header()
	h.ID, h.Created, h.Updated, h.Draft = NewID(now), now, now, ""
	h.Title = cmp.Or(h.Title, "chat") + " (copy)"
	var turns []Turn
	for _, t := range c.PathTo(id) {
		turns = append(turns, t.Clone())
	}
	for below := []int{id}; len(below) > 0; {
		next := below[len(below)-1]
		below = below[:len(below)-1]
		for _, child := range c.children[next] {
			if t := c.turns[child]; !t.Hidden {
				turns = append(turns, t.Clone())
				below = append(below, child)
			}
		}
	}
	if !slices.Contains(c.PathTo(h.Leaf), c.turns[id]) {
		h.Leaf = c.tip(id)
	}
	copied, err := Restore(h, turns)
	if err == nil {
		copied.Notes = slices.Clone(c.Notes)
	}
	return copied, err
}
