package pane

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// Findable is a text in which something can be found. Matches are numbered from 0, in the order of the text.
type Findable interface {
	// Find marks what a finder finds, nil for nothing, and returns how many matches there are.
	Find(f *chat.Finder) int
	// Nearest is the match to begin with: the first one of a turn, or, for turn 0, from what was shown at first on; -1 for none.
	Nearest(turn int) int
	// ShowMatch brings a match into view and marks it in a way of its own. -1 goes back to what was shown at first.
	ShowMatch(n int)
}

// A Find is the line in place of the input that takes what is to be found in a text.
type Find struct {
	of     Findable
	field  text.Field
	finder *chat.Finder
	at     int // the match that is shown, -1 for none
}

// NewFind begins to find in a text.
func NewFind(of Findable) *Find {
	return &Find{of: of, field: text.Field{Prompt: "Find: "}, at: -1}
}

// Words finds the words of a query as a search of all chats does, and shows the first of a turn.
func (f *Find) Words(query string, turn int) {
	f.field.Set(safe.Line(query))
	f.finder = chat.NewWordFinder(query)
	f.of.Find(f.finder)
	if f.at = f.of.Nearest(turn); f.at >= 0 {
		f.of.ShowMatch(f.at)
	}
}

// Handle takes keys and pastes. Close says that nothing is to be found any more.
func (f *Find) Handle(msg tea.Msg) (o Action) {
	before := f.field.String()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.field.Insert(safe.Line(msg.Content))
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "ctrl+c":
			f.of.Find(nil)
			o.Close = true
		case "enter", "down", "ctrl+f":
			f.step(+1)
		case "shift+enter", "up":
			f.step(-1)
		case "pgup", "pgdown", "ctrl+home", "ctrl+end":
			o.Passed = true
		default:
			f.field.Update(msg)
		}
	}
	if f.field.String() != before {
		f.finder = chat.NewFinder(f.field.String())
		f.of.Find(f.finder)
		f.at = f.of.Nearest(0)
		f.of.ShowMatch(f.at)
	}
	return o
}

// step goes to the next match, after the last to the first, or back.
func (f *Find) step(by int) {
	n := f.of.Find(f.finder)
	if n == 0 {
		return
	}
	f.at = (f.at + by + n) % n
	f.of.ShowMatch(f.at)
}

// Draw returns the line, and where the cursor is.
func (f *Find) Draw(look *style.Look, width int) (lines []string, cursor *tea.Cursor) {
	n := f.of.Find(f.finder)
	told := ""
	switch {
	case n > 0:
		f.at = min(max(f.at, 0), n-1)
		told = fmt.Sprintf("%d of %d", f.at+1, n)
	case f.finder != nil:
		told = "none"
	}
	if told = "  " + told; width-ansi.StringWidth(told) < 16 {
		told = ""
	}
	line, x := f.field.View(width - ansi.StringWidth(told))
	line += strings.Repeat(" ", max(width-ansi.StringWidth(line+told), 0)) + look.Dim.Render(told)
	return []string{line}, tea.NewCursor(x, 0)
}

// Hint says what keys do.
func (f *Find) Hint() string { return "Enter next, Up before, Esc back" }
