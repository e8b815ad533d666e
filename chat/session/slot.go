package session

import (
	"context"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
)

// Info is what a model tells of itself.
type Info = engine.Info

// Sources are where a chat gets its models from. They are called beside the program.
type Sources struct {
	// Open opens a model by its name. It may take seconds.
	Open func(name string) (engine.Engine, error)
	// Models lists the models that there are to choose from; nil for none.
	Models func() ([]Choice, error)
	// Pull fetches the model of that name, which Open has not found on this machine (hub.ErrNotLocal), and reports its
	// progress from one goroutine. When ctx ends it keeps what has arrived. nil fetches nothing.
	Pull func(ctx context.Context, name string, report func(Progress)) error
}

// A Slot holds the model of a chat, and what is on its way to take its place: a model that is being opened, one that is
// open and waits for the end of a reply, one that is being downloaded.
type Slot struct {
	*shared
	Sources

	model      engine.Engine     // nil until it is open
	codec      *engine.Codec     // of a model in this process, nil for others
	template   *prompt.Template  // the model's, nil for none
	vocabulary *vocabulary       // of codec, nil until it is asked for
	name       string            // by which the model is found again
	own        string            // name of the model that the chat was with before and waits for, "" for none
	opening    string            // name of the model that is being opened, "" for none
	coming     *opened           // the model that takes over after the reply, nil for none
	download   *Download         // nil for none
	ending     []<-chan struct{} // closed when nothing goes on any more of a download that was stopped
}

// Info tells of the model of the chat; ok is false until it is open.
func (s *Slot) Info() (info Info, ok bool) {
	if s.model == nil {
		return Info{}, false
	}
	return s.model.Info(), true
}

// Opening is the name of the model that is being opened, "" for none.
func (s *Slot) Opening() string { return s.opening }

// Coming is the name of the model that takes over after the reply, "" for none.
func (s *Slot) Coming() string {
	if s.coming == nil {
		return ""
	}
	return s.coming.name
}

// Download is the download that goes on, nil for none.
func (s *Slot) Download() *Download { return s.download }

// opened says that a model is open, or could not be.
type opened struct {
	name     string
	why      reason
	model    engine.Engine
	codec    *engine.Codec
	template *prompt.Template
	known    string // the name by which it is found again from anywhere
	err      error
}

// A reason is why a model is opened.
type reason int

const (
	forUser reason = iota // who has named it, or his settings do
	fetched               // it has come just now
	forChat               // which was with it before
)

func (opened) event() {}

// open opens the model of that name.
func (s *Slot) open(name string, why reason) Work {
	s.opening = name
	return Work{do: func(context.Context) Event {
		e := opened{name: name, why: why}
		if e.model, e.err = s.Open(name); e.err == nil {
			e.known = known(name)
			if m, ok := e.model.(*engine.Model); ok {
				e.codec, e.template = &m.Codec, ChatTemplate(&m.Codec)
			}
		}
		return e
	}}
}

// put makes a model that was opened the model of the chat, and returns the one before.
func (s *Slot) put(e opened) (old engine.Engine) {
	old = s.model
	s.model, s.codec, s.template, s.vocabulary, s.name = e.model, e.codec, e.template, nil, e.known
	if s.own == e.name {
		s.own = ""
	}
	return old
}

// drop takes back that another model takes over after the reply.
func (s *Slot) drop() []Work {
	if s.coming == nil {
		return nil
	}
	dropped := s.coming.model
	s.coming = nil
	return closing(dropped)
}

// closing releases a model that nothing uses any more, which may wait for its cache to be written.
func closing(m engine.Engine) []Work {
	return []Work{{do: func(context.Context) Event {
		m.Close()
		return nil
	}}}
}

// close releases the models, at the end of the program.
func (s *Slot) close() {
	if s.model != nil {
		s.model.Close()
	}
	if s.coming != nil {
		s.coming.model.Close()
	}
}

// ChatTemplate is the template by which a model wants its conversations written down, nil where it brings none.
func ChatTemplate(c *engine.Codec) *prompt.Template {
	info := c.Info()
	if info.ChatTemplate == "" {
		return nil
	}
	return prompt.NewTemplate(c, info.ChatTemplate, info.Tokens, time.Now())
}

// hint is what a model tells about the prompts that it expects.
func hint(info Info, template *prompt.Template) prompt.Hint {
	h := prompt.Hint{Template: template, PromptFormat: info.PromptFormat, Conversational: info.Conversational}
	if info.Preamble != nil {
		h.Preamble = *info.Preamble
	}
	return h
}

// ChatFormat is how chats are written down for a model: by the format of that name, or by the one that suits it where the name is "".
func ChatFormat(c *engine.Codec, name string) (prompt.Choice, error) {
	return prompt.Choose(name, chat.Chat, hint(c.Info(), ChatTemplate(c)))
}

// PromptFormat is the format that prompts of a chat with the model have unless the settings name another.
func PromptFormat(c *engine.Codec) string {
	choice, err := ChatFormat(c, "")
	if err != nil {
		return "unknown"
	}
	return choice.Format.Name()
}
