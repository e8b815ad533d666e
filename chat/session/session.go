package session

import (
	"context"
	"slices"
	"time"

	"inkling/chat"
	"inkling/chat/task"
	"inkling/config"
	"inkling/engine/sample"
)

// Options is what a session is made of.
type Options struct {
	// Settings are the values in force, and where they come from. The model they name is opened first.
	Settings *config.Config
	// Sources are where the models come from.
	Sources
	// Store keeps the conversations; a store in memory where they are not to be kept.
	Store chat.Store
	// Unsaved says in a few words why nothing is kept on disk; "" when it is.
	Unsaved string
	// Resume is the ID of the conversation to go on with; "" begins a new one.
	Resume string
	// Ask is sent as the first message; "" waits for the user.
	Ask string
	// Tasks is the folder with the user's own tasks; "" for none.
	Tasks string
}

// A Session is a chat with a model and all that can be done with it. Its methods belong to the goroutine of its front end.
// What takes time it hands out as Work; what there is to say or to show it keeps until Answers takes it.
type Session struct {
	*shared
	Settings *Settings
	Engine   *Slot
	Chat     *Chat
	Reply    *Reply
	Traces   *Traces
	Preview  *Preview
	Tree     *Tree

	view    *view
	cancel  context.CancelFunc
	novice  novice
	resumed string        // conversation that is being loaded to go on with, "" for none
	ask     string        // what is sent as soon as that can be, "" for nothing
	folder  string        // with the user's own tasks
	library *task.Library // nil until it is asked for
}

// New begins a session with an empty conversation. It must be closed; the store stays open.
func New(o Options) (*Session, []Work) {
	ctx, cancel := context.WithCancel(context.Background())
	common := &shared{ctx: ctx, now: time.Now}
	s := &Session{shared: common, cancel: cancel, resumed: o.Resume, ask: o.Ask, folder: o.Tasks}
	s.Settings = &Settings{shared: common, config: o.Settings.Clone(), base: o.Settings.Clone()}
	s.Engine = &Slot{shared: common, Sources: o.Sources}
	s.Chat = &Chat{shared: common, store: o.Store, journal: chat.NewJournal(o.Store), saving: saving{patience: storeWait, never: o.Unsaved}}
	s.view = &view{shared: common, chat: s.Chat, engine: s.Engine, settings: s.Settings}
	s.Reply = &Reply{shared: common, chat: s.Chat, engine: s.Engine, settings: s.Settings, view: s.view,
		controls: sample.NewControls(s.Settings.config.Params)}
	s.Traces = &Traces{shared: common, chat: s.Chat, engine: s.Engine, reply: s.Reply, words: map[string][][]byte{}}
	s.Preview = &Preview{shared: common, chat: s.Chat, engine: s.Engine, settings: s.Settings, view: s.view, reply: s.Reply, pause: previewPause}
	s.Reply.traces, s.Reply.preview = s.Traces, s.Preview
	s.Tree = &Tree{shared: common, chat: s.Chat, reply: s.Reply}
	common.replan = s.view.work
	if blank(s.ask) {
		s.ask = ""
	}
	s.begin(s.fresh())
	if o.Unsaved != "" {
		s.problem("this chat is not saved: " + o.Unsaved)
	}
	work := append(s.Chat.watch(), s.Chat.recall()...)
	if s.resumed != "" {
		work = append(work, s.Chat.load(goal{session: s.resumed}))
	}
	if s.resumed == "" || s.namedModel() {
		work = append(work, s.Engine.open(s.Settings.config.Model, forUser))
	}
	return s, work
}

// Close keeps what is unfinished and releases what the session holds. The error says why a chat is not saved that was to be.
func (s *Session) Close() error {
	s.Engine.endDownloads()
	s.Reply.keep()
	s.Chat.commit()
	s.Chat.SaveDraft()
	err := s.Chat.settle(s.ctx)
	s.cancel()
	s.Engine.close()
	return err
}

// Answers are what there is to say and to show since the last call.
func (s *Session) Answers() []Answer {
	answers := s.answers
	s.answers = nil
	return answers
}

// Version is another number after each change of what there is to show, except where the text of a reply grows: that is
// Written.
func (s *Session) Version() int { return s.version }

// Take follows what has come of work.
func (s *Session) Take(e Event) []Work {
	switch e := e.(type) {
	case opened:
		return s.opened(e)
	case offered:
		s.Engine.listed(e)
	case remembered:
		s.novice.unused = s.Chat.lasting() && !slices.ContainsFunc(e.texts, func(t string) bool { return !slices.Contains(s.Chat.entered, t) })
		s.tell(Sent{e.texts})
		s.hint()
	case progressed:
		e.download.Progress = e.progress
		return []Work{{do: e.download.next}}
	case downloaded:
		return s.Engine.downloaded(e)
	case loaded:
		return s.loaded(e)
	case listed:
		s.Chat.listed(e)
	case Written:
		return s.Reply.written(e)
	case finished:
		work := s.Reply.finished(e)
		s.novice.replied = s.novice.replied || e.err == nil
		s.hint()
		return work
	case peeked:
		return s.Reply.peeked(e)
	case ordered:
		return s.Reply.ordered(e)
	case traced:
		s.Traces.traced(e)
	case paused:
		return s.Preview.paused()
	case previewed:
		return s.Preview.previewed(e)
	case then:
		return e()
	case confirmed:
		return s.Reply.confirmed(e)
	case found:
		s.found(e)
	case labelled:
		s.labelled(e)
	case typed:
		if e.conv == s.Chat.conv && s.Reply.writing == nil {
			s.Chat.commit()
		}
	case edited:
		return s.edited(e)
	case imported:
		return s.adopt(e)
	case watched:
		return s.Chat.watched(e)
	case exported:
		s.Chat.exported = e.what
		s.say("saved to " + e.name)
	case brought:
		s.say("imported " + e.name)
		return s.Open(e.id)
	case Notice:
		s.tell(e)
	case Draft:
		s.tell(e)
	case Panicked:
		s.tell(Quit{s.Mistake(e.Cause, e.Stack)})
	}
	return nil
}

// Enter does what a line of the input says: it runs the command, sends the message, at the end of the reply if need be, or,
// where the line is blank, has the model go on. taken is false where that cannot be done now: the line stays in the input.
func (s *Session) Enter(line string) (work []Work, taken bool) {
	defer func() {
		if taken && !blank(line) {
			s.Chat.remember(line)
		}
	}()
	editing := s.Chat.editing
	s.Chat.EndEdit()
	switch {
	case editing != 0 && !blank(line) && !IsCommand(line):
		s.Chat.typed = ""
		return s.Reply.amend(editing, unfenced(line)), true
	case IsCommand(line):
		s.Chat.typed = ""
		return s.Run(line), true
	case s.Reply.takes(line):
		s.Chat.typed = ""
		return s.Reply.Choose(number(line) - 1), true
	case s.Reply.Paused() && blank(line):
		return s.Reply.Pause(), true
	case s.Reply.Paused():
		s.Chat.typed = ""
		return s.Reply.Write(line), true
	case blank(line) && s.Reply.aside() != nil:
		s.hold("still writing; press Esc to stop")
		return nil, false
	case blank(line) && s.Reply.Waiting():
		s.hold("the model is still loading")
		return nil, false
	case !blank(line) && (s.Reply.Writing() || s.Reply.Waiting()):
		s.Chat.typed = ""
		s.Chat.enqueue(unfenced(line))
		return nil, true
	}
	s.Chat.typed = ""
	if blank(line) {
		return s.Reply.Continue(""), true
	}
	return s.Reply.Send(unfenced(line)), true
}

// Busy says whether a reply is written or waited for, or a model is being opened.
func (s *Session) Busy() bool {
	return s.Reply.Writing() || s.Reply.Waiting() || s.Engine.Opening() != ""
}

// fresh is an empty conversation as the settings want it.
func (s *Session) fresh() *chat.Conversation {
	c := chat.New(s.now())
	settings := s.Settings.config
	c.System, c.Mode, c.Model, c.Params = settings.System, chat.Mode(settings.Mode), settings.Model, s.Settings.record()
	return c
}

// begin makes c the current conversation.
func (s *Session) begin(c *chat.Conversation) {
	s.Engine.own = ""
	before := s.Chat.conv
	if before != nil {
		s.Chat.commit()
	}
	s.Preview.Drop()
	s.Chat.leave()
	s.Chat.switchSteps(before, c)
	s.Chat.conv, s.Chat.typed, s.Chat.queue, s.Chat.notebook, s.Chat.editing, s.Chat.caret = c, c.Draft, nil, nil, 0, nil
	s.tell(Began{Lost: before != nil && before.Leaf() == nil})
	s.Reply.reset()
	s.Traces.reset()
	s.Tree.counts = nil
	s.changed()
}

// New begins another chat; this one is kept. A reply that is being written is stopped.
func (s *Session) New() []Work {
	return s.stopAnd(func() []Work {
		s.Chat.SaveDraft()
		s.begin(s.fresh())
		return s.Chat.watch()
	})
}

// Open goes on with another chat. A reply that is being written is stopped.
func (s *Session) Open(id string) []Work {
	if id == s.Chat.conv.ID {
		return nil
	}
	return s.reach(goal{session: id})
}

// namedModel reports whether the command line says which model it is to be: that of a chat that it resumes does not matter
// then.
func (s *Session) namedModel() bool {
	return s.Settings.base.Origin("model").Source == config.CommandLine
}

// loaded goes on with a conversation that has come from the store.
func (s *Session) loaded(e loaded) []Work {
	ask, named := "", false
	if s.resumed != "" {
		named = s.namedModel()
		ask, s.ask, s.resumed = s.ask, "", "" // they belong to the first conversation that is loaded
	}
	if s.fail(e.err) {
		s.tell(Draft{Words: ask})
		return s.first()
	}
	return s.stopAnd(func() (work []Work) {
		s.begin(e.conv)
		s.restoreSettings()
		s.show(e.goal)
		work = s.Chat.watch()
		if !named {
			work = append(work, s.ownModel()...)
		}
		work = append(work, s.first()...)
		if ask == "" {
			return work
		}
		s.Chat.remember(ask)
		return append(work, s.Reply.Send(ask)...)
	})
}

// first opens the model that the settings name where none is open or about to be.
func (s *Session) first() []Work {
	if s.Engine.model != nil || s.Engine.opening != "" {
		return nil
	}
	return []Work{s.Engine.open(s.Settings.config.Model, forUser)}
}

// Delete removes a chat for good, and lists the others. In place of the current one a new chat begins.
func (s *Session) Delete(id string) []Work {
	remove := func(ctx context.Context) error { return s.Chat.store.Delete(ctx, id) }
	if id != s.Chat.conv.ID {
		return s.Chat.change(remove)
	}
	return s.stopAnd(func() []Work {
		s.Chat.journal.Forget(id)
		s.Chat.failing = false
		s.begin(s.fresh())
		return append(s.Chat.watch(), s.Chat.change(remove)...)
	})
}
