package pane

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// A Tree shows all turns and versions of a chat, the path that is shown straight down and other versions beside it, and walks in it.
type Tree struct {
	session *session.Session
	list    list.List[session.Node]
	rows    map[int]int // of turns, by their IDs
	open    map[int]bool
	conv    *chat.Conversation // whose tree the list has
	version int                // of the session, for which it has
	naming  *text.Field        // the name that is being written, nil while none is
	named   int                // the turn that gets it
	first   int                // row that was drawn first
	height  int                // rows that there was room for
	at      *tea.Cursor
}

// NewTree shows the tree of a session's chat.
func NewTree(of *session.Session) *Tree { return &Tree{session: of} }

// Title implements Pane.
func (t *Tree) Title() string { return "Tree" }

// Text implements Pane.
func (t *Tree) Text() string { return t.session.Tree.Outline().Text() }

// Cursor implements Pane.
func (t *Tree) Cursor() *tea.Cursor { return t.at }

// sync brings the list in line with the chat. The choice stays on its turn; on the end of the path it goes along with that.
func (t *Tree) sync() {
	conv, version := t.session.Chat.Conversation(), t.session.Version()
	if conv == t.conv && version == t.version {
		return
	}
	chosen, ok := t.list.Chosen()
	if conv != t.conv {
		t.open, t.naming, ok = map[int]bool{}, nil, false
	}
	t.conv, t.version = conv, version
	nodes := t.session.Tree.Lines(func(id int) bool { return t.open[id] })
	t.rows = make(map[int]int, len(nodes))
	for i, n := range nodes {
		t.rows[n.Turn.ID] = i
	}
	t.list.Set(nodes)
	switch leaf := conv.Leaf(); {
	case (!ok || chosen.Here) && leaf != nil:
		t.choose(leaf.ID)
	case ok:
		t.choose(chosen.Turn.ID)
	}
}

// choose chooses the row of a turn, or of the nearest before it that has one.
func (t *Tree) choose(id int) {
	for turn := t.conv.Turn(id); turn != nil; turn = t.conv.Turn(turn.Parent) {
		if row, ok := t.rows[turn.ID]; ok {
			t.list.Choose(row)
			return
		}
	}
	t.list.Choose(0)
}

// fold opens or closes the branch of a row.
func (t *Tree) fold(n session.Node, open bool) {
	t.open[n.Turn.ID], t.open[n.First.ID] = open, open
	t.version--
	t.sync()
}

// seek chooses the next row up or down that is as it should be, if there is one.
func (t *Tree) seek(n session.Node, step int, is func(session.Node) bool) {
	nodes := t.list.Shown()
	for i := t.rows[n.Turn.ID] + step; i >= 0 && i < len(nodes); i += step {
		if is(nodes[i]) {
			t.list.Choose(i)
			return
		}
	}
}

// Handle implements Pane.
func (t *Tree) Handle(msg tea.Msg) (o Action) {
	t.sync()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		t.list.Move(Wheel(msg))
	case tea.MouseClickMsg:
		if row := t.first + msg.Y; msg.Button == tea.MouseLeft && t.naming == nil && row < min(t.first+t.height, len(t.list.Shown())) {
			before, _ := t.list.Chosen()
			t.list.Choose(row)
			if now, _ := t.list.Chosen(); now.Turn == before.Turn {
				t.session.Tree.Show(now.Turn.ID)
			}
		}
	case tea.PasteMsg:
		if t.naming != nil {
			t.naming.Insert(safe.Line(msg.Content))
		}
	case tea.KeyPressMsg:
		if t.naming != nil {
			t.name(msg)
			return o
		}
		return t.press(msg)
	}
	return o
}

// press takes a key while no name is written.
func (t *Tree) press(key tea.KeyPressMsg) (o Action) {
	n, some := t.list.Chosen()
	tree := t.session.Tree
	fork := func(other session.Node) bool { return other.Versions > 1 && other.Depth <= n.Depth }
	switch name := key.String(); {
	case name == "esc":
		o.Leave = true
	case name == "alt+left":
		t.session.Reply.Version(-1)
	case name == "alt+right":
		t.session.Reply.Version(+1)
	case name == "u":
		o.Work = t.session.Chat.Undo()
	case !some:
		o.Passed = true
	case t.list.Press(name):
	case name == "home":
		t.list.Choose(0)
	case name == "end":
		t.list.Choose(len(t.list.Shown()) - 1)
	case name == "right" && n.Below > 0:
		t.fold(n, true)
	case name == "right":
		t.seek(n, +1, fork)
	case name == "left" && n.Open:
		t.fold(n, false)
	case name == "left" && n.Head:
		t.seek(n, -1, func(other session.Node) bool { return other.Depth < n.Depth })
	case name == "left" && n.Depth > 0:
		t.seek(n, -1, func(other session.Node) bool { return other.Depth == n.Depth && other.Head })
	case name == "left":
		t.seek(n, -1, fork)
	case name == "enter":
		tree.Show(n.Turn.ID)
		t.sync()
		t.choose(n.Turn.ID)
	case name == "b":
		tree.Bookmark(n.Turn.ID)
	case name == "B":
		t.next(n)
	case name == "r":
		t.naming, t.named = &text.Field{Prompt: style.Margin + "Name: "}, n.Turn.ID
		t.naming.Set(safe.Line(n.Turn.Name()))
	case name == "d" || name == "delete":
		tree.Prune(n.Turn.ID)
		row := t.rows[n.Turn.ID]
		t.sync()
		if _, there := t.rows[n.Turn.ID]; !there {
			t.list.Choose(row) // what has come in its place
		}
	case name == "c":
		tree.Copy(n.Turn.ID)
	default:
		o.Passed = true
	}
	return o
}

// next chooses the next bookmark, after the last the first. Those in branches that are folded are unfolded.
func (t *Tree) next(from session.Node) {
	all := t.session.Tree.Lines(func(int) bool { return true })
	at, found := 0, 0
	for i, n := range all {
		if n.Turn == from.Turn {
			at = i
		}
	}
	for i := range all {
		if n := all[(at+1+i)%len(all)]; n.Turn.Bookmarked() {
			found = n.Turn.ID
			break
		}
	}
	for turn := t.conv.Turn(found); turn != nil; turn = t.conv.Turn(turn.Parent) {
		if _, ok := t.rows[turn.ID]; !ok {
			t.open[turn.Parent] = true
		}
	}
	if found != 0 {
		t.version--
		t.sync()
		t.choose(found)
	}
}

// name takes a key while a name is written.
func (t *Tree) name(key tea.KeyPressMsg) {
	switch key.String() {
	case "esc":
		t.naming = nil
	case "enter":
		t.session.Tree.Label(t.named, safe.Line(t.naming.String()))
		t.naming = nil
	default:
		t.naming.Update(key)
	}
}

// What the keys do, the first ones where there is no room for all.
var treeKeys = []string{"Enter shows", "b mark", "r name", "d prune", "u undo", "c copy", "Left, Right fold"}

// Columns from which on rows tell how many words they have, and lines from which on there is room for more than the keys below them.
const (
	wordy = 60
	roomy = 6
)

// Draw implements Pane.
func (t *Tree) Draw(look *style.Look, width, height int, focused bool) []string {
	t.at = nil
	t.sync()
	n, some := t.list.Chosen()
	if !some {
		return filled([]string{look.Dim.Render(style.Shorten(style.Margin+"nothing yet; all replies and edits will be here", width))}, width, height)
	}
	foot := t.foot(width, height, n, focused)
	rows := max(height-len(foot), 1)
	shown, at, around := t.list.Shown(), t.rows[n.Turn.ID], min(2, (rows-1)/2) // rows beyond the chosen one
	t.first = max(min(max(min(t.first, at-around), at+around-rows+1), len(shown)-rows), 0)
	var lines []string
	for _, other := range shown[t.first:min(t.first+rows, len(shown))] {
		lines = append(lines, t.row(look, other, width, other.Turn == n.Turn && focused))
	}
	lines, t.height = filled(lines, width, rows), rows
	for i, l := range foot {
		if t.naming != nil && i == len(foot)-1 {
			shown, x := t.naming.View(width)
			t.at = tea.NewCursor(x, len(lines))
			lines = append(lines, shown)
			continue
		}
		lines = append(lines, look.Dim.Render(style.Shorten(style.Margin+l, width)))
	}
	return filled(lines, width, height)
}

// foot is what there is to say of the chosen row, and what the keys do.
func (t *Tree) foot(width, height int, n session.Node, focused bool) []string {
	width = max(width-len(style.Margin), 1)
	keys := inLines(treeKeys, width)
	switch {
	case t.naming != nil:
		keys = []string{""}
	case !focused:
		keys = []string{"Tab to walk in it"}
	}
	if height < roomy {
		return keys[:1]
	}
	return append(inLines(strings.Split(t.session.Tree.About(n), session.Separator), width), keys...)
}

// inLines puts parts beside each other, as many as there is room for.
func inLines(parts []string, width int) (lines []string) {
	for _, part := range parts {
		if last := len(lines) - 1; last >= 0 && ansi.StringWidth(lines[last]+session.Separator+part) <= width {
			lines[last] += session.Separator + part
		} else {
			lines = append(lines, part)
		}
	}
	return lines
}

// row is a line of the tree.
func (t *Tree) row(look *style.Look, n session.Node, width int, chosen bool) string {
	plain := lipgloss.NewStyle()
	words, mark, dot := plain, "  ", "○ "
	if n.Shown {
		dot = "● "
	} else {
		words = look.Dim
	}
	own, name := look.Own, look.Title
	if chosen {
		mark, words, own, name = "› ", look.Selected, look.Selected, look.Selected
	}
	right := ""
	if n.Below > 0 {
		right = fmt.Sprintf(" +%d", n.Below)
	}
	if width >= wordy {
		if n.Below > 0 {
			right = " +" + session.Turns(n.Below)
		}
		right += fmt.Sprintf("%11s", session.Words(t.session.Tree.Words(n)))
	}
	var b strings.Builder
	b.WriteString(words.Render(mark) + look.Dim.Render(n.Rail) + words.Render(dot))
	if n.Versions > 1 {
		b.WriteString(words.Render(fmt.Sprintf("%d/%d ", n.Version, n.Versions)))
	}
	if n.Turn.Role == chat.User {
		b.WriteString(own.Render("▌ "))
	}
	if n.Turn.Label != "" {
		b.WriteString(name.Render(safe.Line(n.Turn.Label)) + words.Render("  "))
	}
	preview, cut := t.session.Tree.Preview(n)
	if preview = safe.Line(preview); preview == "" {
		preview, cut = "(empty)", true
		if n.Turn.State == chat.Writing {
			preview = "…"
		}
	}
	if cut && !chosen {
		words = look.Dim
	}
	room := max(width-ansi.StringWidth(right), 0)
	b.WriteString(words.Render(style.Shorten(preview, max(room-ansi.StringWidth(b.String()), 1))))
	return style.Pad(ansi.Truncate(b.String(), room, "…"), room) + look.Dim.Render(right)
}
