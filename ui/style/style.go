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
	Tokens   TokenLook      // of replies

	scale [4]color.Color // of temperatures: cold, warm, hot; and about that of a terminal's text, to which they fade
}

// A TokenLook is how the tokens of replies look, and what is found in a text.
type TokenLook struct {
	Class [4]lipgloss.Style
	Match lipgloss.Style // what was looked for
	Found lipgloss.Style // the match that is shown
	Plain bool           // there are no colours
}

// A Theme is the colours of the screen.
type Theme struct {
	Base    string            // one of [Bases]
	Colours map[string]string // by token, in place of the base's: "#rrggbb" or the number of a terminal's colour
}

// Bases are the themes that there are: "auto" is as the terminal's background is, "high-contrast" too.
func Bases() []string { return []string{"auto", "dark", "light", "high-contrast", "terminal"} }

// A Token is a colour of a theme.
type Token struct {
	Name, Help string
	usual      ground
	high       ground // in high contrast
	own        ground // of the terminal's 16 colours
}

// ground is a colour by the background that it stands on.
type ground struct{ light, dark string }

// Tokens are the colours that a theme has.
func Tokens() []Token {
	return []Token{
		{"accent", "the bar beside your messages, titles, what is chosen",
			ground{"#6a3fb5", "#b79cf2"}, ground{"#3d1a80", "#dcc6ff"}, ground{"5", "13"}},
		{"user", "the prompt", ground{"#0a6c74", "#5cc8d0"}, ground{"#004a52", "#9ff3f8"}, ground{"4", "14"}},
		{"subtle", "footers, hints, lines", ground{"#6c6c76", "#8b8b98"}, ground{"#45454d", "#c8c8d2"}, ground{"8", "8"}},
		{"alarm", "what went wrong", ground{"#b3261e", "#ff8a80"}, ground{"#8c0d0d", "#ffb8b0"}, ground{"1", "9"}},
		{"cold", "temperature 0", ground{"#1d5fbf", "#6cb2ff"}, ground{"#003a8c", "#b3d7ff"}, ground{"4", "14"}},
		{"warm", "temperature 1, where the context starts", ground{"#a34a00", "#ffb05c"}, ground{"#6b3000", "#ffd39a"}, ground{"5", "11"}},
		{"hot", "temperature 2", ground{"#c01c28", "#ff6b5e"}, ground{"#8c0018", "#ffb3ab"}, ground{"1", "9"}},
		{"token1", "tokens of the first class, as of rank 1 to 10", ground{"#1c7a2e", "#8fe39a"}, ground{"#0b4d18", "#c6f7cc"}, ground{"4", "10"}},
		{"token2", "tokens of the second class, to rank 100", ground{"#7a5f00", "#f0dc6e"}, ground{"#4d3b00", "#fff0a8"}, ground{"5", "11"}},
		{"token3", "tokens of the third class, to rank 1000", ground{"#b8321f", "#ff9280"}, ground{"#8c0d0d", "#ffb8b0"}, ground{"1", "9"}},
		{"token4", "tokens of the fourth class, of a higher rank", ground{"#7b2fb5", "#e0a8ff"}, ground{"#4b0f80", "#ecd0ff"}, ground{"0", "13"}},
	}
}

// on says whether the theme stands on a dark background, on a terminal whose background is as given.
func (t Theme) on(dark bool) bool { return t.Base == "dark" || t.Base != "light" && dark }

// text is the colour of a token as Lip Gloss and Glamour read it.
func (t Theme) text(name string, dark bool) string {
	for _, token := range Tokens() {
		if token.Name != name {
			continue
		}
		if own := t.Colours[name]; own != "" {
			return own
		}
		of := token.usual
		switch t.Base {
		case "high-contrast":
			of = token.high
		case "terminal":
			of = token.own
		}
		if t.on(dark) {
			return of.dark
		}
		return of.light
	}
	return ""
}

// Colour is that of a token on a terminal with a dark or a light background.
func (t Theme) Colour(name string, dark bool) color.Color {
	if text := t.text(name, dark); text != "" {
		return lipgloss.Color(text)
	}
	return lipgloss.NoColor{}
}

// Look builds the styles for a terminal with a dark or a light background. Bubble Tea brings the colours down to what it
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
		scale:    [4]color.Color{t.Colour("cold", dark), warm, t.Colour("hot", dark), lipgloss.Color("#303030")},
	}
	if t.on(dark) {
		s.scale[3] = lipgloss.Color("#d8d8d8")
	}
	for i, name := range []string{"token1", "token2", "token3", "token4"} {
		s.Tokens.Class[i] = lipgloss.NewStyle().Foreground(t.Colour(name, dark))
	}
	s.Tokens.Match, s.Tokens.Found = lipgloss.NewStyle().Foreground(warm).Underline(true), lipgloss.NewStyle().Reverse(true)
	s.Tokens.Plain = plain
	if plain {
		s.Markdown = markdown.Plain
		return s
	}
	s.Markdown = markdown.Theme{Heading: t.text("accent", dark), Mark: t.text("subtle", dark), Literal: t.text("user", dark), Link: t.text("cold", dark)}
	s.Markdown.Code = markdown.Code{Keyword: t.text("accent", dark), Name: t.text("user", dark), String: t.text("token1", dark),
		Number: t.text("warm", dark), Comment: t.text("subtle", dark)}
	return s
}
