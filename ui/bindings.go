package ui

import (
	"cmp"
	"fmt"
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
	var actions []Action
	for _, b := range defaultKeys() {
		actions = append(actions, Action{b.action, b.help, b.Keys()})
	}
	return actions
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

// title is the key of an action, the first of several, as the help writes it; "" for none.
func (k keyMap) title(action string) string {
	for _, b := range k {
		if keys := b.Keys(); b.action == action && len(keys) > 0 {
			return keyTitle(keys[0])
		}
	}
	return ""
}

// says is a hint with the keys of actions in it.
func (k keyMap) says(format string, actions ...string) string {
	var titles []any
	for _, a := range actions {
		titles = append(titles, cmp.Or(k.title(a), "no key"))
	}
	return fmt.Sprintf(format, titles...)
}

// hint is what to try first, by the keys that do it.
func (k keyMap) hint() string {
	var parts []string
	for _, h := range []struct{ action, words string }{
		{actRetry, "writes another"}, {actPause, "pauses a reply"}, {actDial, "turns the dial"}, {actPalette, "finds the rest"},
	} {
		if title := k.title(h.action); title != "" {
			parts = append(parts, title+" "+h.words)
		}
	}
	return strings.Join(parts, ", ")
}
