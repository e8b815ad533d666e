package session

import (
	"slices"
	"strings"
)

// A Purpose is a heading of the help, with the commands under it.
type Purpose struct {
	Heading  string
	Commands []Command
}

// The headings of the help, in order.
const (
	ToWrite   = "Write"
	ToSample  = "Temperature and sampling"
	ToBranch  = "Versions"
	ToLook    = "Inside a reply"
	ToRemind  = "What the model sees"
	ToKeep    = "Chats and files"
	ToArrange = "The program"
)

// Purposes are all commands by what they are for. One that is named nowhere here stands with the one before it in [Commands].
func Purposes() []Purpose {
	named := []struct {
		heading string
		names   []string
	}{
		{ToWrite, []string{"/retry", "/continue", "/edit", "/replace", "/n", "/task"}},
		{ToSample, []string{"/temp", "/dial", "/ramp", "/sweep", "/preset", "/set", "/seed"}},
		{ToBranch, []string{"/undo", "/redo", "/tree"}},
		{ToLook, []string{"/pause", "/step", "/pick", "/back", "/colors"}},
		{ToRemind, []string{"/system", "/memory", "/note", "/world", "/context", "/prompt", "/show"}},
		{ToKeep, []string{"/new", "/mode", "/sessions", "/search", "/save", "/import", "/read", "/copy"}},
		{ToArrange, []string{"/model", "/theme", "/focus", "/keys", "/help", "/quit"}},
	}
	purposes := make([]Purpose, len(named))
	at := 0
	for _, c := range Commands() {
		for i, n := range named {
			if slices.Contains(n.names, c.Names[0]) {
				at = i
			}
		}
		purposes[at].Heading = named[at].heading
		purposes[at].Commands = append(purposes[at].Commands, c)
	}
	return purposes
}

// Rows list the commands of a purpose.
func (p Purpose) Rows() (rows []Row) {
	for _, c := range p.Commands {
		rows = append(rows, Row{Name: strings.TrimSpace(c.Names[0] + " " + c.Args), Words: c.Help})
	}
	return rows
}

// CommandRows list the commands under their headings.
func CommandRows() (rows []Row) {
	for i, p := range Purposes() {
		if i > 0 {
			rows = append(rows, Row{})
		}
		rows = append(append(rows, Row{Name: p.Heading, Heading: true}), p.Rows()...)
	}
	return rows
}
