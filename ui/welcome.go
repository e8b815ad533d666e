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
	wide   int // columns of the screen that they have

	tips []session.Row // keys to try; shown where there is room beside the rest

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

// clicked is the example at a place of the screen, from 1; 0: none is there.
func (w *welcome) clicked(x, y int) int {
	if x >= w.wide || y < w.first || y >= w.first+w.shown {
		return 0
	}
	return y - w.first + 1
}

// lines fill the empty transcript on a screen that is so high. plain asks for the name as a word.
func (w *welcome) lines(s *session.Session, look *look, width, height, screen int, plain bool) []string {
	var tips []string
	if rest := width - beside; rest >= tipsWide && height > len(w.tips)+2 {
		width, tips = beside, w.invitation(look, rest)
	}
	w.wide = width
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
	var rows []string
	for i, text := range examples(s) {
		row := fmt.Sprintf("%d  %s", i+1, style.Shorten(text, body-5))
		if i+1 == w.chosen {
			row = look.Selected.Render("› " + row)
		} else {
			row = "  " + look.Dim.Render(row[:1]) + row[1:]
		}
		rows = append(rows, row)
	}
	keys := "1, 2, 3 send · Ctrl+Up, Ctrl+Down temperature · ? keys and commands"
	if s.Chat.Conversation().Mode == chat.Story {
		keys = "1, 2, 3 begin it · Tab to the page, to write yourself · ? keys and commands"
	}
	if tips != nil && s.Chat.Conversation().Mode != chat.Story {
		keys = "1, 2, 3, or Up and Down with Enter, send · ? help"
	}
	shorter := []string{"1, 2, 3 send · ? keys and commands", "? keys and commands"}
	if s.Chat.Conversation().Mode == chat.Story {
		shorter[0] = "1, 2, 3 begin it · Tab to the page · ? help"
	}
	for _, shorter := range shorter {
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
	lines = append(append(append(lines, rows...), gap...), look.Dim.Render(style.Shorten(keys, body)))
	for i, tip := range tips { // beside the name, from its first line on
		for len(lines) <= i {
			lines = append(lines, "")
		}
		lines[i] = style.Pad(lines[i], beside) + tip
	}
	// What opens below moves nothing as long as there is room.
	if over := min((screen-len(lines))/3-1, height-len(lines)); over > 0 {
		lines = append(make([]string, over), lines...)
		w.first += over
	}
	for i, l := range lines {
		if l != "" {
			lines[i] = style.Margin + l
		}
	}
	return lines[:min(len(lines), height)]
}

// Where the examples leave columns free, keys stand beside them.
const (
	beside   = 64 // columns that the rest has then
	tipsWide = 48 // columns that the keys ask for
)

// invitation tells of keys to try, in so many columns.
func (w *welcome) invitation(look *look, width int) []string {
	column := 0
	for _, tip := range w.tips {
		column = max(column, ansi.StringWidth(tip.Name)+2)
	}
	lines := []string{look.Title.Render("Try while it writes, and after"), ""}
	for _, tip := range w.tips {
		lines = append(lines, look.User.Bold(false).Render(style.Pad(tip.Name, column))+style.Shorten(tip.Words, width-column))
	}
	return lines
}

// tips are keys that a stranger would not look for.
func tips(keys keyMap) (rows []session.Row) {
	words := map[string]string{
		actWarmer: "warmer, colder", actDial: "the dial: all that can be turned", actPause: "choose the next word yourself",
		actRetry: "another version", actTree: "the tree of all versions", actColours: "how sure it was of each word",
		actPalette: "everything there is to do",
	}
	for _, b := range keys {
		if h := b.Help(); words[b.action] != "" && h.Key != "" {
			rows = append(rows, session.Row{Name: h.Key, Words: words[b.action]})
		}
	}
	return rows
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
