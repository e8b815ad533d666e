// Package style is how the screen looks: themes, which are colours by token, the styles that are made of them, and the lines
// that they paint. No other package has a colour.
package style

import (
	"image/color"

	"charm.land/lipgloss/v2"

	"inkling/ui/markdown"
)

// A Look is everything that has a colour, by the thing it paints.
type Look struct {
	Markdown markdown.Theme // of replies

	User     lipgloss.Style // the prompt before the input
	Own      lipgloss.Style // the bar beside what the user has said
	Dim      lipgloss.Style // footers, hints, the rule
	Notice   lipgloss.Style // what the program says
	Problem  lipgloss.Style // what went wrong
	Cut      lipgloss.Style // the line where the model's view begins
	Warning  lipgloss.Style // what is nearly full
	Selected lipgloss.Style // the chosen row of a list
	Title    lipgloss.Style // of a panel

	scale [3]color.Color // of temperatures: cold, warm, hot
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
		{"accent", "the bar beside your messages, titles, what is chosen", "#6a3fb5", "#b79cf2"},
		{"user", "the prompt", "#0a6c74", "#5cc8d0"},
		{"subtle", "footers, hints, lines", "#6c6c76", "#8b8b98"},
		{"alarm", "what went wrong", "#b3261e", "#ff8a80"},
		{"cold", "temperature 0", "#1d5fbf", "#6cb2ff"},
		{"warm", "temperature 1, where the context starts", "#a34a00", "#ffb05c"},
		{"hot", "temperature 2", "#c01c28", "#ff6b5e"},
	}
}

// Colour is that of a token on a dark or a light background.
func (t Theme) Colour(name string, dark bool) color.Color {
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

// Look builds the styles for a dark or a light background. Bubble Tea brings the colours down to what the terminal
// can show; plain asks for a transcript without any.
func (t Theme) Look(dark, plain bool) *Look {
	accent, second, subtle := t.Colour("accent", dark), t.Colour("user", dark), t.Colour("subtle", dark)
	alarm, warm := t.Colour("alarm", dark), t.Colour("warm", dark)

	s := &Look{
		User:     lipgloss.NewStyle().Foreground(second).Bold(true),
		Own:      lipgloss.NewStyle().Foreground(accent),
		Dim:      lipgloss.NewStyle().Foreground(subtle),
		Notice:   lipgloss.NewStyle().Foreground(accent),
		Problem:  lipgloss.NewStyle().Foreground(alarm),
		Cut:      lipgloss.NewStyle().Foreground(warm),
		Warning:  lipgloss.NewStyle().Foreground(warm),
		Selected: lipgloss.NewStyle().Foreground(accent).Bold(true),
		Title:    lipgloss.NewStyle().Foreground(accent).Bold(true),
		scale:    [3]color.Color{t.Colour("cold", dark), warm, t.Colour("hot", dark)},
	}
	switch {
	case plain:
		s.Markdown = markdown.Plain
	case dark:
		s.Markdown = markdown.Dark
	default:
		s.Markdown = markdown.Light
	}
	return s
}
