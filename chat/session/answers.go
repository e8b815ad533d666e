package session

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/wrap"
)

// An Answer is what the session has to say or to show. A front end that knows its type shows it in its own way, any other
// shows its text, "" for nothing. Texts may hold what a model, a file or the store says: the front end cleans them.
type Answer interface{ Text() string }

// A Notice is a line about what has happened.
type Notice struct {
	Words   string
	Problem bool
	Yields  bool // it is told only where nothing else is being told
	Passing bool // it holds only while the session is busy: a reply is written or waited for, a model is opened
}

// A Sheet is a text to read: names, and what there is to say of them.
type Sheet struct {
	Title string
	Rows  []Row
}

// A Row is a line of a sheet, or more.
type Row struct {
	Name, Words string
	Minor       bool // the words explain the name
	Exact       bool // the name is shown to the letter, every space of it
	Heading     bool // the name stands above the rows that follow
}

// Help asks for the keys, if the front end has any, and the commands.
type Help struct{}

// Keys asks for the keys, if the front end has any.
type Keys struct{}

// Chats lists the chats.
type Chats struct {
	All    []chat.Summary
	Filter string // that a person wrote, see ChatFilter
}

// Bell says that a reply has ended that took long.
type Bell struct{}

// Clip is text for the clipboard.
type Clip struct{ Words string }

// Draft is text for the input, in place of what is there.
type Draft struct {
	Words string
	File  string // that it comes from; "" where it was typed
	Edits bool   // what is entered next is a version of it
}

// Began says that another chat is current. Lost is set where the one before had no turns: it keeps no draft.
type Began struct{ Lost bool }

// Asked says that a message was added to the chat, or that a reply to one begins: the end of the chat is what matters now.
type Asked struct{ Words string }

// Quit ends the program, with an error where something went wrong.
type Quit struct{ Err error }

func (Notice) event() {} // work may end in one
func (Draft) event()  {} // as well

func (n Notice) Text() string { return n.Words }
func (Clip) Text() string     { return "" }
func (Bell) Text() string     { return "" }
func (Draft) Text() string    { return "" }
func (Began) Text() string    { return "" }
func (Asked) Text() string    { return "" }
func (Quit) Text() string     { return "" }

// Text lists the commands.
func (Help) Text() string { return Sheet{"Commands", CommandRows()}.Text() }

// Text says what keys a chat in lines has.
func (Keys) Text() string { return "Enter sends a line; Ctrl+C stops a reply; Ctrl+D quits.\n" }

// Text has a numbered line for each chat that the filter leaves, and says how to open one.
func (c Chats) Text() string {
	if len(c.All) == 0 {
		return "no chats yet\n"
	}
	var b strings.Builder
	for i, s := range sift(c.All, c.Filter) {
		star, tags := Label(s)
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("%d  %s%s (%d turns)  %s", i+1, star, TitleOf(s.Title), s.Turns, tags)))
	}
	if b.Len() == 0 {
		return "no such chats\n"
	}
	b.WriteString("/sessions NUMBER opens one\n")
	return b.String()
}

// Text lays the sheet out for a terminal of 80 columns.
func (s Sheet) Text() string {
	return s.Title + "\n\n" + strings.Join(s.Lines(80), "\n") + "\n"
}

func (s *Sheet) add(name, words string) { s.Rows = append(s.Rows, Row{Name: name, Words: words}) }

// Clean is the sheet with all that it says made harmless: by line where that stands on a line, by exact where it is shown to
// the letter.
func (s Sheet) Clean(line, exact func(string) string) Sheet {
	clean := Sheet{Title: line(s.Title)}
	for _, r := range s.Rows {
		if r.Exact {
			for name := range strings.SplitSeq(exact(r.Name), "\n") {
				clean.Rows = append(clean.Rows, Row{Name: name, Exact: true})
			}
			continue
		}
		indent := len(r.Name) - len(strings.TrimLeft(r.Name, " "))
		r.Name, r.Words = r.Name[:indent]+line(r.Name), line(r.Words)
		clean.Rows = append(clean.Rows, r)
	}
	return clean
}

// widestName is how wide a name may be that has its words beside it.
const widestName = 34

// Lines lays the rows out in two columns, or, where there is no room for that, one below the other. What they say may have
// styles.
func (s Sheet) Lines(width int) []string {
	column := 0
	for _, r := range s.Rows {
		if w := ansi.StringWidth(r.Name); r.Words != "" && w <= widestName {
			column = max(column, w+2)
		}
	}
	beside := width-column >= 30
	indent := column
	if !beside {
		indent = 4
	}
	var lines []string
	for _, r := range s.Rows {
		if r.Exact {
			lines = append(lines, strings.Split(ansi.Hardwrap(r.Name, width, true), "\n")...)
			continue
		}
		if r.Words == "" {
			lines = append(lines, wrap.Text(r.Name, width)...)
			continue
		}
		words := wrap.Text(r.Words, max(width-indent, 1))
		if beside && ansi.StringWidth(r.Name) < column {
			lines = append(lines, r.Name+strings.Repeat(" ", column-ansi.StringWidth(r.Name))+words[0])
			words = words[1:]
		} else {
			lines = append(lines, wrap.Text(r.Name, width)...)
		}
		for _, l := range words {
			lines = append(lines, strings.Repeat(" ", indent)+l)
		}
	}
	return lines
}
