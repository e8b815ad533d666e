package ui

import (
	"charm.land/bubbles/v2/key"
)

// keyMap is every key of the chat itself. The help panel is written from it.
type keyMap struct {
	Send, Newline, Stop, Quit, Interrupt   key.Binding
	Retry, Previous, Next                  key.Binding
	Warmer, Colder                         key.Binding
	HistoryUp, HistoryDown                 key.Binding
	Scroll                                 scrollKeys
	New, Sessions, Help, Complete, Suspend key.Binding
	Panes                                  paneKeys
}

// scrollKeys move the text.
type scrollKeys struct{ PageUp, PageDown, Top, Bottom key.Binding }

// paneKeys are those of the panes beside the text.
type paneKeys struct{ Dial, Back key.Binding }

// pastedEnter is what ui/terminal makes of an Enter that has come at once with other keys: of a paste, in a terminal that does
// not mark pastes. It is a line break, or runs a command.
const pastedEnter = "meta+enter"

// pasteKey asks for the system's clipboard. Most terminals have a key of their own for that.
const pasteKey = "ctrl+v"

func defaultKeys() keyMap {
	bind := func(keys []string, shown, help string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, help))
	}
	return keyMap{
		Send:        bind([]string{"enter"}, "Enter", "send; on an empty line: continue the reply"),
		Newline:     bind([]string{"shift+enter", "alt+enter", "ctrl+j"}, "Alt+Enter, Ctrl+J", "new line"),
		Stop:        bind([]string{"esc"}, "Esc", "stop the reply, or take back a queued message"),
		Interrupt:   bind([]string{"ctrl+c"}, "Ctrl+C", "stop; clear the line; twice on an empty line: quit"),
		Quit:        bind([]string{"ctrl+d"}, "Ctrl+D", "quit"),
		Retry:       bind([]string{"ctrl+r"}, "Ctrl+R", "write another reply; the old one is kept"),
		Previous:    bind([]string{"left"}, "Left, Right", "on an empty line: switch between versions"),
		Next:        bind([]string{"right"}, "", ""),
		Warmer:      bind([]string{"ctrl+up", "alt+up"}, "Ctrl+Up, Ctrl+Down", "temperature, even during a reply (or Alt+Up, Alt+Down)"),
		Colder:      bind([]string{"ctrl+down", "alt+down"}, "", ""),
		HistoryUp:   bind([]string{"up"}, "Up, Down", "earlier messages and commands"),
		HistoryDown: bind([]string{"down"}, "", ""),
		Scroll: scrollKeys{
			PageUp:   bind([]string{"pgup"}, "PgUp, PgDn", "scroll (or the mouse wheel)"),
			PageDown: bind([]string{"pgdown"}, "", ""),
			Top:      bind([]string{"ctrl+home"}, "Ctrl+Home, Ctrl+End", "top, bottom"),
			Bottom:   bind([]string{"ctrl+end"}, "", ""),
		},
		Panes: paneKeys{
			Dial: bind([]string{"ctrl+t"}, "Ctrl+T", "the dial: turn sampling parameters"),
			Back: bind([]string{"shift+tab"}, "", ""),
		},
		New:      bind([]string{"ctrl+n"}, "Ctrl+N", "new chat"),
		Sessions: bind([]string{"ctrl+s"}, "Ctrl+S", "all chats"),
		Complete: bind([]string{"tab"}, "Tab", "complete a command, or the next pane"),
		Help:     bind([]string{"f1"}, "F1, ?", "this help (? on an empty line)"),
		Suspend:  bind([]string{"ctrl+z"}, "Ctrl+Z", "suspend"),
	}
}

// listed is the order of the help panel.
func (k keyMap) listed() []key.Binding {
	return []key.Binding{k.Send, k.Newline, k.Stop, k.Interrupt, k.Quit, k.Warmer, k.Panes.Dial, k.Retry, k.Previous, k.HistoryUp,
		k.Scroll.PageUp, k.Scroll.Top, k.New, k.Sessions, k.Complete, k.Help, k.Suspend}
}
