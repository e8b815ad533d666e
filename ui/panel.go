package ui

import (
	"slices"
	"strings"

	"inkling/chat/session"
	"inkling/ui/pane"
	"inkling/ui/safe"
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

// palette is every action with its keys, every command, and every task.
func palette(keys keyMap, s *session.Session) (all []pane.Entry) {
	for _, b := range keys {
		var titles []string
		for _, name := range b.Keys() {
			titles = append(titles, keyTitle(name))
		}
		if b.action != actPalette {
			all = append(all, pane.Entry{Words: b.help, Keys: strings.Join(titles, ", "), Do: b.action})
		}
	}
	for _, c := range s.Completions("/task ") {
		all = append(all, pane.Entry{Words: strings.TrimSuffix("task: "+safe.Line(c.Help), ": "), Keys: "/task " + safe.Line(c.Name), Line: c.Line})
	}
	for _, c := range session.Commands() {
		line := c.Names[0]
		if c.Args != "" {
			line += " "
		}
		all = append(all, pane.Entry{Words: c.Help, Keys: c.Names[0], Line: line})
	}
	return all
}

// purposes are the headings that keys stand under in the help; one that is named nowhere here stands with the one before it.
func purposes() map[string][]string {
	return map[string][]string{
		session.ToWrite:   {actSend, actNewline, actStop, actInterrupt, actRetry, actSentence, actHistoryUp, actComplete},
		session.ToSample:  {actWarmer, actDial},
		session.ToBranch:  {actUndo, actPrevious, actTree},
		session.ToLook:    {actPause, actColours, actFooters},
		session.ToKeep:    {actNew, actSessions},
		session.ToArrange: {actPalette, actPageUp, actTop, actHelp, actSuspend, actQuit},
	}
}

// helpSheet lists keys and commands by what they are for.
func helpSheet(keys keyMap, shiftEnter bool) session.Sheet {
	rows, at := map[string][]session.Row{}, session.ToWrite
	for _, b := range keys {
		for heading, actions := range purposes() {
			if slices.Contains(actions, b.action) {
				at = heading
			}
		}
		h := b.Help()
		if h.Key == newlineKeys && shiftEnter {
			h.Key = "Shift+Enter, Ctrl+J"
		}
		if h.Key != "" && !b.second { // else somebody took its keys away
			rows[at] = append(rows[at], session.Row{Name: h.Key, Words: h.Desc})
		}
	}
	rows[session.ToArrange] = append(rows[session.ToArrange], session.Row{Name: "Mouse", Words: "wheel; click; drag copies (Shift: as the terminal does)"})
	sheet := session.Sheet{Title: "Keys and commands"}
	for _, p := range session.Purposes() {
		sheet.Rows = append(append(sheet.Rows, session.Row{Name: p.Heading, Heading: true}), append(rows[p.Heading], p.Rows()...)...)
		sheet.Rows = append(sheet.Rows, session.Row{})
	}
	sheet.Rows = append(sheet.Rows, session.Row{Name: "To send a message that starts with a slash, put a space before it."})
	return sheet
}
