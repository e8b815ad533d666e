package text

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// A Line is a line that is edited: clusters, and a cursor before one of them or after the last.
type Line struct {
	parts []string
	at    int
}

// clusters takes text apart.
func clusters(text string) (parts []string) {
	for text != "" {
		part, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		parts = append(parts, part)
		text = text[len(part):]
	}
	return parts
}

// String is the text of the line.
func (l *Line) String() string { return strings.Join(l.parts, "") }

// Set replaces the text. The cursor stands after it.
func (l *Line) Set(text string) {
	l.parts = clusters(text)
	l.at = len(l.parts)
}

// Insert puts text before the cursor. What it joins with becomes one cluster.
func (l *Line) Insert(text string) {
	before := strings.Join(l.parts[:l.at], "") + text
	all := clusters(before + strings.Join(l.parts[l.at:], ""))
	l.at = 0
	for n := 0; n < len(before); l.at++ {
		n += len(all[l.at])
	}
	l.parts = all
}

// remove takes out the clusters of a range. What stood apart may join now.
func (l *Line) remove(from, to int) {
	l.parts, l.at = slices.Delete(l.parts, from, to), from
	l.Insert("")
}

// Move puts the cursor n clusters to the right, to the left where n is negative. It reports false where it stands at the end.
func (l *Line) Move(n int) bool {
	before := l.at
	l.at = max(min(l.at+n, len(l.parts)), 0)
	return l.at != before
}

// Start and End put the cursor to the ends of the line.
func (l *Line) Start() { l.at = 0 }

// End puts the cursor after the line.
func (l *Line) End() { l.at = len(l.parts) }

func blank(part string) bool { return strings.TrimFunc(part, unicode.IsSpace) == "" }

// WordLeft is where the word before the cursor begins.
func (l *Line) WordLeft() int {
	at := l.at
	for at > 0 && blank(l.parts[at-1]) {
		at--
	}
	for at > 0 && !blank(l.parts[at-1]) {
		at--
	}
	return at
}

// WordRight is where the word after the cursor ends.
func (l *Line) WordRight() int {
	at := l.at
	for at < len(l.parts) && blank(l.parts[at]) {
		at++
	}
	for at < len(l.parts) && !blank(l.parts[at]) {
		at++
	}
	return at
}

// Press does what a key does in a line. known is false for keys that mean nothing there.
func (l *Line) Press(name, text string) (known bool) {
	switch name {
	case "right", "ctrl+f":
		l.Move(+1)
	case "left", "ctrl+b":
		l.Move(-1)
	case "alt+right", "ctrl+right", "alt+f":
		l.at = l.WordRight()
	case "alt+left", "ctrl+left", "alt+b":
		l.at = l.WordLeft()
	case "home", "ctrl+a":
		l.Start()
	case "end", "ctrl+e":
		l.End()
	case "backspace", "ctrl+h", "shift+backspace":
		l.remove(max(l.at-1, 0), l.at)
	case "delete", "ctrl+d":
		l.remove(l.at, min(l.at+1, len(l.parts)))
	case "alt+backspace", "ctrl+w", "ctrl+backspace":
		l.remove(l.WordLeft(), l.at)
	case "alt+delete", "alt+d", "ctrl+delete":
		l.remove(l.at, l.WordRight())
	case "ctrl+u":
		l.remove(0, l.at)
	case "ctrl+k":
		l.remove(l.at, len(l.parts))
	default:
		if text == "" {
			return false
		}
		l.Insert(text)
	}
	return true
}
