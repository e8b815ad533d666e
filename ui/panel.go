package ui

import (
	"strings"

	"inkling/chat/session"
)

// sheet lists every action with its keys and its name in the config file.
func (k keyMap) sheet() session.Sheet {
	sheet := session.Sheet{Title: "Keys"}
	for _, b := range k {
		var titles []string
		for _, name := range b.Keys() {
			titles = append(titles, keyTitle(name))
		}
		keys := strings.Join(titles, ", ")
		if keys == "" {
			keys = "no key"
		}
		sheet.Rows = append(sheet.Rows, session.Row{Name: b.action, Words: keys + ": " + b.help})
	}
	sheet.Rows = append(sheet.Rows, session.Row{}, session.Row{Name: `In config.toml, [keys] gives an action others: retry = ["f5"]`})
	return sheet
}

// helpSheet lists keys and commands.
func helpSheet(keys keyMap, shiftEnter bool) session.Sheet {
	sheet := session.Sheet{Title: "Keys and commands"}
	add := func(name, words string) { sheet.Rows = append(sheet.Rows, session.Row{Name: name, Words: words}) }
	for _, b := range keys {
		h := b.Help()
		if h.Key == newlineKeys && shiftEnter {
			h.Key = "Shift+Enter, Ctrl+J"
		}
		if h.Key != "" && !b.second { // else somebody took its keys away
			add(h.Key, h.Desc)
		}
	}
	add("", "")
	sheet.Rows = append(sheet.Rows, session.CommandRows()...)
	add("", "")
	add("To send a message that starts with a slash, put a space before it.", "")
	return sheet
}
