package chat

import (
	"maps"
	"slices"
)

// Turn returns the turn with this ID, nil for none.
func (c *Conversation) Turn(id int) *Turn { return c.turns[id] }

// Leaf returns the last turn of the current path, nil when the path is empty.
func (c *Conversation) Leaf() *Turn { return c.turns[c.leaf] }

// Path returns the current path, from its root to its leaf.
func (c *Conversation) Path() []*Turn { return c.PathTo(c.leaf) }

// PathTo returns the turns from the root down to the turn with this ID, which
// comes last; nothing when there is no such turn.
func (c *Conversation) PathTo(id int) []*Turn {
	var path []*Turn
	for t := c.turns[id]; t != nil; t = c.turns[t.Parent] {
		path = append(path, t)
	}
	slices.Reverse(path)
	return path
}

// Siblings returns the IDs of the turns with the same parent, the turn itself
// among them, in ascending order, and the place of the turn in that list.
// Roots are siblings of each other. Hidden turns are nobody's siblings. For an
// unknown ID it returns nil and -1.
func (c *Conversation) Siblings(id int) (ids []int, index int) {
	t := c.turns[id]
	if t == nil {
		return nil, -1
	}
	ids = slices.DeleteFunc(slices.Clone(c.children[t.Parent]), func(id int) bool { return c.turns[id].Hidden })
	return ids, slices.Index(ids, id)
}

// Children returns the turns that answer the turn with this ID (0: the roots),
// in ascending order, hidden ones among them.
func (c *Conversation) Children(id int) []*Turn {
	var turns []*Turn
	for _, child := range c.children[id] {
		turns = append(turns, c.turns[child])
	}
	return turns
}

// Select makes the path go through the turn with this ID, and below it along
// the children that were chosen last. An unknown ID changes nothing, nor does
// that of a turn that is hidden, or that follows one.
func (c *Conversation) Select(id int) {
	if c.turns[id] == nil || len(c.Hides(id)) > 0 {
		return
	}
	c.chooseAncestors(id)
	c.leaf = c.tip(id)
}

// Undo ends the current path before its last user turn and returns the text of
// that turn, to be edited and sent again. The turns stay in the tree: Select
// brings them back. It reports false, and changes nothing, when no user turn is
// on the path.
func (c *Conversation) Undo() (text string, ok bool) {
	for _, t := range slices.Backward(c.Path()) {
		if t.Role == User {
			c.leaf = t.Parent
			return t.Text, true
		}
	}
	return "", false
}

// Back ends the current path before its last turn.
func (c *Conversation) Back() {
	if t := c.Leaf(); t != nil {
		c.leaf = t.Parent
	}
}

// Current returns what the turns alone do not tell: the end of the current
// path (0 when the path is empty), and for every parent (0 for the roots) the
// child chosen last, where that is not its newest child that is not hidden.
func (c *Conversation) Current() (leaf int, chosen map[int]int) {
	chosen = map[int]int{}
	for parent, child := range c.chosen {
		if child != c.newest(parent, c.last) {
			chosen[parent] = child
		}
	}
	return c.leaf, chosen
}

// Return makes current what was current when last was the largest ID of a turn and Current told of this leaf and these children.
func (c *Conversation) Return(leaf, last int, chosen map[int]int) {
	for parent := range c.children {
		if id := c.newest(parent, last); id > 0 {
			c.chosen[parent] = id
		}
	}
	maps.Copy(c.chosen, chosen)
	c.leaf = leaf
}

// choose notes the turn as the one chosen among its siblings.
func (c *Conversation) choose(id int) { c.chosen[c.turns[id].Parent] = id }

// chooseAncestors notes the turn and all above it as chosen.
func (c *Conversation) chooseAncestors(id int) {
	for ; c.turns[id] != nil; id = c.turns[id].Parent {
		c.choose(id)
	}
}

// tip follows the chosen children down from a turn (0: from the roots).
func (c *Conversation) tip(id int) int {
	for c.chosen[id] != 0 {
		id = c.chosen[id]
	}
	return id
}
