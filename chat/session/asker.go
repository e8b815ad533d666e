package session

import (
	"context"
	"errors"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/chat/task"
	"inkling/config"
)

// An Asker puts requests to a model, each in a chat of its own that is not kept. It implements [task.Model].
type Asker struct {
	s    *Session
	lent bool // the model is another session's, which closes it
}

// NewAsker opens the model that the settings name. It must be closed.
func NewAsker(ctx context.Context, settings *config.Config, sources Sources) (*Asker, error) {
	return newAsker(ctx, settings, sources, false)
}

func newAsker(ctx context.Context, settings *config.Config, sources Sources, lent bool) (*Asker, error) {
	s, work := New(Options{Settings: settings, Sources: sources, Store: chat.NewVolatile()})
	a := &Asker{s, lent}
	err := Drive(ctx, s, work, func(Event) bool {
		_, open := s.Engine.Info()
		return open
	})
	if _, open := s.Engine.Info(); err == nil && !open {
		err = a.trouble("the model cannot be opened")
	}
	if err != nil {
		a.Close()
		return nil, err
	}
	s.Answers() // what it says of the model's suggestions is for a chat
	return a, nil
}

// trouble is the last problem that the session has told, or else the words.
func (a *Asker) trouble(words string) error {
	for _, answer := range a.s.Answers() {
		switch answer := answer.(type) {
		case Notice:
			if answer.Problem {
				words = answer.Words
			}
		case Quit:
			if answer.Err != nil {
				return answer.Err
			}
		}
	}
	return errors.New(words)
}

// Close releases the model.
func (a *Asker) Close() {
	if a.lent {
		a.s.Engine.model = nil
	}
	_ = a.s.Close() // nothing was to be kept
}

// Settings are those in force, with what the model suggests.
func (a *Asker) Settings() *config.Config { return a.s.Settings.config }

// Manner is how tasks ask the model.
func (a *Asker) Manner() task.Manner { return a.s.manner() }

// manner is how tasks ask the model of the session, which is open: one with a chat template in its format, one that names the
// transcript as the starter does in the starter's words, any other by a text to continue.
func (s *Session) manner() task.Manner {
	info, _ := s.Engine.Info()
	switch {
	case s.Engine.template != nil || s.Engine.codec == nil: // services have templates of their own
		return task.Chat
	case info.PromptFormat == "transcript":
		return task.Starter
	}
	return task.Plain
}

// Room is how many tokens a request may have beside a reply of so many. What a format writes around a message counts to the
// reply.
func (a *Asker) Room(reply int) int {
	info, _ := a.s.Engine.Info()
	if info.Context == 0 {
		return unknown
	}
	if reply == 0 {
		reply = info.Context / 4
	}
	return info.Context - min(reply, info.Context/2) - around
}

// unknown is the room of a service that does not tell its context: it says itself what is too long.
const unknown = 1 << 20

// around is more than what formats write around a message, in tokens.
const around = 32

// Count is how many tokens a text has.
func (a *Asker) Count(text string) int {
	if a.s.Engine.codec == nil {
		return prompt.About(text)
	}
	return len(a.s.Engine.codec.Encode(text))
}

// Write asks for one reply and waits for it.
func (a *Asker) Write(ctx context.Context, r task.Request) (string, error) {
	s := a.s
	conv := s.fresh()
	conv.Mode = chat.Chat
	if a.Manner() == task.Plain {
		conv.Mode = chat.Story
	}
	s.begin(conv)
	s.Answers()
	parent, role := 0, chat.User
	for _, text := range r.Turns {
		parent = conv.Add(parent, role, text, s.now()).ID
		if role = chat.User; conv.Leaf().Role == chat.User {
			role = chat.Assistant
		}
	}
	var begun *chat.Turn
	if r.Begin != "" {
		begun = conv.Add(parent, chat.Assistant, r.Begin, s.now())
	}
	settings := s.Settings.config
	settings.Params = r.Params
	s.Reply.attempt = r.Attempt
	defer func() { s.Reply.attempt = 0 }()
	err := Drive(ctx, s, s.Reply.answer(beginning{parent: parent, continued: begun}), func(Event) bool { return !s.Reply.Writing() })
	if err != nil {
		s.Reply.Stop()
		return "", err
	}
	leaf := conv.Leaf()
	if leaf == nil || leaf.Role != chat.Assistant || leaf == begun {
		return "", a.trouble("the model wrote nothing")
	}
	return leaf.Text, nil
}
