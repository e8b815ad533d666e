package session

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
)

// A Node is a line of the tree: a turn, or, in a story, a stretch of changes that one writer made one after the other.
type Node struct {
	Turn              *chat.Turn // of a stretch the last
	First             *chat.Turn // of a stretch; else Turn
	Depth             int        // how many forks lead away from the path that is shown
	Rail              string     // what stands before it, two columns for each of them: "│ ├ "
	Version, Versions int        // which of how many
	Shown             bool       // it is on the path that is shown
	Here              bool       // the path ends with it
	Below             int        // turns that follow it, where they have no lines: it is folded
	Head              bool       // it begins a branch beside the way that the lines above take
	Open              bool       // of a head: the lines of its branch follow
}

// mostRails is how many forks a line is set in for.
const mostRails = 8

// Lines are the tree in lines, first to last. The path that is shown goes straight down, and on from its end along the way that was taken
// last; below each turn stand its other versions, with what follows them only where open says so.
func (t *Tree) Lines(open func(id int) bool) []Node {
	conv := t.chat.conv
	b := outliner{conv: conv, open: open, below: t.below(), shown: map[int]bool{}}
	for _, turn := range conv.Path() {
		b.shown[turn.ID] = true
	}
	b.follow(0, 0, "")
	return b.nodes
}

// An outliner lists the lines of a tree.
type outliner struct {
	conv  *chat.Conversation
	open  func(id int) bool
	below []int // turns of each branch, by the ID that it begins with
	shown map[int]bool
	nodes []Node
}

// follow adds what follows a turn (0: the beginning).
func (b *outliner) follow(parent, depth int, rail string) {
	for {
		main := b.conv.Next(parent)
		if main == nil {
			return
		}
		ids, at := b.conv.Siblings(main.ID)
		b.add(Node{Turn: main, First: main, Depth: depth, Rail: rail, Version: at + 1, Versions: len(ids)})
		parent = main.ID
		if len(ids) == 1 {
			continue
		}
		last := len(ids) - 1
		if at == last {
			last--
		}
		for i, id := range ids {
			if i == at {
				continue
			}
			turn := b.conv.Turn(id)
			n := Node{Turn: turn, First: turn, Depth: depth + 1, Rail: rail + "├ ", Head: true, Version: i + 1, Versions: len(ids)}
			beneath := rail + "│ "
			if i == last {
				n.Rail, beneath = rail+"└ ", rail+"  "
			}
			if depth >= mostRails {
				n.Rail, beneath = rail, rail
			}
			if n.Open = b.below[id] > 1 && b.open(id); !n.Open {
				n.Below = b.below[id] - 1
			}
			b.add(n)
			if n.Open {
				b.follow(id, depth+1, beneath)
			}
		}
	}
}

// add adds a line, or makes the one before it longer.
func (b *outliner) add(n Node) {
	n.Shown = b.shown[n.Turn.ID]
	n.Here = n.Turn == b.conv.Leaf()
	if last := len(b.nodes) - 1; last >= 0 && b.joins(b.nodes[last], n) {
		n.First, n.Version, n.Versions = b.nodes[last].First, b.nodes[last].Version, b.nodes[last].Versions
		n.Rail, n.Head, n.Open = b.nodes[last].Rail, b.nodes[last].Head, b.nodes[last].Open
		b.nodes[last] = n
		return
	}
	b.nodes = append(b.nodes, n)
}

// joins reports whether a change belongs to the stretch before it.
func (b *outliner) joins(stretch, n Node) bool {
	return n.Turn.Parent == stretch.Turn.ID && stretch.Below == 0 && typedOn(b.conv, stretch.Turn, n.Turn)
}

// typedOn reports whether somebody went on typing in a story from one change to the next.
func typedOn(conv *chat.Conversation, before, turn *chat.Turn) bool {
	versions, _ := conv.Siblings(turn.ID)
	return conv.Mode == chat.Story && turn.Role == chat.User && before.Role == chat.User && turn.Place != nil && before.Place != nil &&
		len(versions) == 1 && before != conv.Leaf() && before.Label == ""
}

// Stretch are the turns of a line.
func (t *Tree) Stretch(n Node) (turns []*chat.Turn) {
	path := t.chat.conv.PathTo(n.Turn.ID)
	return path[slices.Index(path, n.First):]
}

// below are the turns of each branch that are not hidden, by the ID of the turn that it begins with.
func (t *Tree) below() []int {
	all := t.chat.conv.Turns()
	if len(all) == 0 {
		return nil
	}
	sizes := make([]int, all[len(all)-1].ID+1)
	for _, turn := range slices.Backward(all) {
		if turn.Hidden {
			sizes[turn.ID] = 0
			continue
		}
		sizes[turn.ID]++
		sizes[turn.Parent] += sizes[turn.ID]
	}
	return sizes
}

// mostPreviewed is how many bytes of a text are looked at for a line.
const mostPreviewed = 500

// Preview is the beginning of what a line stands for, on one line; cut says that it took text out and put nothing in.
func (t *Tree) Preview(n Node) (text string, cut bool) {
	var b strings.Builder
	removed := 0
	turns := []*chat.Turn{n.Turn}
	if n.First != n.Turn {
		turns = t.Stretch(n)
	}
	for _, turn := range turns {
		removed += turn.Removed
		if room := mostPreviewed - b.Len(); room > 0 {
			end := min(len(turn.Text), room)
			for end < len(turn.Text) && !utf8.RuneStart(turn.Text[end]) {
				end--
			}
			b.WriteString(turn.Text[:end])
		}
	}
	text = chat.Preview(b.String())
	if text == "" && removed > 0 {
		return fmt.Sprintf("%d characters deleted", removed), true
	}
	return text, false
}

// A count is what was counted of a text of so many bytes.
type count struct{ bytes, words int }

// Words is how many words a line has.
func (t *Tree) Words(n Node) (words int) {
	turns := []*chat.Turn{n.Turn}
	if n.First != n.Turn {
		turns = t.Stretch(n)
	}
	for _, turn := range turns {
		if turn.ID >= len(t.counts) {
			t.counts = append(t.counts, make([]count, turn.ID+1-len(t.counts)+64)...)
		}
		c := &t.counts[turn.ID]
		if c.bytes != len(turn.Text) {
			*c = count{len(turn.Text), len(strings.Fields(turn.Text))}
		}
		words += c.words
	}
	return words
}

// About says what there is to know of a line: which version it is, what follows, how long it is, when it was made.
func (t *Tree) About(n Node) string {
	var parts []string
	if n.Versions > 1 {
		parts = append(parts, fmt.Sprintf("version %d of %d", n.Version, n.Versions))
	}
	if n.Turn.State == chat.Writing {
		parts = append(parts, "being written")
	}
	parts = append(parts, Words(t.Words(n)))
	if n.Below > 0 {
		parts = append(parts, Turns(n.Below)+" below")
	}
	return strings.Join(append(parts, Ago(t.now().Sub(n.Turn.Created)), fmt.Sprintf("number %d", n.Turn.ID)), Separator)
}

// Words is a number of words in words.
func Words(n int) string {
	if n == 1 {
		return "1 word"
	}
	return fmt.Sprintf("%d words", n)
}

// An Outline is the tree of a chat, to be looked at.
type Outline struct{ tree *Tree }

// Outline is the tree, to be looked at.
func (t *Tree) Outline() Outline { return Outline{t} }

// columns is how wide a line of text is at most.
const columns = 80

// Text has all turns with their numbers.
func (o Outline) Text() string {
	nodes := o.tree.Lines(func(int) bool { return true })
	if len(nodes) == 0 {
		return "nothing in the tree yet\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Tree: %s; * is shown, /tree NUMBER shows another\n", Turns(o.tree.below()[0]))
	for _, n := range nodes {
		mark, who := " ", "you"
		if n.Shown {
			mark = "*"
		}
		if n.Turn.Role == chat.Assistant {
			who = "model"
		}
		if n.Versions > 1 {
			who += fmt.Sprintf(" (%d of %d)", n.Version, n.Versions)
		}
		if n.Turn.Label != "" {
			who += " " + n.Turn.Label
		}
		text, _ := o.tree.Preview(n)
		line := fmt.Sprintf("%s %4d  %s%s: %s", mark, n.Turn.ID, strings.Repeat("  ", min(n.Depth, mostRails)), who, text)
		b.WriteString(ansi.Truncate(line, columns, "…") + "\n")
	}
	return b.String()
}
