package ui

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
)

// An Action is something that keys of the chat do.
type Action struct {
	Name string // in the config file: "history_up"
	Help string
	Keys []string // without a config file
}

// Actions are all that the keys of the chat do.
func Actions() []Action {
	keys := defaultKeys()
	var actions []Action
	for _, a := range actionsOf(&keys) {
		actions = append(actions, Action{a.name, a.help, a.binding.Keys()})
	}
	return actions
}

// action is an action with its binding in a key map. The help panel shows the keys of some together with those of the one
// before.
type action struct {
	name, help string
	binding    *key.Binding
	second     bool
}

func actionsOf(k *keyMap) []action {
	return []action{
		{"send", "send the message", &k.Send, false},
		{"newline", "new line", &k.Newline, false},
		{"stop", "stop the reply", &k.Stop, false},
		{"interrupt", "stop; clear the line; twice on an empty line: quit", &k.Interrupt, false},
		{"quit", "quit", &k.Quit, false},
		{"retry", "another reply", &k.Retry, false},
		{"previous", "on an empty line: the version before", &k.Previous, false},
		{"next", "on an empty line: the next version", &k.Next, true},
		{"warmer", "raise the temperature", &k.Warmer, false},
		{"colder", "lower the temperature", &k.Colder, true},
		{"history_up", "the message before", &k.HistoryUp, false},
		{"history_down", "the message after", &k.HistoryDown, true},
		{"page_up", "scroll up", &k.Scroll.PageUp, false},
		{"page_down", "scroll down", &k.Scroll.PageDown, true},
		{"top", "to the beginning", &k.Scroll.Top, false},
		{"bottom", "to the end", &k.Scroll.Bottom, true},
		{"new", "new chat", &k.New, false},
		{"sessions", "all chats", &k.Sessions, false},
		{"complete", "complete a command", &k.Complete, false},
		{"dial", "turn the sampling parameters", &k.Panes.Dial, false},
		{"back", "the part of the screen before", &k.Panes.Back, false},
		{"help", "keys and commands", &k.Help, false},
		{"suspend", "suspend", &k.Suspend, false},
	}
}

// bind gives actions other keys, by their names; an empty list takes their keys away.
func bind(k *keyMap, keys map[string][]string) {
	actions := actionsOf(k)
	for i, a := range actions {
		given, ok := keys[a.name]
		if !ok {
			continue
		}
		names := make([]string, len(given))
		for i, s := range given {
			names[i], _ = KeyName(s)
		}
		a.binding.SetKeys(names...)
		switch {
		case a.second:
			shown(actions[i-1].binding, a.binding)
		case i+1 < len(actions) && actions[i+1].second:
			shown(a.binding, actions[i+1].binding)
		default:
			shown(a.binding)
		}
	}
}

// shown makes the help of the first of some bindings name the keys: all of one, the first of each of several.
func shown(bindings ...*key.Binding) {
	var titles []string
	for _, b := range bindings {
		for i, name := range b.Keys() {
			if i == 0 || len(bindings) == 1 {
				titles = append(titles, keyTitle(name))
			}
		}
	}
	bindings[0].SetHelp(strings.Join(titles, ", "), bindings[0].Help().Desc)
}

// namedKeys are the keys that have names, besides f1 to f63, with what others call them.
var namedKeys = map[string]string{
	"enter": "enter", "return": "enter", "tab": "tab", "backspace": "backspace", "esc": "esc", "escape": "esc", "space": "space",
	"up": "up", "down": "down", "left": "left", "right": "right", "insert": "insert", "delete": "delete", "del": "delete",
	"pgup": "pgup", "pageup": "pgup", "pgdown": "pgdown", "pagedown": "pgdown", "home": "home", "end": "end",
}

// KeyName is the name that a terminal's key has in this program, "ctrl+shift+up" of "Shift+Ctrl+Up". It is false where there
// is no such key, or where it is one that writes a character into the message.
func KeyName(s string) (string, bool) {
	parts := strings.Split(strings.ToLower(s), "+")
	last := parts[len(parts)-1]
	var held []string
	for _, modifier := range []string{"ctrl", "alt", "shift", "meta", "hyper", "super"} { // as Bubble Tea orders them
		if slices.Contains(parts[:len(parts)-1], modifier) {
			held = append(held, modifier)
		}
	}
	if len(held) != len(parts)-1 {
		return "", false
	}
	writes := len(held) == 0 || len(held) == 1 && held[0] == "shift"
	name, named := namedKeys[last]
	r, size := utf8.DecodeRuneInString(last)
	number, err := strconv.Atoi(strings.TrimPrefix(last, "f"))
	switch {
	case named && !(writes && (name == "space" || name == "backspace")):
	case strings.HasPrefix(last, "f") && err == nil && number >= 1 && number <= 63 && last == "f"+strconv.Itoa(number):
		name = last
	case size > 0 && size == len(last) && unicode.IsGraphic(r) && r != ' ' && !writes:
		name = last
	default:
		return "", false
	}
	return strings.Join(append(held, name), "+"), true
}

// keyTitle is a key's name as the help writes it: "Ctrl+Up".
func keyTitle(name string) string {
	parts := strings.Split(name, "+")
	for i, part := range parts {
		switch part {
		case "pgup":
			parts[i] = "PgUp"
		case "pgdown":
			parts[i] = "PgDn"
		default:
			r, size := utf8.DecodeRuneInString(part)
			parts[i] = string(unicode.ToUpper(r)) + part[size:]
		}
	}
	return strings.Join(parts, "+")
}
