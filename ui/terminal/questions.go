package terminal

import (
	"bytes"
	"slices"
	"time"
)

// A question is what a program asks of a terminal.
type question struct {
	text    string                  // as it is written
	answers func(reply []byte) bool // whether a reply is to it
}

// all are the questions that Bubble Tea asks, and those that it might.
var all = []question{
	{"\x1b]10;?", begin("\x1b]10;")}, // colours
	{"\x1b]11;?", begin("\x1b]11;")},
	{"\x1b]12;?", begin("\x1b]12;")},
	{"\x1b[?2026$p", begin("\x1b[?2026;")}, // modes
	{"\x1b[?2027$p", begin("\x1b[?2027;")},
	{"\x1b[?u", report('u')}, // kitty's keyboard protocol
	{"\x1b[c", report('c')},  // what it is
	{"\x1b[>0q", begin("\x1bP>|")},
	{"\x1bP+q", begin("\x1bP")},
}

func begin(prefix string) func([]byte) bool {
	return func(reply []byte) bool { return bytes.HasPrefix(reply, []byte(prefix)) }
}

func report(final byte) func([]byte) bool {
	return func(reply []byte) bool {
		return bytes.HasPrefix(reply, []byte("\x1b[?")) && reply[len(reply)-1] == final
	}
}

// Many terminals never answer some of the questions.
const (
	patience = 2 * time.Second        // how long a terminal may take for its first answer
	pause    = 500 * time.Millisecond // and from one answer to the next
)

// questions are those that have not been answered, oldest first.
type questions struct {
	open     []asked
	answered time.Time // the last time that one was
}

type asked struct {
	question
	at time.Time
}

// ask finds the questions in what is written.
func (q *questions) ask(output []byte, now time.Time) {
	type place struct{ at, which int }
	var found []place
	for i, one := range all {
		if at := bytes.Index(output, []byte(one.text)); at >= 0 {
			found = append(found, place{at, i})
		}
	}
	slices.SortFunc(found, func(a, b place) int { return a.at - b.at })
	for _, f := range found {
		q.open = append(q.open, asked{all[f.which], now})
	}
}

// answer takes a reply. Terminals answer in order: what was asked before is not answered any more.
func (q *questions) answer(reply []byte, now time.Time) {
	for i, one := range q.open {
		if one.answers(reply) {
			q.open, q.answered = slices.Delete(q.open, 0, i+1), now
			return
		}
	}
}

// waiting says whether an answer may still come.
func (q *questions) waiting(now time.Time) bool {
	if len(q.open) == 0 {
		return false
	}
	last := q.open[len(q.open)-1].at
	if q.answered.After(last) {
		return now.Sub(q.answered) < pause
	}
	return now.Sub(last) < patience
}
