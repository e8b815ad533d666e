package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// What keys of the chat do, by the names that the config file has for it.
const (
	actSend        = "send"
	actNewline     = "newline"
	actStop        = "stop"
	actInterrupt   = "interrupt"
	actQuit        = "quit"
	actWarmer      = "warmer"
	actColder      = "colder"
	actDial        = "dial"
	actTree        = "tree"
	actPalette     = "palette"
	actPause       = "pause"
	actColours     = "colors"
	actAlternative = "alternatives"
	actRetry       = "retry"
	actSentence    = "sentence"
	actParagraph   = "paragraph"
	actEditor      = "editor"
	actUndo        = "undo"
	actRedo        = "redo"
	actPrevious    = "previous"
	actNext        = "next"
	actHistoryUp   = "history_up"
	actHistoryDown = "history_down"
	actPageUp      = "page_up"
	actPageDown    = "page_down"
	actTop         = "top"
	actBottom      = "bottom"
	actNew         = "new"
	actSessions    = "sessions"
	actFooters     = "footers"
	actFocus       = "focus"
	actComplete    = "complete"
	actBack        = "back"
	actFind        = "find"
	actHelp        = "help"
	actSuspend     = "suspend"
)

// keyMap is every key of the chat itself, in the order of the help, which is written from it.
type keyMap []binding

// binding is an action with its keys. The help shows the keys of some together with those of the action before.
type binding struct {
	action, help string // help is for the config file
	key.Binding
	second bool
}

// pastedEnter is what ui/terminal makes of an Enter that has come at once with other keys: of a paste, in a terminal that does
// not mark pastes. It is a line break, or runs a command.
const pastedEnter = "meta+enter"

// pasteKey asks for the system's clipboard. Most terminals have a key of their own for that.
const pasteKey = "ctrl+v"

// newlineKeys is how the help shows the keys of a new line, in a terminal that sends no Shift+Enter.
const newlineKeys = "Alt+Enter, Ctrl+J"

func defaultKeys() keyMap {
	one := func(action, help string, keys []string, shown, words string) binding {
		return binding{action, help, key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, words)), false}
	}
	second := func(action, help string, keys ...string) binding {
		return binding{action, help, key.NewBinding(key.WithKeys(keys...)), true}
	}
	return keyMap{
		one(actSend, "send the message", []string{"enter"}, "Enter", "send; on an empty line: continue the reply"),
		one(actNewline, "new line", []string{"shift+enter", "alt+enter", "ctrl+j"}, newlineKeys, "new line"),
		one(actStop, "stop the reply", []string{"esc"}, "Esc", "stop the reply, or take back a queued message"),
		one(actInterrupt, "stop; clear the line; twice on an empty line: quit", []string{"ctrl+c"},
			"Ctrl+C", "stop; clear the line; twice on an empty line: quit"),
		one(actQuit, "quit", []string{"ctrl+d"}, "Ctrl+D", "quit"),
		one(actWarmer, "raise the temperature", []string{"ctrl+up", "alt+up"},
			"Ctrl+Up, Ctrl+Down", "temperature, even during a reply (or Alt+Up, Alt+Down)"),
		second(actColder, "lower the temperature", "ctrl+down", "alt+down"),
		one(actDial, "turn the sampling parameters", []string{"ctrl+t"}, "Ctrl+T", "the dial: turn sampling parameters"),
		one(actTree, "the tree of all versions", []string{"ctrl+o"}, "Ctrl+O", "the tree of all versions: walk, prune, bookmark"),
		one(actPause, "pause the reply, on an empty line", []string{"space"}, "Space", "on an empty line: pause the reply, or let it go on"),
		one(actPalette, "everything there is to do", []string{"ctrl+p"}, "Ctrl+P", "everything there is to do: type to find it"),
		one(actColours, "colour tokens", []string{"f2"}, "F2", "colour tokens: probability, rank, surprise ..."),
		one(actAlternative, "what could stand at the cursor in the text", []string{"alt+a"}, "Alt+A", "what could stand at the cursor in the text"),
		one(actRetry, "another reply", []string{"ctrl+r", "alt+r"}, "Ctrl+R", "write another reply; the old one is kept"),
		one(actSentence, "continue to the end of the sentence", []string{"alt+s"}, "Alt+S, Alt+P", "continue to the end of the sentence, paragraph"),
		second(actParagraph, "continue to the end of the paragraph", "alt+p"),
		one(actEditor, "edit in your own editor", []string{"ctrl+g"}, "Ctrl+G", "edit the input, or the turn in focus, in $EDITOR"),
		one(actUndo, "undo the last change", []string{"alt+z"}, "Alt+Z, Alt+Shift+Z", "undo the last change, redo it"),
		second(actRedo, "do again what was undone", "alt+shift+z"),
		one(actPrevious, "on an empty line: the version before", []string{"left"},
			"Left, Right", "on an empty line: switch between versions"),
		second(actNext, "on an empty line: the next version", "right"),
		one(actHistoryUp, "the message before", []string{"up"}, "Up, Down", "earlier messages and commands"),
		second(actHistoryDown, "the message after", "down"),
		one(actPageUp, "scroll up", []string{"pgup"}, "PgUp, PgDn", "scroll (or the mouse wheel)"),
		second(actPageDown, "scroll down", "pgdown"),
		one(actTop, "to the beginning", []string{"ctrl+home"}, "Ctrl+Home, Ctrl+End", "top, bottom"),
		second(actBottom, "to the end", "ctrl+end"),
		one(actFind, "find in this chat", []string{"ctrl+f"}, "Ctrl+F", "find in this chat or story"),
		one(actNew, "new chat", []string{"ctrl+n"}, "Ctrl+N", "new chat"),
		one(actSessions, "all chats", []string{"ctrl+s"}, "Ctrl+S", "all chats"),
		one(actFooters, "how each reply was made", []string{"f3"}, "F3", "how each reply was made, or only the last"),
		one(actFocus, "the text alone", []string{"f4"}, "F4", "the text alone on the screen; F4 or Esc: back"),
		one(actComplete, "complete a command", []string{"tab"}, "Tab", "complete a command, or the next pane"),
		second(actBack, "the part of the screen before", "shift+tab"),
		one(actHelp, "keys and commands", []string{"f1"}, "F1, ?", "this help (? on an empty line)"),
		one(actSuspend, "suspend", []string{"ctrl+z"}, "Ctrl+Z", "suspend"),
	}
}

// action is what a key does, "" for nothing.
func (k keyMap) action(msg tea.KeyPressMsg) string {
	name := named(msg.String())
	for _, b := range k {
		if key.Matches(name, b.Binding) {
			return b.action
		}
	}
	return ""
}

// named is a key's name as bindings have it: terminals that tell of no modifiers send Alt+Shift+Z as Alt and a capital, "alt+Z".
type named string

func (n named) String() string {
	letter, alt := strings.CutPrefix(string(n), "alt+")
	if r, size := utf8.DecodeRuneInString(letter); alt && size == len(letter) && unicode.IsUpper(r) {
		return "alt+shift+" + strings.ToLower(letter)
	}
	return string(n)
}

// bind gives actions other keys, by their names; an empty list takes their keys away.
func (k keyMap) bind(keys map[string][]string) {
	for i := range k {
		given, ok := keys[k[i].action]
		if !ok {
			continue
		}
		names := make([]string, len(given))
		for i, s := range given {
			names[i], _ = KeyName(s)
		}
		k[i].SetKeys(names...)
		switch {
		case k[i].second:
			shown(&k[i-1].Binding, &k[i].Binding)
		case i+1 < len(k) && k[i+1].second:
			shown(&k[i].Binding, &k[i+1].Binding)
		default:
			shown(&k[i].Binding)
		}
	}
}
