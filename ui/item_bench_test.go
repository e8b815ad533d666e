package ui

import (
	"strings"
	"testing"

	"inkling/chat"
	"inkling/ui/style"
)

// A story of 20,000 words that grows by a word in each frame.
func BenchmarkGrowingStory(b *testing.B) {
	turn := &chat.Turn{Role: chat.Assistant, State: chat.Writing,
		Text: strings.Repeat(strings.Repeat("The brave fox went on. ", 20)+"\n\n", 200)}
	it := &item{look: &look{Look: style.Theme{}.Look(true, false), width: 80}, turn: turn, story: []*chat.Turn{turn}, laid: &laid{}}
	it.lines()
	for n := 0; b.Loop(); n++ {
		if n%100 == 0 {
			turn.Text += "\n\n"
		}
		turn.Text += " more"
		it.changed()
		it.lines()
	}
}
