package pane

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/style"
)

func panes() map[string]Pane {
	look := style.Theme{}.Look(true, false)
	var all []chat.Summary
	sheet := session.Sheet{Title: "Settings"}
	for i := range 60 {
		all = append(all, chat.Summary{ID: fmt.Sprint(i), Title: strings.Repeat("小说 title ", i%9), Preview: "words"})
		sheet.Rows = append(sheet.Rows, session.Row{Name: fmt.Sprintf("name %d", i), Words: strings.Repeat("词 words ", i%20)})
	}
	return map[string]Pane{"chats": NewChats(nil, session.Chats{All: all}, time.Now()), "sheet": NewSheet(sheet, look)}
}

func press(p Pane, code rune) Action { return p.Handle(tea.KeyPressMsg{Code: code}) }

// A pane fills its part of the screen and no more, whatever its size, and its cursor stands in it.
func TestPanesFit(t *testing.T) {
	look := style.Theme{}.Look(true, false)
	for name, p := range panes() {
		for _, size := range [][2]int{{140, 40}, {80, 24}, {40, 12}, {20, 8}, {140, 40}} {
			for range 5 {
				press(p, tea.KeyPgDown)
				p.Handle(tea.PasteMsg{Content: "小"})
				lines := p.Draw(look, size[0], size[1], true)
				if len(lines) != size[1] {
					t.Fatalf("%s has %d lines in %v", name, len(lines), size)
				}
				for _, l := range lines {
					if ansi.StringWidth(l) > size[0] {
						t.Fatalf("%s in %v: %q", name, size, l)
					}
				}
				if c := p.Cursor(); c != nil && (c.X >= size[0] || c.Y >= size[1]) {
					t.Fatalf("%s in %v: the cursor is at %d, %d", name, size, c.X, c.Y)
				}
			}
		}
	}
}

// The last dialog has the keys, and what it hides comes back.
func TestStack(t *testing.T) {
	var s Stack
	if s.Close(); s.Top() != nil {
		t.Error("an empty stack has a dialog")
	}
	all := panes()
	s.Open(all["chats"])
	s.Open(all["sheet"])
	if a := press(s.Top(), tea.KeyEscape); !a.Close || s.Top() != all["sheet"] {
		t.Errorf("%+v", a)
	}
	if s.Close(); s.Top() != all["chats"] {
		t.Error("the dialog below has not come back")
	}
	s.Show(all["sheet"])
	if s.Close(); s.Top() != nil {
		t.Error("a dialog has stayed")
	}
}
