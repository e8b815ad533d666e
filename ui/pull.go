package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/engine/hub"
	"inkling/ui/safe"
)

// pulling is a model that is being fetched, beside the chat.
type pulling struct {
	name   string
	cancel context.CancelFunc
	ended  chan struct{}     // closed when nothing of it goes on any more
	latest chan hub.Progress // what has not been shown yet; room for one
	shown  hub.Progress
	told   time.Time // when a line of the plain chat told of it
}

// progressMsg brings how far a pull is.
type progressMsg struct {
	pull     *pulling
	progress hub.Progress
}

// pulledMsg says that a pull has ended.
type pulledMsg struct {
	pull *pulling
	err  error
}

// startPull fetches the model of that name, which is opened then.
func (p *program) startPull(name string) tea.Cmd {
	ctx, cancel := context.WithCancel(p.ctx)
	pull := &pulling{name: name, cancel: cancel, ended: make(chan struct{}), latest: make(chan hub.Progress, 1), told: p.now()}
	p.pull = pull
	fetch := func() tea.Msg {
		defer close(pull.ended)
		return pulledMsg{pull, p.Pull(ctx, name, pull.report)}
	}
	return tea.Batch(fetch, pull.next)
}

// report takes the progress from whoever fetches: one goroutine, which never waits here.
func (l *pulling) report(now hub.Progress) {
	select {
	case <-l.latest:
	default:
	}
	l.latest <- now
}

// next waits for progress. One next is out at a time.
func (l *pulling) next() tea.Msg {
	select {
	case now := <-l.latest:
		return progressMsg{l, now}
	case <-l.ended:
		return nil
	}
}

// pulled opens the model that has arrived, or tells why it has not. One that is not wanted any more is left as it is.
func (p *program) pulled(msg pulledMsg) tea.Cmd {
	msg.pull.cancel()
	if msg.pull != p.pull {
		return nil
	}
	p.pull = nil
	if msg.err == nil {
		return p.open(msg.pull.name, true)
	}
	text := msg.pull.name + " is not downloaded: " + msg.err.Error()
	if errors.Is(msg.err, hub.ErrNotFound) {
		text += " (there is no folder of that name here either)"
	}
	p.problem(text)
	return nil
}

// stopPull ends a pull; what has arrived stays for the next one.
func (p *program) stopPull() {
	if p.pull == nil {
		return
	}
	p.pull.cancel()
	p.ending = append(p.ending, p.pull.ended)
	p.say("the download of " + p.pull.name + " is stopped; /model " + p.pull.name + " goes on from there")
	p.pull = nil
}

// pullPatience is how long the end of the program waits for a pull to put away what has arrived. What it has not put away
// then is fetched again.
const pullPatience = 2 * time.Second

// endPulls waits, at the end of the program, for what goes on of downloads.
func (p *program) endPulls() {
	if p.pull != nil {
		p.pull.cancel()
		p.ending = append(p.ending, p.pull.ended)
	}
	patience := time.After(pullPatience)
	for _, ended := range p.ending {
		select {
		case <-ended:
		case <-patience:
			return
		}
	}
}

// line is what the rule tells of a pull; its figures are in the status line.
func (l *pulling) line() string {
	return safe.Line(l.name) + ": " + l.shown.Doing() + "; Esc stops it"
}

// same says whether two names mean one model of the hub.
func same(a, b string) bool {
	x, noX := hub.Parse(a)
	y, noY := hub.Parse(b)
	return a == b || noX == nil && noY == nil && x.String() == y.String()
}
