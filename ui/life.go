package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
)

// life is the sign that something is awaited: the first token of a reply, or a model. Nothing moves where nothing is.
type life struct {
	beat    int  // 0: nothing has moved yet
	ticking bool // another beat is on its way
}

// pulse is the time between two beats. What comes sooner has no sign.
const pulse = 120 * time.Millisecond

// beatMsg is the next beat.
type beatMsg struct{}

// awaits reports whether nothing of a reply has come yet.
func (it *item) awaits() bool {
	return it.turn.Role != chat.User && it.turn.State == chat.Writing && blank(it.turn.Text)
}

// awaiting reports whether there is something to wait for, for which nothing else moves.
func awaiting(p *program) bool {
	last := p.transcript.end()
	return p.session.Engine.Opening() != "" && p.session.Engine.Download() == nil || last != nil && last.awaits()
}

// follow has it beat for as long as something is awaited.
func (l *life) follow(ctx context.Context, awaiting bool) tea.Cmd {
	if !awaiting {
		l.beat = 0
	}
	if !awaiting || l.ticking {
		return nil
	}
	l.ticking = true
	return later(ctx, pulse, beatMsg{})
}

// move is a beat. last is the last item, nil for none.
func (l *life) move(ctx context.Context, awaiting bool, last *item) tea.Cmd {
	l.ticking = false
	if awaiting {
		l.beat++
	}
	if last != nil && last.awaits() {
		last.beat = l.beat
		last.changed()
	}
	return l.follow(ctx, awaiting)
}
