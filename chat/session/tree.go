package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"inkling/chat"
)

// A Tree is all turns and versions of a chat, and what can be done with them.
type Tree struct {
	*shared
	chat  *Chat
	reply *Reply

	counts []count // of the texts of turns, by their IDs
}

// Shown says that the chat shows a turn which somebody has chosen in the tree.
type Shown struct{ Turn *chat.Turn }

// Text implements Answer.
func (Shown) Text() string { return "" }

// find is the turn with that ID; nil where there is none, which is told.
func (t *Tree) find(id int) *chat.Turn {
	turn := t.chat.conv.Turn(id)
	if turn == nil {
		t.problem(fmt.Sprintf("no turn %d in this chat; /tree lists them", id))
	}
	return turn
}

// Show has the chat go through a turn, and on along the way that was taken last. A story is shown as it was after that change. A turn
// that was pruned comes back.
func (t *Tree) Show(id int) {
	turn := t.find(id)
	if turn == nil {
		return
	}
	c := t.chat
	story := c.conv.Mode == chat.Story
	here := slices.Contains(c.conv.Path(), turn) && (!story || turn == c.conv.Leaf())
	if t.reply.writing != nil && !here {
		t.hold("still writing; press Esc to stop")
		return
	}
	if t.reply.writing == nil && !here {
		c.commit()
		for _, above := range c.conv.Hides(id) {
			c.mark(above.ID, chat.Mark{Label: above.Label})
		}
		if story {
			c.conv.End(id)
		} else {
			c.conv.Select(id)
		}
		c.EndEdit()
		c.saveHeader()
		c.changed()
		t.reply.recall()
	}
	t.say(t.told(turn))
	t.tell(Shown{turn})
}

// told says which turn is shown.
func (t *Tree) told(turn *chat.Turn) string {
	text := "turn " + strconv.Itoa(turn.ID)
	if t.chat.conv.Mode == chat.Story {
		text = "the story after change " + strconv.Itoa(turn.ID)
	}
	if ids, at := t.chat.conv.Siblings(turn.ID); len(ids) > 1 {
		text += fmt.Sprintf(", version %d of %d,", at+1, len(ids))
	}
	if turn.Name() != "" {
		text += " “" + turn.Name() + "”"
	}
	return text + " is shown"
}

// Prune takes a turn away with all that follows it, until that is undone. In a story the whole stretch goes that a change belongs to.
func (t *Tree) Prune(id int) {
	turn := t.find(id)
	if turn == nil {
		return
	}
	c := t.chat
	switch {
	case len(c.conv.Hides(id)) > 0:
		t.say("that is pruned already; /undo brings it back")
		return
	case t.reply.writing != nil && slices.Contains(c.conv.Path(), turn) || t.reply.writes(id):
		t.hold("still writing; press Esc to stop")
		return
	case t.reply.writing == nil:
		c.commit()
	}
	for above := c.conv.Turn(turn.Parent); above != nil && typedOn(c.conv, above, turn); above = c.conv.Turn(turn.Parent) {
		turn = above
	}
	n := t.below()[turn.ID]
	c.mark(turn.ID, chat.Mark{Label: turn.Label, Hidden: true})
	if len(c.conv.Hides(c.editing)) > 0 {
		c.EndEdit()
	}
	c.saveHeader()
	c.changed()
	them := "them"
	if n == 1 {
		them = "it"
	}
	t.say("pruned " + Turns(n) + "; /undo brings " + them + " back")
}

// writes reports whether a reply is being written that follows a turn, or is that.
func (r *Reply) writes(id int) bool {
	all := r.choice.all
	if r.writing != nil && !slices.Contains(all, r.writing) {
		all = []*writing{r.writing}
	}
	return slices.ContainsFunc(all, func(w *writing) bool {
		return !w.over && slices.ContainsFunc(r.chat.conv.PathTo(w.turn.ID), func(t *chat.Turn) bool { return t.ID == id })
	})
}

// Label names a turn; "" takes the name away.
func (t *Tree) Label(id int, name string) {
	turn := t.find(id)
	if turn == nil {
		return
	}
	t.remark(turn, turn.Labelled(name, turn.Bookmarked()))
	if name = turn.Name(); name == "" {
		t.say(fmt.Sprintf("turn %d has no name now", id))
	} else {
		t.say(fmt.Sprintf("turn %d is named “%s”", id, name))
	}
}

// Bookmark makes a turn a bookmark, or no bookmark any more.
func (t *Tree) Bookmark(id int) {
	turn := t.find(id)
	if turn == nil {
		return
	}
	t.remark(turn, turn.Labelled(turn.Name(), !turn.Bookmarked()))
	if turn.Bookmarked() {
		t.say(fmt.Sprintf("turn %d is bookmarked", id))
	} else {
		t.say(fmt.Sprintf("turn %d is no bookmark now", id))
	}
}

// remark gives a turn another label.
func (t *Tree) remark(turn *chat.Turn, m chat.Mark) {
	if m == turn.Mark {
		return
	}
	if t.reply.writing == nil {
		t.chat.commit()
	}
	t.chat.mark(turn.ID, m)
	t.chat.saveHeader()
	t.version++
}

// Copy makes another chat of a turn, what leads to it and what follows it, with how the replies came about.
func (t *Tree) Copy(id int) {
	if t.find(id) == nil {
		return
	}
	c := t.chat
	if t.reply.writing == nil {
		c.commit()
	}
	copied, err := c.conv.Branch(id, t.now())
	if t.fail(err) {
		return
	}
	c.journal.SaveAll(copied)
	c.journal.CopyTraces(c.conv.ID, copied.ID)
	if c.failing {
		c.left = append(c.left, copied)
	}
	t.say("copied " + Turns(len(copied.Turns())) + " to a new chat, “" + copied.Title + "”")
}

// turns is a number of turns in words.
func Turns(n int) string {
	if n == 1 {
		return "1 turn"
	}
	return strconv.Itoa(n) + " turns"
}

// treeVerbs are what /tree does with a turn.
func treeVerbs(*Session) []string { return []string{"show", "prune", "label", "bookmark", "copy"} }

func treeHelp(_ *Session, verb string) string {
	return map[string]string{
		"show": "[n]: show turn n, or the last", "prune": "[n]: take it away with all that follows; /undo brings it back",
		"label": "[n] [name]: name it", "bookmark": "[n]: bookmark it, or no more", "copy": "[n]: copy its branch to a new chat",
	}[verb]
}

// runTree is the command /tree: "", a number, or a verb with a number, which may be left out for the end of the path that is shown.
func runTree(s *Session, arg string) []Work {
	if arg == "" {
		s.tell(s.Tree.Outline())
		return nil
	}
	verb, rest, _ := strings.Cut(arg, " ")
	if _, err := strconv.Atoi(verb); err == nil {
		verb, rest = "show", arg
	}
	rest = strings.TrimSpace(rest)
	number, name, _ := strings.Cut(rest, " ")
	id, err := strconv.Atoi(number)
	if err != nil {
		name = rest
		leaf := s.Chat.conv.Leaf()
		if leaf == nil {
			s.say("nothing in the tree yet")
			return nil
		}
		id = leaf.ID
	}
	name = strings.TrimSpace(name)
	switch {
	case verb == "label":
		s.Tree.Label(id, name)
	case name != "" || !slices.Contains(treeVerbs(s), verb):
		s.problem("usage: /tree [" + strings.Join(treeVerbs(s), "|") + "] [number]")
	case verb == "show":
		s.Tree.Show(id)
	case verb == "prune":
		s.Tree.Prune(id)
	case verb == "bookmark":
		s.Tree.Bookmark(id)
	case verb == "copy":
		s.Tree.Copy(id)
	}
	return nil
}
