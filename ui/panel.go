package ui

import "inkling/chat/session"

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
