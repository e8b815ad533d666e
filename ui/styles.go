package ui

import (
	"image/color"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"inkling/ui/markdown"
)

// styles is everything that has a colour, by the thing it paints.
type styles struct {
	theme markdown.Theme

	User     lipgloss.Style // the name above a message of the user
	Reply    lipgloss.Style // the name above a reply
	Own      lipgloss.Style // the bar beside the user's text
	Dim      lipgloss.Style // footers, hints, the rule
	Notice   lipgloss.Style // what the program says
	Problem  lipgloss.Style // what went wrong
	Cut      lipgloss.Style // the line where the model's view begins
	Hot      lipgloss.Style // the temperature in the status line
	Selected lipgloss.Style // the chosen row of a list
	Title    lipgloss.Style // of a panel
}

// A Theme is the colours of the screen.
type Theme struct {
	Base    string            // "dark", "light", or "auto": as the terminal's background is
	Colours map[string]string // by token, in place of the base's: "#rrggbb" or the number of a terminal's colour
}

// A Token is a colour of a theme.
type Token struct {
	Name, Help  string
	light, dark string
}

// Tokens are the colours that a theme has.
func Tokens() []Token {
	return []Token{
		{"accent", "names of replies, titles, what is chosen", "#6a3fb5", "#b79cf2"},
		{"user", "your own messages", "#0a6c74", "#5cc8d0"},
		{"subtle", "footers, hints, lines", "#6c6c76", "#8b8b98"},
		{"alarm", "what went wrong", "#b3261e", "#ff8a80"},
		{"warm", "where the context starts, a changed temperature", "#a34a00", "#ffb05c"},
	}
}

// colour is that of a token on a dark or a light background.
func (t Theme) colour(name string, dark bool) color.Color {
	for _, token := range Tokens() {
		switch {
		case token.Name != name:
		case t.Colours[name] != "":
			return lipgloss.Color(t.Colours[name])
		default:
			return lipgloss.LightDark(dark)(lipgloss.Color(token.light), lipgloss.Color(token.dark))
		}
	}
	return lipgloss.NoColor{}
}

// styles builds the styles for a dark or a light background. Bubble Tea brings the colours down to what the terminal
// can show; plain asks for a transcript without any.
func (t Theme) styles(dark, plain bool) *styles {
	accent, second, subtle := t.colour("accent", dark), t.colour("user", dark), t.colour("subtle", dark)
	alarm, warm := t.colour("alarm", dark), t.colour("warm", dark)

	s := &styles{
		User:     lipgloss.NewStyle().Foreground(second).Bold(true),
		Reply:    lipgloss.NewStyle().Foreground(accent).Bold(true),
		Own:      lipgloss.NewStyle().Foreground(second),
		Dim:      lipgloss.NewStyle().Foreground(subtle),
		Notice:   lipgloss.NewStyle().Foreground(accent),
		Problem:  lipgloss.NewStyle().Foreground(alarm),
		Cut:      lipgloss.NewStyle().Foreground(warm),
		Hot:      lipgloss.NewStyle().Foreground(warm).Bold(true),
		Selected: lipgloss.NewStyle().Foreground(accent).Bold(true),
		Title:    lipgloss.NewStyle().Foreground(accent).Bold(true),
	}
	switch {
	case plain:
		s.theme = markdown.Plain
	case dark:
		s.theme = markdown.Dark
	default:
		s.theme = markdown.Light
	}
	return s
}

// onScreen is the cursor c, nil where it is not on the screen.
func onScreen(c *tea.Cursor, width, height int) *tea.Cursor {
	if c == nil || c.X >= width || c.Y < 0 || c.Y >= height {
		return nil
	}
	return c
}
