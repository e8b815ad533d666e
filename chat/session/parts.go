package session

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"inkling/chat/task"
	"inkling/engine"
)

// An aside is a task that is done by parts beside the chat, with its model; only what comes of it gets into the chat.
type aside struct {
	cancel  context.CancelFunc
	stopped bool // by the user
	begun   atomic.Bool
	over    chan struct{} // closed when the model is free again
}

// end stops it, and waits until it has left the model alone.
func (a *aside) end() {
	if a == nil {
		return
	}
	if a.cancel(); a.begun.Load() {
		<-a.over
	}
}

// aside is the task that is being done beside the chat, nil for none.
func (r *Reply) aside() *aside {
	if r.doing == nil {
		return nil
	}
	return r.doing.aside
}

// inParts does a task whose text is too long for the model. Order is the message that asks for it.
func (s *Session) inParts(d *doing, order string) []Work {
	ctx, cancel := context.WithCancel(s.ctx)
	a := &aside{cancel: cancel, over: make(chan struct{})}
	d.aside, s.Reply.doing = a, d
	s.stop = func() {
		a.stopped = true
		cancel()
	}
	s.tell(Asked{order})
	d.user = s.Chat.add(order).ID
	s.hold(d.task.Name + ": the text is longer than the model reads at once; it goes by parts")
	settings, model := s.Settings.config.Clone(), s.Engine.model
	settings.Pace, settings.LoopGuard = 0, 0 // nobody reads along
	settings.System = s.Chat.conv.System
	d.adjust(&settings.Params, settings)

	type step struct{ part, of int }
	steps := make(chan step)
	var next Work
	next.do = func(context.Context) Event {
		at, on := <-steps
		if !on {
			return then(func() []Work { return nil })
		}
		return then(func() []Work {
			if s.Reply.aside() == a {
				s.hold(fmt.Sprintf("%s: part %d of %d", d.task.Name, at.part, at.of))
			}
			return []Work{next}
		})
	}
	job := Work{do: func(context.Context) Event {
		a.begun.Store(true)
		defer close(a.over)
		defer close(steps)
		asker, err := newAsker(ctx, settings, Sources{Open: func(string) (engine.Engine, error) { return model, nil }}, true)
		if err != nil {
			return then(func() []Work { return s.inPartsDone(d, task.Result{}, err) })
		}
		defer asker.Close()
		run := task.Job{Task: d.task, Model: asker, Values: d.values, Params: settings.Params, Progress: func(part, of int) {
			select {
			case steps <- step{part, of}:
			case <-ctx.Done():
			}
		}}
		result, err := run.Run(ctx)
		return then(func() []Work { return s.inPartsDone(d, result, err) })
	}}
	return []Work{job, next}
}

// inPartsDone puts what came of a task into the chat.
func (s *Session) inPartsDone(d *doing, result task.Result, err error) (work []Work) {
	d.aside.cancel()
	s.Reply.doing, s.stop = nil, nil
	switch {
	case d.aside.stopped || s.ctx.Err() != nil:
		s.say(d.task.Name + ": stopped")
	case err != nil:
		s.problem(d.task.Name + ": " + err.Error())
	default:
		s.Chat.reply(d.user, result.Text)
		s.judge(d.task, result.Wrong, result.Tries)
		work = s.Reply.after(d)
	}
	s.changed()
	return slices.Concat(s.Reply.resume(), work, s.Reply.sendQueued())
}
