package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// panel stands in place of the chat until it closes.
type panel interface {
	// view returns at most height lines of at most width columns.
	view(look *look, width, height int) []string
	press(key tea.KeyPressMsg) outcome
}

// A typist is a panel in which text is written.
type typist interface {
	paste(text string)
	// cursor is where the next character goes, in the last view; nil for nowhere.
	cursor() *tea.Cursor
}

// outcome is what a key in a panel leads to.
type outcome struct {
	close bool
	work  []session.Work
}

// textPanel shows a sheet that can be scrolled.
type textPanel struct {
	session.Sheet
	top   int
	shown int // lines in the last view
}

// newTextPanel shows a sheet. Words that explain a name are dim.
func newTextPanel(sheet session.Sheet, look *look) *textPanel {
	t := &textPanel{Sheet: sheet.Clean(safe.Line, safe.Visible)}
	for i, row := range t.Rows {
		if row.Minor {
			t.Rows[i].Words = look.Dim.Render(row.Words)
		}
	}
	return t
}

func (t *textPanel) view(look *look, width, height int) []string {
	rows := t.Lines(max(min(width-len(style.Margin), style.Widest), 1))
	t.shown = max(height-3, 1)
	t.top = max(min(t.top, len(rows)-t.shown), 0)
	lines := []string{style.Margin + look.Title.Render(ansi.Truncate(t.Title, max(width-len(style.Margin), 1), "…")), ""}
	for _, r := range rows[t.top:min(t.top+t.shown, len(rows))] {
		lines = append(lines, style.Margin+r)
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	hint := "Esc closes"
	if len(rows) > t.shown {
		hint += ", Up and Down scroll"
	}
	return append(lines, look.Dim.Render(style.Rule(hint, width)))
}

func (t *textPanel) scroll(n int) { t.top += n }

func (t *textPanel) press(key tea.KeyPressMsg) (o outcome) {
	switch key.String() {
	case "esc", "q", "enter", "f1", "?", "ctrl+c", "ctrl+d":
		o.close = true
	case "up", "k":
		t.scroll(-1)
	case "down", "j":
		t.scroll(+1)
	case "pgup":
		t.scroll(-t.shown)
	case "pgdown", "space":
		t.scroll(+t.shown)
	case "home", "g":
		t.top = 0
	case "end", "G":
		t.scroll(1 << 20)
	}
	return o
}

// helpSheet lists keys and commands.
func helpSheet(keys keyMap, shiftEnter bool) session.Sheet {
	sheet := session.Sheet{Title: "Keys and commands"}
	add := func(name, words string) { sheet.Rows = append(sheet.Rows, session.Row{Name: name, Words: words}) }
	for _, k := range keys.listed() {
		h := k.Help()
		if standard := defaultKeys().Newline.Help().Key; h.Key == standard && shiftEnter {
			h.Key = "Shift+Enter, Ctrl+J"
		}
		if h.Key != "" { // somebody took its keys away
			add(h.Key, h.Desc)
		}
	}
	add("", "")
	sheet.Rows = append(sheet.Rows, session.CommandRows()...)
	add("", "")
	add("To send a message that starts with a slash, put a space before it.", "")
	return sheet
}
