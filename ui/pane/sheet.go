package pane

import (
	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// A Sheet is a text to read that can be scrolled.
type Sheet struct {
	session.Sheet
	top   int
	shown int // lines in the last view
}

// NewSheet shows a sheet. Words that explain a name are dim; else the name is what has a colour.
func NewSheet(sheet session.Sheet, look *style.Look) *Sheet {
	t := &Sheet{Sheet: sheet.Clean(safe.Line, safe.Visible)}
	for i, row := range t.Rows {
		switch {
		case row.Heading:
			t.Rows[i].Name = look.Title.Render(row.Name)
		case row.Minor:
			t.Rows[i].Words = look.Dim.Render(row.Words)
		case row.Words != "" && !row.Exact:
			t.Rows[i].Name = look.User.Bold(false).Render(row.Name)
		}
	}
	return t
}

// Title implements Pane.
func (t *Sheet) Title() string { return t.Sheet.Title }

// Draw implements Pane.
func (t *Sheet) Draw(look *style.Look, width, height int, _ bool) []string {
	rows := t.Lines(max(min(width-len(style.Margin), style.Widest), 1))
	t.shown = max(height-3, 1)
	t.top = max(min(t.top, len(rows)-t.shown), 0)
	lines := []string{style.Margin + look.Title.Render(style.Shorten(t.Title(), max(width-len(style.Margin), 1))), ""}
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

func (t *Sheet) scroll(n int) { t.top += n }

// Cursor implements Pane.
func (t *Sheet) Cursor() *tea.Cursor { return nil }

// Handle implements Pane.
func (t *Sheet) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		t.scroll(Wheel(msg))
	case tea.KeyPressMsg:
		return t.press(msg)
	}
	return o
}

func (t *Sheet) press(key tea.KeyPressMsg) (o Action) {
	switch key.String() {
	case "esc", "q", "enter", "f1", "?", "ctrl+c", "ctrl+d":
		o.Close = true
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
