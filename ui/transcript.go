package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/pane"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// transcript shows items from top to bottom in a window of lines. It follows the end until the user scrolls up, and only
// ever asks those items for their lines that it has to pass.
type transcript struct {
	look  *look
	empty func(width, height int) []string // what stands in place of no items
	items []*item
	seen  int // version of the session that they show

	life     life // sign of what is awaited
	session  *session.Session
	coloured bool          // the tokens of replies have colours
	at       session.Place // where the cursor is
	under    session.Place // where the mouse is, while the tokens have colours
	height   int

	selection selection

	follow bool
	top    position // first line shown, while not following
}

// position is a line of an item.
type position struct{ item, line int }

// set replaces the items. The view stays where it is, the cursor where its turn is still there.
func (t *transcript) set(items []*item) {
	t.items = items
	t.top.item = min(t.top.item, max(len(items)-1, 0))
	if i, _ := t.pointed(); i < 0 {
		t.at = session.Place{} // another version took its place
	}
}

// end is the last item, nil for none.
func (t *transcript) end() *item {
	if len(t.items) == 0 {
		return nil
	}
	return t.items[len(t.items)-1]
}

// page is how far PgUp goes: a screen but for one line.
func (t *transcript) page() int { return max(t.height-1, 1) }

// lines returns the visible lines, at most height of them.
func (t *transcript) lines() []string {
	end := t.last()
	// What is shown may have become shorter than where the view was.
	if t.top.item > end.item || t.top.item == end.item && t.top.line >= end.line {
		t.follow = true
	}
	at := t.top
	if t.follow {
		at = end
	}
	var shown []string
	for ; at.item < len(t.items) && len(shown) < t.height; at = (position{at.item + 1, 0}) {
		lines := t.selection.lines(t.items, at.item)
		shown = append(shown, lines[min(at.line, len(lines)):]...)
	}
	return shown[:min(len(shown), t.height)]
}

// last is the first line of the window that shows the end.
func (t *transcript) last() position {
	missing := t.height
	for i := range slices.Backward(t.items) {
		n := len(t.items[i].lines())
		if n >= missing {
			return position{i, n - missing}
		}
		missing -= n
	}
	return position{}
}

// scroll moves the view down by n lines, up where n is negative. At the end it follows again.
func (t *transcript) scroll(n int) {
	end := t.last()
	if t.follow {
		t.top = end
	}
	if len(t.items) == 0 {
		return
	}
	t.top.line += n
	for t.top.line < 0 && t.top.item > 0 {
		t.top.item--
		t.top.line += len(t.items[t.top.item].lines())
	}
	for t.top.item < end.item && t.top.line >= len(t.items[t.top.item].lines()) {
		t.top.line -= len(t.items[t.top.item].lines())
		t.top.item++
	}
	t.top.line = max(t.top.line, 0)
	t.follow = t.top.item > end.item || t.top.item == end.item && t.top.line >= end.line
}

// toTop and toEnd jump.
func (t *transcript) toTop() {
	t.top, t.follow = position{}, t.last() == position{}
}

func (t *transcript) toEnd() { t.follow = true }

// toTurn has the window begin with a turn, as far as there is enough below it.
func toTurn(t *transcript, turn *chat.Turn) {
	if i := slices.IndexFunc(t.items, func(it *item) bool { return it.turn == turn }); i >= 0 {
		t.top, t.follow = position{i, 0}, false
		t.scroll(0)
	}
}

// Title implements pane.Pane.
func (t *transcript) Title() string { return "Text" }

// Draw implements pane.Pane.
func (t *transcript) Draw(_ *style.Look, width, height int, _ bool) []string {
	resized := t.look.width != width || t.height != height
	t.look.width, t.height = width, height
	if i, token := t.pointed(); i >= 0 && resized {
		t.pointTo(i, token) // stays in the window
	}
	var lines []string
	if len(t.items) == 0 {
		lines = t.empty(width, height)
	} else {
		lines = t.lines()
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:height]
}

// Handle implements pane.Pane.
func (t *transcript) Handle(msg tea.Msg) (o pane.Action) {
	switch msg := msg.(type) {
	case tea.MouseMsg:
		return t.moused(msg)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "left":
			o.Work = t.point(-1)
		case "right":
			o.Work = t.point(+1)
		case "up":
			o.Work = t.pointRow(-1)
		case "down":
			o.Work = t.pointRow(+1)
		case "home":
			t.toTop()
		case "end":
			t.toEnd()
		case "e":
			o.Work, o.Leave = t.session.Chat.Edit(t.at.Turn), true
			t.unpoint()
		case "enter":
			o.Leave = t.at.Turn == nil
			o.Passed = !o.Leave && !whole(t.at.Turn) // else there is no token to choose
		default:
			if n := msg.Text; t.at.Turn != nil && !whole(t.at.Turn) && len(n) == 1 && n >= "0" && n <= "9" {
				o.Work = t.session.Reply.Replace(t.at.Turn, t.at.Token, (int(n[0]-'0')+9)%10)
				t.unpoint()
				return o
			}
			o.Passed = true
		}
	}
	return o
}

// Cursor implements pane.Pane.
func (t *transcript) Cursor() *tea.Cursor { return nil }

// Text implements pane.Pane.
func (t *transcript) Text() string {
	var b strings.Builder
	for _, it := range t.items {
		b.WriteString(strings.TrimSpace(safe.Text(it.turn.Text)) + "\n\n")
	}
	return b.String()
}
