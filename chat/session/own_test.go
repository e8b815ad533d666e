package session

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// shelf has models by name. A name that begins with "no" is of none.
type shelf struct {
	store  chat.Store
	opened []string
}

func (h *shelf) open(name string) (engine.Engine, error) {
	h.opened = append(h.opened, name)
	if strings.HasPrefix(name, "no") {
		return nil, errors.New(name + ": no such folder")
	}
	return enginetest.NewWith(512, enginetest.Replies(func(string) string { return "I am " + name + "." }), engine.Info{Name: name}), nil
}

// session begins a session over the shelf, and does its work.
func (h *shelf) session(t *testing.T, settings *config.Config, resume string) *Session {
	t.Helper()
	h.opened = nil
	settings.Speculation = false
	s, work := New(Options{Settings: settings, Sources: Sources{Open: h.open}, Store: h.store, Resume: resume})
	s.drive(t, work)
	t.Cleanup(func() { s.Close() })
	return s
}

func (s *Session) enter(t *testing.T, line string) {
	t.Helper()
	work, _ := s.Enter(line)
	s.drive(t, work)
}

// notices are what has been told.
func (s *Session) notices() (words string) {
	for _, a := range s.Answers() {
		words += a.Text() + "\n"
	}
	return words
}

func defaults() *config.Config { return &config.Config{Settings: config.Defaults()} }

// flagged are the settings under the flags --model and --temperature.
func flagged(t *testing.T, model, temperature string) *config.Config {
	t.Helper()
	c, flags := defaults(), config.Flags("model", "temperature")
	for i, text := range []string{model, temperature} {
		if err := flags[i].Set(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.SetFlags(flags...); err != nil {
		t.Fatal(err)
	}
	return c
}

// A chat goes on with its own model, mode and parameters, whatever the settings say now.
func TestAChatGoesOnAsItWas(t *testing.T) {
	h := &shelf{store: chat.NewVolatile()}
	first := h.session(t, defaults(), "")
	for _, line := range []string{"/model second", "/temp 0.3", `/set stop ["END"]`, "/seed 7", "/mode story", "Once"} {
		first.enter(t, line)
	}
	id := first.Chat.Conversation().ID
	first.drive(t, first.Chat.List())

	again := h.session(t, defaults(), id)
	if !slices.Equal(h.opened, []string{"second"}) {
		t.Errorf("opened %q", h.opened)
	}
	values, conv := again.Settings.Values(), again.Chat.Conversation()
	if values.Temperature != 0.3 || !slices.Equal(values.Stop, []string{"END"}) || values.Seed == nil || *values.Seed != 7 || conv.Mode != chat.Story {
		t.Errorf("%+v, mode %s", values, conv.Mode)
	}
	again.enter(t, "more")
	if got := again.Chat.Conversation().Leaf(); again.Chat.Conversation().Model != "second" || !strings.Contains(string(got.Reply.Params), `"temperature":0.3`) {
		t.Errorf("%+v", got.Reply)
	}

	// Another chat has settings of its own; the first one keeps its.
	again.enter(t, "/new")
	again.enter(t, "/temp 1.5")
	again.enter(t, "hello")
	other := again.Chat.Conversation().ID
	again.drive(t, again.Open(id))
	if got := again.Settings.Values().Temperature; got != 0.3 {
		t.Errorf("temperature %v in the first chat", got)
	}
	again.drive(t, again.Open(other))
	if got := again.Settings.Values().Temperature; got != 1.5 {
		t.Errorf("temperature %v in the other chat", got)
	}

	// What the command line says is for now.
	asked := h.session(t, flagged(t, "third", "0.9"), id)
	if values := asked.Settings.Values(); !slices.Equal(h.opened, []string{"third"}) || values.Temperature != 0.9 || values.Seed == nil {
		t.Errorf("opened %q, %+v", h.opened, values)
	}
}

// A chat that was begun with flags goes on with what they said.
func TestAChatKeepsTheFlagsItWasBegunWith(t *testing.T) {
	h := &shelf{store: chat.NewVolatile()}
	first := h.session(t, flagged(t, "second", "0.3"), "")
	first.enter(t, "/set topk 5")
	first.enter(t, "hello")
	id := first.Chat.Conversation().ID
	first.drive(t, first.Chat.List())

	again := h.session(t, defaults(), id)
	if values := again.Settings.Values(); !slices.Equal(h.opened, []string{"second"}) || values.Temperature != 0.3 || values.TopK != 5 {
		t.Errorf("opened %q, temperature %v, top-k %d", h.opened, values.Temperature, values.TopK)
	}
	again.enter(t, "/temp 0.4")
	again.drive(t, again.Chat.List())
	if got := h.session(t, defaults(), id).Settings.Values().Temperature; got != 0.4 {
		t.Errorf("temperature %v after a change, expected 0.4", got)
	}
}

// A chat from the list brings its model with it: what is sent meanwhile waits for that.
func TestAChatFromTheListBringsItsModel(t *testing.T) {
	h := &shelf{store: chat.NewVolatile()}
	s := h.session(t, defaults(), "")
	s.enter(t, "/model second")
	s.enter(t, "hello")
	id := s.Chat.Conversation().ID
	s.enter(t, "/new")
	s.enter(t, "/model third")
	s.enter(t, "hello")
	sent := false
	if err := Drive(t.Context(), s, s.Open(id), func(Event) bool {
		if !sent && s.Chat.Conversation().ID == id && s.Engine.Opening() == "second" {
			sent = true
			if work, taken := s.Enter("and you?"); work != nil || !taken || !s.Reply.Waiting() {
				t.Error("the message does not wait")
			}
		}
		return false
	}); err != nil {
		t.Fatal(err)
	}
	if leaf := s.Chat.Conversation().Leaf(); !sent || leaf.Text != "I am second." {
		t.Errorf("sent %v, %+v", sent, leaf)
	}
}

// Where the model is gone, a line says so and what is used.
func TestAChatWhoseModelIsGone(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, h *shelf, id string) *Session{
		"at the start": func(t *testing.T, h *shelf, id string) *Session { return h.session(t, defaults(), id) },
		"from the list": func(t *testing.T, h *shelf, id string) *Session {
			s := h.session(t, defaults(), "")
			s.Answers()
			s.drive(t, s.Open(id))
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := &shelf{store: chat.NewVolatile()}
			c := chat.New(time.Now())
			c.Model = "no/more"
			c.Add(0, chat.User, "hello", c.Created)
			journal := chat.NewJournal(h.store)
			journal.SaveAll(c)
			if err := journal.Close(); err != nil {
				t.Fatal(err)
			}
			s := begin(t, h, c.ID)
			if told := s.notices(); !strings.Contains(told, "using starter; cannot load this chat's model: no/more: no such folder") {
				t.Errorf("told %q", told)
			}
			s.enter(t, "still there?")
			if leaf := s.Chat.Conversation().Leaf(); leaf.Text != "I am starter." {
				t.Errorf("%+v", leaf)
			}
		})
	}
}
