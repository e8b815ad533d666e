// Package pane has the parts of the screen that show one thing and know nothing of the program: lists to choose from, texts to
// read. They stand on a stack, of which the last has the keys.
package pane

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/style"
)

// A Pane is a part of the screen. It knows the session, or less; never the program.
type Pane interface {
	Title() string
	// Draw returns exactly height lines of at most width columns. focused says that it has the keys.
	Draw(look *style.Look, width, height int, focused bool) []string
	// Handle takes keys, pastes and what the mouse does, at a place of what was drawn last, and says what they lead to.
	Handle(msg tea.Msg) Action
	// Cursor is where the next character goes, in what was drawn last; nil for nowhere.
	Cursor() *tea.Cursor
	// Text is what it shows, for terminals without a screen.
	Text() string
}

// An Action is what a pane wants of the program.
type Action struct {
	Close  bool   // the pane is done
	Leave  bool   // the input is to have the keys
	Passed bool   // the pane has no use for the key
	Copy   string // goes to the clipboard
	Open   Pane   // is shown beside the text, or under it
	Work   []session.Work
	Do     Entry // of the palette; empty for none
}

// A Stack is the dialogs that are open. Its zero value has none.
type Stack struct{ panes []Pane }

// Open puts a dialog on top.
func (s *Stack) Open(p Pane) { s.panes = append(s.panes, p) }

// Show puts a dialog in place of all.
func (s *Stack) Show(p Pane) { s.panes = []Pane{p} }

// Close takes the dialog on top away.
func (s *Stack) Close() {
	if n := len(s.panes); n > 0 {
		s.panes = s.panes[:n-1]
	}
}

// Top is the dialog that has the keys, nil for none.
func (s *Stack) Top() Pane {
	if n := len(s.panes); n > 0 {
		return s.panes[n-1]
	}
	return nil
}

// wheelLines is how many lines the wheel moves.
const wheelLines = 3

// Wheel is how many lines a turn of the wheel moves, up where it is negative.
func Wheel(msg tea.MouseWheelMsg) int {
	switch msg.Button {
	case tea.MouseWheelUp:
		return -wheelLines
	case tea.MouseWheelDown:
		return wheelLines
	}
	return 0
}

// enter is the key that does what is chosen.
var enter = tea.KeyPressMsg{Code: tea.KeyEnter}

// fitting is the first of some hints that has room in so many columns, each shorter than the one before; the last of them otherwise.
func fitting(width int, hints ...string) string {
	for _, hint := range hints {
		if ansi.StringWidth(hint) <= width {
			return hint
		}
	}
	return hints[len(hints)-1]
}

// aboveList is how many lines a dialog has above its list: a title, a filter and a blank one.
const aboveList = 3

// picks chooses the row of a list that is clicked on; there are so many lines above the list. It reports true for a second click, which
// does what Enter does.
func picks[T any](l *list.List[T], msg tea.MouseClickMsg, above int) bool {
	if msg.Button != tea.MouseLeft {
		return false
	}
	again, _ := l.Pick(msg.Y - above)
	return again
}
