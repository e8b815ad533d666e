package ui

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// user drives a program as a person does: keys in, screen out. Commands run in goroutines, as Bubble Tea runs them.
type user struct {
	t     testing.TB
	p     *program
	store chat.Store
	msgs  chan tea.Msg
	quit  bool

	held func(tea.Msg) bool // messages that the test delivers itself; nil for none
	clip string             // what was copied last
}

// echo answers everything with a sentence about it.
func echo(question string) string { return "You said: " + question + "." }

// steady has replies come token by token, as a test lets them.
func steady(s config.Settings) config.Settings {
	s.Speculation = false
	return s
}

func newUser(t testing.TB, width, height int, reply func(string) string, change ...func(*session.Options)) *user {
	t.Helper()
	return newUserOf(t, width, height, enginetest.New(512, enginetest.Replies(reply)), change...)
}

func newUserOf(t testing.TB, width, height int, model *engine.Model, change ...func(*session.Options)) *user {
	t.Helper()
	settings := steady(config.Defaults())
	seed := uint64(42)
	settings.Seed = &seed
	settings.Theme = "dark"
	o := session.Options{
		Settings: &config.Config{Settings: settings},
		Sources:  session.Sources{Open: func(string) (engine.Engine, error) { return model, nil }},
		Store:    chat.NewVolatile(),
	}
	for _, c := range change {
		c(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &user{t: t, p: newProgram(ctx, o, Custom{}), store: o.Store, msgs: make(chan tea.Msg, 100)}
	t.Cleanup(func() {
		cancel()
		if err := u.p.session.Close(); err != nil {
			t.Error(err)
		}
	})
	u.run(u.p.Init())
	u.send(tea.WindowSizeMsg{Width: width, Height: height})
	u.until("the model is open", func() bool { return u.p.session.Engine.Opening() == "" })
	return u
}

func (u *user) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				u.run(c)
			}
		default:
			u.msgs <- msg
		}
	}()
}

func (u *user) send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		u.quit = true
		return
	}
	if v := reflect.ValueOf(msg); v.Type() == reflect.TypeOf(tea.SetClipboard("")()) {
		u.clip = v.String()
	}
	_, cmd := u.p.Update(msg)
	u.run(cmd)
	u.check()
}

// until delivers messages until the condition holds.
func (u *user) until(what string, holds func() bool) {
	u.t.Helper()
	patience := time.After(20 * time.Second)
	for !holds() {
		select {
		case msg := <-u.msgs:
			if u.held == nil || !u.held(msg) {
				u.send(msg)
			}
		case <-patience:
			u.t.Fatalf("never happened: %s\n%s", what, u.screen())
		}
	}
}

func (u *user) idle() {
	u.t.Helper()
	u.until("the reply is finished", func() bool { return !u.p.session.Reply.Writing() && !u.p.session.Reply.Waiting() })
}

func (u *user) shows(text string) {
	u.t.Helper()
	u.until("the screen shows "+text, func() bool { return strings.Contains(u.screen(), text) })
}

func (u *user) hides(text string) {
	u.t.Helper()
	if strings.Contains(u.screen(), text) {
		u.t.Fatalf("the screen shows %q:\n%s", text, u.screen())
	}
}

// types enters text as single keys.
func (u *user) types(text string) {
	for _, r := range text {
		u.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
	"right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "home": tea.KeyHome,
	"end": tea.KeyEnd, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f5": tea.KeyF5, "delete": tea.KeyDelete,
}

// press presses keys by their names: "enter", "ctrl+up", "ctrl+c".
func (u *user) press(names ...string) {
	u.t.Helper()
	for _, name := range names {
		msg := keyNamed(name)
		if msg.String() != name {
			u.t.Fatalf("key %q is called %q", name, msg.String())
		}
		u.send(msg)
	}
}

// keyNamed is the key of that name.
func keyNamed(name string) (msg tea.KeyPressMsg) {
	key := name
	for {
		mod, rest, found := strings.Cut(key, "+")
		if !found {
			break
		}
		switch mod {
		case "ctrl":
			msg.Mod |= tea.ModCtrl
		case "alt":
			msg.Mod |= tea.ModAlt
		case "shift":
			msg.Mod |= tea.ModShift
		case "meta":
			msg.Mod |= tea.ModMeta
		}
		key = rest
	}
	if code, ok := keyCodes[key]; ok {
		msg.Code = code
	} else {
		msg.Code = []rune(key)[0]
		if msg.Mod == 0 {
			msg.Text = key
		}
	}
	return msg
}

// says sends a message and waits for the reply.
func (u *user) says(text string) {
	u.t.Helper()
	u.types(text)
	u.press("enter")
	u.idle()
}

func (u *user) conv() *chat.Conversation { return u.p.session.Chat.Conversation() }

// flush waits until what was written is in the store.
func (u *user) flush() {
	u.t.Helper()
	u.press("ctrl+s")
	u.shows("Chats (")
	u.press("esc")
}

func (u *user) view() string { return u.p.View().Content }

// screen is what a person sees, without colours.
func (u *user) screen() string {
	lines := strings.Split(ansi.Strip(u.view()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// steady is the screen as it would be if every reply had come at 100 tokens a second.
func (u *user) steady() string {
	for _, t := range u.conv().Turns() {
		if t.Reply != nil {
			t.Reply.TokensPerSecond, t.Reply.Prefill = 100, 0
		}
	}
	u.p.changed()
	return u.screen() + "\n"
}

// check holds what must be true of every frame.
func (u *user) check() {
	u.t.Helper()
	if u.p.screen.width == 0 {
		return
	}
	lines := strings.Split(u.view(), "\n")
	if len(lines) > u.p.screen.height {
		u.t.Fatalf("%d lines on a screen of %d:\n%s", len(lines), u.p.screen.height, u.screen())
	}
	if c := u.p.View().Cursor; c != nil && (c.X < 0 || c.X >= u.p.screen.width || c.Y < 0 || c.Y >= u.p.screen.height) {
		u.t.Fatalf("the cursor is at %d, %d on a screen of %d to %d", c.X, c.Y, u.p.screen.width, u.p.screen.height)
	}
	for _, l := range lines {
		if w := ansi.StringWidth(l); w > u.p.screen.width {
			u.t.Fatalf("a line of %d columns on a screen of %d: %q", w, u.p.screen.width, l)
		}
	}
}

// click presses the left button of the mouse and lets it go; drag holds it from one cell to another.
func (u *user) click(x, y int) {
	u.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	u.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func (u *user) drag(x, y, toX, toY int) {
	u.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	u.send(tea.MouseMotionMsg{X: toX, Y: toY, Button: tea.MouseLeft})
	u.send(tea.MouseReleaseMsg{X: toX, Y: toY, Button: tea.MouseLeft})
}

// find is the cell in which a text begins on the screen.
func (u *user) find(text string) (x, y int) {
	u.t.Helper()
	for y, l := range strings.Split(u.screen(), "\n") {
		if before, _, found := strings.Cut(l, text); found {
			return ansi.StringWidth(before), y
		}
	}
	u.t.Fatalf("%q is not on the screen:\n%s", text, u.screen())
	return 0, 0
}
