package text

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A Field is one line of text on the screen, of which a part is seen where there is no room for all.
type Field struct {
	Prompt string
	Line
	first int // cluster that the part begins with
}

// Update takes a key. It reports whether the text has changed.
func (f *Field) Update(key tea.KeyPressMsg) bool {
	before := f.String()
	f.Press(key.String(), strings.ReplaceAll(key.Text, "\n", " "))
	return f.String() != before
}

// View is the field in at most width columns, and the column of the cursor.
func (f *Field) View(width int) (text string, cursor int) {
	prompt := ansi.Truncate(f.Prompt, max(width-2, 0), "")
	used := ansi.StringWidth(prompt)
	room := max(width-used-1, 0) // the cursor may stand after the text
	f.first = min(f.first, f.at)
	column := 0
	for _, part := range f.parts[f.first:f.at] {
		column += ansi.StringWidth(part)
	}
	for ; column > room; f.first++ {
		column -= ansi.StringWidth(f.parts[f.first])
	}
	shown := column
	end := f.at
	for ; end < len(f.parts) && shown+ansi.StringWidth(f.parts[end]) <= width-used; end++ {
		shown += ansi.StringWidth(f.parts[end])
	}
	// What has been deleted behind makes room for what stands before.
	for ; end == len(f.parts) && f.first > 0 && shown+ansi.StringWidth(f.parts[f.first-1]) <= room; f.first-- {
		shown += ansi.StringWidth(f.parts[f.first-1])
		column += ansi.StringWidth(f.parts[f.first-1])
	}
	return prompt + strings.Join(f.parts[f.first:end], ""), min(used+column, max(width-1, 0))
}
