package session

import (
	"errors"
	"strconv"
	"strings"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
)

// Switch has the chat go on with another model, which is downloaded first where it is not on this machine. Without a name it
// shows what there is.
func (s *Session) Switch(name string) []Work {
	name = Home(name)
	slot := s.Engine
	switch {
	case name == "":
		return slot.list()
	case slot.opening != "":
		s.hold("still loading " + slot.opening)
		return nil
	case slot.download != nil && Same(slot.download.Name, name):
		s.say(slot.download.Line())
		return nil
	}
	slot.StopDownload()
	if slot.model != nil && slot.model.Info().Name == name {
		s.say("already using " + Describe(slot.model.Info()))
		return slot.drop()
	}
	return []Work{slot.open(name, forUser)}
}

// Describe says what a model in memory is.
func Describe(info Info) string {
	if info.Parameters == 0 { // it is a service's, which need not say
		return info.Name
	}
	format := ""
	if info.Weights != "" {
		format = " in " + info.Weights
	}
	return info.Name + ", " + info.Size() + " parameters" + format + ", context " + strconv.Itoa(info.Context)
}

// opened goes on with a model that is open: at once, or after the reply. One that is not on this machine is downloaded.
func (s *Session) opened(e opened) []Work {
	slot := s.Engine
	slot.opening = ""
	switch {
	case e.why == forChat && e.name != slot.own && slot.model != nil:
		if e.err != nil {
			return s.openOwn()
		}
		return append(closing(e.model), s.openOwn()...) // another chat is open now
	case e.err == nil:
	case e.why == forChat:
		return s.gone(e)
	case slot.model == nil:
		s.tell(Quit{e.err})
		return nil
	case errors.Is(e.err, hub.ErrNotLocal) && slot.Pull != nil && e.why != fetched:
		return append(slot.startDownload(e.name), s.openOwn()...)
	default:
		s.problem(e.err.Error())
		return s.openOwn()
	}
	if slot.model == nil {
		_, told := s.use(e)
		if e.name != s.Settings.config.Model {
			s.fail(s.Settings.config.Set("model", e.name))
		}
		if told.Yields = !told.Problem; told.Words != "" {
			s.tell(told)
		}
		return append(s.openOwn(), s.begun()...)
	}
	work, waits := slot.drop(), s.stop != nil
	slot.coming = &e
	if waits {
		s.hold("switching to " + e.name + " after this reply")
	}
	work = append(work, s.whenIdle(s.takeOver)...)
	return append(work, s.openOwn()...)
}

// begun does what was asked for before there was a model.
func (s *Session) begun() []Work {
	switch waiting := s.Reply.waiting; {
	case s.Engine.own != "":
	case waiting != nil:
		s.Reply.waiting = nil
		return waiting()
	case s.ask != "" && s.resumed == "":
		ask := s.ask
		s.ask = ""
		s.Chat.remember(ask)
		return s.Reply.Send(ask)
	}
	return nil
}

// takeOver has the chat go on with the model that was waiting for the end of a reply. It reads the conversation when it
// answers.
func (s *Session) takeOver() []Work {
	next := s.Engine.coming
	if next == nil {
		return nil
	}
	s.Engine.coming = nil
	old, told := s.use(*next)
	if !s.fail(s.Settings.config.Set("model", next.name)) {
		told.Words = strings.TrimSuffix("now using "+next.name+"; "+told.Words, "; ")
		s.tell(told)
	}
	return append(closing(old), s.begun()...)
}

// use makes a model that was opened the model of the chat. It returns the one before and what else there is to tell.
func (s *Session) use(e opened) (old engine.Engine, told Notice) {
	old = s.Engine.put(e)
	changed, notes := Adopt(s.Settings.config, e.model.Info())
	s.changed()
	var words []string
	for i, key := range changed {
		setting, _ := config.Find(key)
		changed[i] = key + " " + setting.Format(s.Settings.config.Settings)
	}
	if len(changed) > 0 {
		words = append(words, "model defaults: "+strings.Join(changed, ", "))
	}
	if words := Missing(s.Settings.config, e.model.Can()); len(words) > 0 {
		notes = append(notes, "not available with this model: "+strings.Join(words, ", "))
	}
	if s.view.noted != "" {
		notes = append(notes, s.view.noted)
	}
	return old, Notice{Words: strings.Join(append(words, notes...), "; "), Problem: len(notes) > 0}
}
