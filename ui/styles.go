package ui

import (
	"charm.land/bubbles/v2/textarea"
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

	input textarea.Styles
}

// newStyles builds the styles for a dark or a light background. Bubble Tea brings the colours down to what the terminal
// can show; plain asks for a transcript without any.
func newStyles(dark, plain bool) *styles {
	pick := lipgloss.LightDark(dark)
	accent := pick(lipgloss.Color("#6a3fb5"), lipgloss.Color("#b79cf2"))
	second := pick(lipgloss.Color("#0a6c74"), lipgloss.Color("#5cc8d0"))
	subtle := pick(lipgloss.Color("#6c6c76"), lipgloss.Color("#8b8b98"))
	alarm := pick(lipgloss.Color("#b3261e"), lipgloss.Color("#ff8a80"))
	warm := pick(lipgloss.Color("#a34a00"), lipgloss.Color("#ffb05c"))

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
		input:    textarea.DefaultStyles(dark),
	}
	switch {
	case plain:
		s.theme = markdown.Plain
	case dark:
		s.theme = markdown.Dark
	default:
		s.theme = markdown.Light
	}
	for _, state := range []*textarea.StyleState{&s.input.Focused, &s.input.Blurred} {
		state.CursorLine = lipgloss.NewStyle()
		state.Prompt = s.User
		state.Placeholder = s.Dim
	}
	return s
}
