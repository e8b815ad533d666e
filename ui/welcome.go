package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/wrap"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// welcome is the screen of a chat in which nothing has been said: what this is, and examples that can be sent as they are.
type welcome struct {
	chosen int // the example that Enter sends, from 1; 0: none
	typed  int // the example whose number alone is in the input; 0: none
	keys   int // counts what is pressed
	first  int // line of the screen with the first example
	shown  int // how many of them there are on the screen

	look *style.Look // that painted the name
	name []string
}

// The examples of a chat and of a story.
var (
	questions  = []string{"Write a poem about nature", "Tell me a story about a brave fox", "What makes you happy?"}
	beginnings = []string{"Once upon a time", "It was a dark and stormy night", "The last robot on earth"}
)

// examples are those of a chat as it is now.
func examples(s *session.Session) []string {
	if s.Chat.Conversation().Mode == chat.Story {
		return beginnings
	}
	return questions
}

// wordmark is the name in large.
var wordmark = []string{
	"╻ ┏┓╻ ╻┏  ╻   ╻ ┏┓╻ ┏━╸",
	"┃ ┃┗┫ ┣┻┓ ┃   ┃ ┃┗┫ ┃╺┓",
	"╹ ╹ ╹ ╹ ╹ ┗━╸ ╹ ╹ ╹ ┗━┛",
}

const roomy = 60 // columns that the wordmark asks for

// move chooses another example. It reports false where there is none in that direction; from the first, up leaves them.
func (w *welcome) move(step int) bool {
	to := w.chosen + step
	if w.chosen == 0 && step < 0 {
		to = w.shown
	}
	if to < 0 || to > w.shown || w.shown == 0 {
		return false
	}
	w.chosen = to
	return true
}

// pressed is the example whose number a key is, 0 for none.
func (w *welcome) pressed(msg tea.KeyPressMsg) int {
	if at := strings.Index("123", msg.Text); msg.Text != "" && at >= 0 && at < w.shown {
		return at + 1
	}
	return 0
}

// press counts a key. It returns the example whose number alone is in the input, which it is not any more.
func (w *welcome) press() (typed int) {
	w.keys++
	if typed, w.typed = w.typed, 0; typed > 0 {
		w.chosen = 0
	}
	return typed
}

// number chooses an example whose number has been written into the input. If nothing follows, the example is sent.
func (w *welcome) number(ctx context.Context, number int) tea.Cmd {
	w.chosen, w.typed = number, number
	return later(ctx, typing, numberMsg(w.keys))
}

// clicked is the example on a line of the screen, from 1; 0: none is there.
func (w *welcome) clicked(y int) int {
	if y < w.first || y >= w.first+w.shown {
		return 0
	}
	return y - w.first + 1
}

// lines fill the empty transcript. plain asks for the name as a word.
func (w *welcome) lines(s *session.Session, look *look, width, height int, plain bool) []string {
	body := look.column(width)
	model := "You are talking to the model, on your own machine."
	if info, ok := s.Engine.Info(); ok && info.Parameters > 0 {
		model = fmt.Sprintf("You are talking to %s, a GPT-2 of %s parameters, on your own machine.", safe.Line(shortName(info.Name)), info.Size())
	} else if ok {
		model = "You are talking to " + safe.Line(shortName(info.Name)) + ", on a server."
	}
	about := wrap.Text(model, body)
	const warning = "It makes things up: enjoy it, but don't rely on it."
	if height > len(about)+len(examples(s))+4 {
		for _, line := range wrap.Text(warning, body) {
			about = append(about, look.Dim.Render(line))
		}
	}

	head := []string{look.Title.Render("inkling")}
	if width >= roomy && !plain && height > len(wordmark)+len(about)+len(examples(s))+2 {
		if w.look != look.Look {
			w.look, w.name = look.Look, look.Gradient(wordmark)
		}
		head = slices.Clone(w.name)
	}
	if height > len(head)+len(about)+len(examples(s))+5 {
		head = append([]string{""}, head...)
	}
	var rows []string
	for i, text := range examples(s) {
		row := fmt.Sprintf("%d  %s", i+1, text)
		if i+1 == w.chosen {
			row = look.Selected.Render("› " + row)
		} else {
			row = "  " + look.Dim.Render(row[:1]) + row[1:]
		}
		rows = append(rows, ansi.Truncate(row, body, "…"))
	}
	keys := "1, 2, 3 send · Ctrl+Up, Ctrl+Down temperature · ? keys and commands"
	if s.Chat.Conversation().Mode == chat.Story {
		keys = "1, 2, 3 send · Enter on an empty line writes more · ? keys and commands"
	}
	for _, shorter := range []string{"1, 2, 3 send · ? keys and commands", "? keys and commands"} {
		if ansi.StringWidth(keys) > body {
			keys = shorter
		}
	}
	gap := []string{""}
	if len(head)+len(about)+len(rows)+4 > height { // there is no room for the rhythm
		gap = nil
	}
	lines := append(append(append(head, gap...), about...), gap...)
	w.first, w.shown = len(lines), max(min(len(rows), height-len(lines)), 0)
	lines = append(append(append(lines, rows...), gap...), look.Dim.Render(ansi.Truncate(keys, body, "…")))
	for i, l := range lines {
		if l != "" {
			lines[i] = style.Margin + l
		}
	}
	return lines[:min(len(lines), height)]
}

// numberMsg sends the example whose number has been typed, unless the user has pressed another key since: then the number
// was the beginning of a message. It counts as [welcome.keys] does.
type numberMsg int

// typing is how long a person who goes on writing leaves a number alone, at most.
const typing = 800 * time.Millisecond

// inviting reports whether the first screen can be used: nothing is said, written or in the way.
func (p *program) inviting() bool {
	return len(p.transcript.items) == 0 && (p.composer.empty() || p.welcome.typed > 0) && p.dock.Dialogs.Top() == nil &&
		p.dock.Focused() == nil && p.welcome.shown > 0
}

// invite sends an example, by its number from 1.
func (p *program) invite(number int) tea.Cmd {
	p.welcome.chosen, p.welcome.typed = 0, 0
	p.composer.set(examples(p.session)[number-1])
	return p.enter()
}
