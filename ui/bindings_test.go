package ui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"inkling/chat/session"
	"inkling/engine/enginetest"
	"inkling/ui/style"
)

func TestKeyName(t *testing.T) {
	for given, want := range map[string]string{
		"ctrl+r": "ctrl+r", "Ctrl+R": "ctrl+r", "f5": "f5", "F12": "f12", "shift+ctrl+up": "ctrl+shift+up", "alt+enter": "alt+enter",
		"escape": "esc", "PageUp": "pgup", "tab": "tab", "shift+tab": "shift+tab", "ctrl+space": "ctrl+space", "alt+é": "alt+é", "alt+?": "alt+?",
	} {
		if got, ok := KeyName(given); got != want || !ok {
			t.Errorf("%s is %q, %t, want %q", given, got, ok, want)
		}
	}
	for _, given := range []string{"", "r", "R", "shift+r", "é", "space", "backspace", "ctrl+rr", "ctl+r", "ctrl+ctrl+r", "f0", "f64", "f05", "ctrl+", "+", "ctrl+\x1b", "f-1", "ctrl+r+"} {
		if got, ok := KeyName(given); ok {
			t.Errorf("%q is the key %q", given, got)
		}
	}
}

// Each key of the chat is one that the config file may name, and belongs to one action.
func TestActions(t *testing.T) {
	bound := map[string]string{}
	names := map[string]bool{}
	for _, a := range Actions() {
		if names[a.Name] || a.Help == "" {
			t.Errorf("%s is there twice, or has no help", a.Name)
		}
		names[a.Name] = true
		for _, key := range a.Keys {
			if name, ok := KeyName(key); (name != key || !ok) && key != "space" { // pauses on an empty line alone
				t.Errorf("%s: the key %q is %q, %t", a.Name, key, name, ok)
			}
			if bound[key] != "" {
				t.Errorf("%s has the key %s of %s", a.Name, key, bound[key])
			}
			bound[key] = a.Name
		}
	}
}

func TestOtherKeys(t *testing.T) {
	keys := defaultKeys()
	keys.bind(map[string][]string{"retry": {"F5", "ctrl+t"}, "next": {"alt+n"}, "colder": {}, "sessions": {}})
	sheet := helpSheet(keys, false)
	var text strings.Builder
	for _, r := range sheet.Rows {
		text.WriteString(r.Name + ": " + r.Words + "\n")
	}
	for _, want := range []string{"F5, Ctrl+T: write another reply", "Left, Alt+N: on an empty line", "Ctrl+Up: temperature"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in the help:\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), ": all chats\nTab") || strings.Contains(text.String(), "Ctrl+S") {
		t.Errorf("an action without keys is in the help:\n%s", text.String())
	}

	u := newUser(t, 80, 24, echo)
	u.p.keys.bind(map[string][]string{"retry": {"f5"}})
	u.says("hello")
	u.shows("You said: hello.")
	u.idle()
	u.press("ctrl+r")
	u.press("f5")
	u.shows("version 2 of 2")
}

// A theme is seen as it is picked, in force with Enter, and gone again where nothing is chosen.
func TestThemesSwitch(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("/theme")
	u.shows("theme is \"dark\"")
	u.shows("high-contrast")
	before := u.view()
	u.press("down", "down", "down", "down")
	if u.p.screen.named != "high-contrast" || u.view() == before {
		t.Errorf("the theme %s is shown, want the one that is picked", u.p.screen.named)
	}
	u.press("ctrl+c")
	if u.p.screen.named != "dark" {
		t.Errorf("the theme is %s after nothing was chosen", u.p.screen.named)
	}
	u.says("/theme light")
	u.shows("theme is now \"light\"")
	u.press("ctrl+n")
	if u.p.screen.named != "light" {
		t.Errorf("the theme is %s in another chat", u.p.screen.named)
	}
	u.says("/theme plaid")
	u.shows("expected \"auto\", \"dark\"")
}

// The palette opens at any time and does what is chosen: what a key does, a command, or a task whose subject is asked for.
func TestThePaletteDoesIt(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("hello")
	u.press("ctrl+s")
	u.shows("Chats (1)")
	u.press("ctrl+p")
	u.types("another reply")
	u.press("enter")
	u.idle()
	u.shows("version 2 of 2")
	u.press("ctrl+p")
	u.types("/show")
	u.press("enter")
	u.shows("Settings")
	u.press("esc", "ctrl+p")
	u.types("/task poem")
	u.press("enter")
	u.shows("❯ /task poem")
	u.press("ctrl+p", "ctrl+p")
	u.shows("❯ /task poem")
}

// Every action is listed with its keys and its name in the config file.
func TestKeysAreListed(t *testing.T) {
	u := newUser(t, 100, 60, echo)
	u.p.keys.bind(map[string][]string{"retry": {"f5", "ctrl+y"}, "suspend": nil})
	u.says("/keys")
	for _, b := range u.p.keys {
		u.shows(b.action)
	}
	u.shows("F5, Ctrl+Y: another reply")
	u.shows("no key: suspend")
}

func TestThemes(t *testing.T) {
	theme := style.Theme{Base: "dark", Colours: map[string]string{"accent": "#102030"}}
	s := theme.Look(true, false)
	if got, want := s.Title.GetForeground(), lipgloss.Color("#102030"); got != want {
		t.Errorf("the title is %v, want %v", got, want)
	}
	if got, want := s.Problem.GetForeground(), lipgloss.Color("#ff8a80"); got != want {
		t.Errorf("a problem is %v, want %v", got, want)
	}
	if got, want := (style.Theme{}).Look(false, false).Problem.GetForeground(), lipgloss.Color("#b3261e"); got != want {
		t.Errorf("a problem on a light background is %v, want %v", got, want)
	}
	for _, token := range style.Tokens() {
		if (style.Theme{}).Colour(token.Name, true) == (lipgloss.NoColor{}) || token.Help == "" {
			t.Errorf("%s has no colour or no help", token.Name)
		}
	}
}

func TestPreset(t *testing.T) {
	u := newUserOf(t, 100, 24, enginetest.New(512, enginetest.Replies(echo)))
	u.says("/preset dialogue")
	u.shows(`preset is now "dialogue": temperature 0.8, top_k 50, top_p 0.95, repetition_penalty 1.35`)
	u.says("/preset dialog")
	u.shows(`preset: found "dialog", expected`)
	u.says(`/preset ""`)
	u.shows(`preset is now ""`)
	if got := u.p.session.Completions("/preset d"); !slices.Equal(got, []session.Completion{{Line: "/preset dialogue", Name: "dialogue", Help: "lively, with little repetition"}}) {
		t.Errorf("completions %v", got)
	}
	u.says("/set topk 5")
	u.shows("top_k is now 5")
	u.says("/set Min-P 0.2")
	u.shows("min_p is now 0.2")
	u.says("/set stop The end")
	u.shows(`stop is now ["The end"]`)
}

// /preset lists the presets with what they set, /ramp lets the temperature rise over a reply: each token of it is drawn, and remembered,
// with its own.
func TestPresetsAndRamp(t *testing.T) {
	u := newUser(t, 120, 40, func(string) string { return "abcdefghi" })
	u.says("/preset")
	u.shows("adventure")
	u.shows("temperature 0.4, top_k 40, top_p 0.9")
	u.press("esc")
	u.says("/ramp")
	u.shows("no ramp")
	u.says("/ramp 0.4")
	u.shows("usage: /ramp")
	u.says("/ramp 0.4 900")
	u.shows(`temperature: found "900"`)
	u.says("/ramp 0.4 1.2")
	u.shows("temperature 0.4 to 1.2 over a reply of 200 tokens")
	if p := u.p.session.Settings.Values().Params; p.Temperature != 0.4 || p.Ramp != 0.8 {
		t.Errorf("temperature %v, ramp %v", p.Temperature, p.Ramp)
	}
	u.says("/ramp off")
	u.shows("ramp is now 0")
}

// A reply that repeats itself says so, and with the guard it goes back.
func TestLoopGuard(t *testing.T) {
	u := newUser(t, 120, 40, func(string) string { return strings.Repeat("over and ", 40) })
	u.says("hi")
	u.shows(`repeating "over and"; /set loop_guard 3 breaks it`)
	u.idle()
	u.says("/set loop_guard 3")
	u.says("again")
	u.shows("going back")
	u.idle()
}

// Other keys do what they are bound to, whatever is in the input, and the hints name them.
func TestHintsNameOtherKeys(t *testing.T) {
	u := speller(t, 80, 24)
	u.p.keys.bind(map[string][]string{"stop": {"f9"}, "pause": {"f6"}, "previous": {"alt+left"}, "retry": {"f5"}})
	u.types("hello")
	u.press("enter")
	u.until("it writes", func() bool { return u.reply() != "" })
	u.shows("writing; F9 stops")
	u.types("next")
	u.send(tea.KeyPressMsg{Code: tea.KeyF6})
	u.until("it waits", func() bool { return u.p.session.Reply.Ready() })
	u.press("esc")
	u.shows("paused: F6 goes on, Enter puts your words in, F9 ends")
	u.send(tea.KeyPressMsg{Code: tea.KeyF9})
	u.idle()
	u.press("f5")
	u.idle()
	u.press("alt+left")
	u.shows("version 1 of 2")
	if got := u.p.composer.text(); got != "next" {
		t.Errorf("the input is %q", got)
	}
}
