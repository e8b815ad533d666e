package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// BenchmarkStoryKey types into a story of 200,000 words and draws the screen, in its middle and at its end.
func BenchmarkStoryKey(b *testing.B) {
	settings := config.Defaults()
	settings.Preview = false
	model := enginetest.New(512, wordy)
	p := newProgram(b.Context(), session.Options{Settings: &config.Config{Settings: settings}, Store: chat.NewVolatile(),
		Sources: session.Sources{Open: func(string) (engine.Engine, error) { return model, nil }}}, Custom{})
	defer p.session.Close()
	p.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	p.do(p.session.Run("/mode story"))
	p.Update(tea.PasteMsg{Content: strings.Repeat(strings.Repeat("The quick fox runs over a brown hill and away. ", 10)+"\n\n", 2000)})
	p.View()
	for _, place := range []string{"ctrl+end", "ctrl+home"} {
		p.Update(keyNamed(place))
		b.Run(place, func(b *testing.B) {
			for b.Loop() {
				p.Update(keyNamed("x"))
				p.View()
			}
		})
	}
}
