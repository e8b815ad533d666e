package session

import (
	"context"
	"time"
)

// shared is what the parts of a session have in common.
type shared struct {
	ctx context.Context // ends with the session
	now func() time.Time

	answers []Answer // that the front end has not taken yet
	version int      // counts changes of what there is to show, but for the text of a growing reply
	replan  func()   // works out anew what the model sees

	stop  func()          // stops the reply that is being written; nil: none is
	after []func() []Work // what was put off until the reply is finished
}

// tell has the front end show something.
func (s *shared) tell(a Answer) { s.answers = append(s.answers, a) }

func (s *shared) say(text string) { s.tell(Notice{Words: text}) }

// hold says what holds only while the session is busy.
func (s *shared) hold(text string) { s.tell(Notice{Words: text, Passing: true}) }

func (s *shared) problem(text string) { s.tell(Notice{Words: text, Problem: true}) }

// fail tells an error, if there is one, and reports whether there was.
func (s *shared) fail(err error) bool {
	if err != nil {
		s.problem(err.Error())
	}
	return err != nil
}

// changed follows a change of the chat or of what the model sees of it.
func (s *shared) changed() {
	s.version++
	s.replan()
}

// whenIdle does something that cannot be done while a reply is being written: at once, or after the reply.
func (s *shared) whenIdle(action func() []Work) []Work {
	if s.stop == nil {
		return action()
	}
	s.after = append(s.after, action)
	return nil
}

// stopAnd does the same, but has the reply stopped for it.
func (s *shared) stopAnd(action func() []Work) []Work {
	if s.stop != nil {
		s.stop()
	}
	return s.whenIdle(action)
}

// resume does what was put off until the end of a reply.
func (s *shared) resume() (work []Work) {
	for len(s.after) > 0 && s.stop == nil {
		next := s.after[0]
		s.after = s.after[1:]
		work = append(work, next()...)
		if s.stop != nil && len(s.after) > 0 {
			s.stop() // what was asked for after it does not want it
		}
	}
	return work
}

// storePatience is how long somebody waits for the store.
const storePatience = 10 * time.Second
