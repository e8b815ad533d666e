package style

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	// Margin stands before every line of text.
	Margin = "  "
	// Widest is how many columns of text there are at most: longer lines are hard to read.
	Widest = 100
)

// Rule is a line across the screen with a text in it; without a width, the text with its beginning of a line.
func Rule(text string, width int) string {
	if text == "" {
		return strings.Repeat("─", max(width, 0))
	}
	if width > 0 {
		text = Shorten(text, max(width-4, 1))
	}
	text = "── " + text + " "
	if width > 0 {
		text = ansi.Truncate(text, width, "")
	}
	return text + strings.Repeat("─", max(width-ansi.StringWidth(text), 0))
}

// Pad fills text up to a number of columns.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

// PadLeft does the same, on the left.
func PadLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}

// Shorten cuts a text without colours at a blank where it is wider than that many columns.
func Shorten(text string, width int) string {
	if ansi.StringWidth(text) <= width {
		return text
	}
	text = ansi.Truncate(text, max(width-1, 0), "")
	if i := strings.LastIndexByte(text, ' '); i > 0 {
		text = strings.TrimRight(text[:i], " ,;:")
	}
	return text + "…"
}
