package ui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine/enginetest"
)

// everyKey is every key that the chat or the libraries' fields give a meaning to.
func everyKey() (names []string) {
	for _, a := range Actions() {
		names = append(names, a.Keys...)
	}
	for _, keys := range []any{textarea.DefaultKeyMap(), textinput.DefaultKeyMap()} {
		of := reflect.ValueOf(keys)
		for i := range of.NumField() {
			if b, ok := of.Field(i).Interface().(key.Binding); ok {
				names = append(names, b.Keys()...)
			}
		}
	}
	names = append(names, "esc", "space", "shift+tab", "f2", "ctrl+x", pastedEnter, "shift+backspace")
	slices.Sort(names)
	return slices.Compact(names)
}

// typed is what people write, whole commands among it.
var typed = []string{
	"a", "b ", "你", "好", "é", "e\u0301", "🇫🇷", "👨‍👩‍👧", "👍🏽", " ", "/", "?", "y", "words and more words ", "\u202e", "ไทย", "नि",
	"/model", "/help", "/dial", "/n 3", "/sweep 0.5 1", "/ramp 0.4 1.2", "/pause", "/step 2", "/pick 1", "/back", "/memory", "/note", "/world", "/context", "/colors", "/theme", "/keys", "/edit", "/edit reply", "/redo", "/search hello", "/task poem rain", "/preset", "/n 1", "/show", "/prompt", "/temp 1", "/set top_k 5", "/undo", "/mode story", "/mode chat", "/copy", "/system x", "/tree", "/tree 2", "/tree prune 3", "/tree label x", "/tree bookmark 1", "/tree copy",
	"/sessions", "/new", "/retry", "/seed 3", "/set", "/continue", "**bold** `code`\n", "| a | b |\n|---|---|\n| 一 | 2 |\n",
}

// anyCommand is any command but the one that quits, perhaps with something that completes it.
func anyCommand(random *rand.Rand, s *session.Session) string {
	for {
		all := session.Commands()
		line := all[random.IntN(len(all))].Names[0]
		for more := s.Completions(line + " "); len(more) > 0 && random.IntN(3) > 0; more = s.Completions(line) {
			line = more[random.IntN(len(more))].Line
		}
		if line != "/quit" {
			return line
		}
	}
}

// anyMouse is anything that a mouse may do, beyond the screen too.
func anyMouse(random *rand.Rand, s screen) tea.Msg {
	at := tea.Mouse{X: random.IntN(s.width+4) - 2, Y: random.IntN(s.height+4) - 2, Button: tea.MouseLeft}
	switch random.IntN(7) {
	case 0, 1:
		return tea.MouseClickMsg(at)
	case 2:
		return tea.MouseReleaseMsg(at)
	case 3, 4:
		return tea.MouseMotionMsg(at)
	case 5:
		at.Button = tea.MouseNone
		return tea.MouseMotionMsg(at)
	}
	at.Button = []tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown, tea.MouseRight}[random.IntN(3)]
	if at.Button == tea.MouseRight {
		return tea.MouseClickMsg(at)
	}
	return tea.MouseWheelMsg(at)
}

var sizesOfScreens = [][2]int{{80, 24}, {140, 40}, {40, 12}, {20, 8}, {19, 3}, {5, 2}, {1, 1}, {200, 5}, {30, 60}}

// Whatever keys are pressed, in whatever panel, on a screen of whatever size: nothing panics, every frame fits, nothing is
// left running. A hundred thousand of them with INKLING_LONG=1.
func TestRandomKeys(t *testing.T) {
	before, ended := goleak.IgnoreCurrent(), make(chan struct{})
	t.Cleanup(func() { // after the end of the session
		close(ended)
		goleak.VerifyNone(t, before)
	})
	rounds := 1000
	if os.Getenv("INKLING_LONG") != "" {
		rounds = 100_000
	}
	t.Chdir(t.TempDir())
	t.Setenv("PATH", "") // no program that reads the clipboard
	model := enginetest.New(512, enginetest.Replies(poem))
	u := newUserOf(t, 80, 24, model, func(o *session.Options) {
		o.Sources.Models = func() ([]session.Choice, error) {
			return []session.Choice{{Name: "starter", Here: true}, {Name: "模型/小说", Here: true}, {Name: "gpt2-xl"}}, nil
		}
		o.Store = chat.NewVolatile()
	})
	t.Cleanup(func() { // before it
		go func() {
			for {
				select {
				case <-u.msgs:
				case <-ended:
					return
				}
			}
		}()
	})
	keys := everyKey()
	random := rand.New(rand.NewPCG(7, uint64(rounds)))
	var last []string
	defer func() {
		if t.Failed() {
			t.Logf("the last keys: %q\n%s", last, u.screen())
		}
	}()
	note := func(what string) { last = append(last[max(len(last)-40, 0):], what) }
	for range rounds {
		switch n := random.IntN(100); {
		case n < 45:
			name := keys[random.IntN(len(keys))]
			note(name)
			u.send(keyNamed(name))
		case n < 80:
			text := typed[random.IntN(len(typed))]
			note("type " + text)
			for part := range strings.SplitAfterSeq(text, "") {
				if part != "\n" {
					u.send(tea.KeyPressMsg{Code: []rune(part)[0], Text: part})
				}
			}
			if text[0] == '/' && len(text) > 1 && random.IntN(2) == 0 {
				u.press("enter")
			}
		case n < 85:
			text := strings.Repeat(typed[random.IntN(len(typed))], 1+random.IntN(40))
			note("paste " + text)
			u.send(tea.PasteMsg{Content: text})
		case n < 90:
			size := sizesOfScreens[random.IntN(len(sizesOfScreens))]
			note("resize")
			u.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		case n < 93:
			for range 1 + random.IntN(4) {
				if msg := u.p.idle(nil, anyMouse(random, u.p.screen)); msg != nil {
					note(fmt.Sprintf("%T %v", msg, msg))
					u.send(msg)
				}
			}
		case n < 94:
			line := anyCommand(random, u.p.session)
			note("run " + line)
			u.press("ctrl+c")
			if u.p.dock.Dialogs.Top() == nil && u.p.dock.Focused() == nil && u.p.composer.empty() {
				u.types(line)
				u.press("enter")
			}
		case n < 95:
			u.send(tea.BackgroundColorMsg{})
		default:
			u.settle()
		}
		u.deliver()
	}
	u.settle()
}

// deliver delivers the messages that have come.
func (u *user) deliver() {
	for {
		select {
		case msg := <-u.msgs:
			u.send(msg)
		default:
			return
		}
	}
}

// settle waits for the end of a reply.
func (u *user) settle() {
	u.t.Helper()
	u.until("the reply is finished", func() bool {
		if u.p.session.Reply.Paused() {
			u.run(u.p.do(u.p.session.Reply.Pause()))
		}
		return !u.p.session.Reply.Writing() && !u.p.session.Reply.Waiting()
	})
}
