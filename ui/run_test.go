package ui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// running is the real program on a pipe.
type running struct {
	t     *testing.T
	keys  io.WriteCloser
	store *chat.Volatile
	done  chan error
}

func start(t *testing.T, ctx context.Context, model *engine.Model) *running {
	t.Helper()
	in, keys := io.Pipe()
	return startOn(t, ctx, model, in, keys)
}

// startOn is start with the pipe that keys come through.
func startOn(t *testing.T, ctx context.Context, model *engine.Model, in io.ReadCloser, keys io.WriteCloser) *running {
	s := &running{t: t, keys: keys, store: chat.NewVolatile(), done: make(chan error, 1)}
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources:  session.Sources{Open: func(string) (engine.Engine, error) { return model, nil }},
		Store:    s.store,
	}
	go func() {
		s.done <- run(ctx, o, Custom{}, nil, tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24),
			tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		in.Close()
	}()
	return s
}

func (s *running) types(text string) {
	s.t.Helper()
	if _, err := s.keys.Write([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// last waits until the last turn in the store is as wanted and returns it.
func (s *running) last(wanted func(*chat.Turn) bool) *chat.Turn {
	s.t.Helper()
	for range 1000 {
		if id, _ := s.store.Last(context.Background()); id != "" {
			c, err := s.store.Load(context.Background(), id)
			if err == nil && c.Leaf() != nil && wanted(c.Leaf()) {
				return c.Leaf()
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("the store never had the turn that was waited for")
	return nil
}

// conv is the chat in the store.
func (s *running) conv() *chat.Conversation {
	s.t.Helper()
	id, err := s.store.Last(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	conv, err := s.store.Load(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return conv
}

func (s *running) ends() error {
	s.t.Helper()
	select {
	case err := <-s.done:
		return err
	case <-time.After(20 * time.Second):
		s.t.Fatal("the program does not end")
		return nil
	}
}

func TestRunLeavesNoGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := start(t, context.Background(), enginetest.New(512, enginetest.Replies(echo)))
	s.types("hello\r")
	s.last(func(turn *chat.Turn) bool { return turn.Role == chat.Assistant && turn.Text == "You said: hello." })
	s.types("\x04")
	if err := s.ends(); err != nil {
		t.Error(err)
	}
}

// A panic anywhere ends the program with one line, and loses nothing.
func TestPanicEndsInOrder(t *testing.T) {
	for name, message := range map[string]tea.Msg{
		"view":    tea.WindowSizeMsg{Width: 81, Height: 24},
		"update":  session.Written{},                                // of no reply
		"command": tea.BatchMsg{func() tea.Msg { panic("broken") }}, // run by Bubble Tea
		"nested":  tea.BatchMsg{func() tea.Msg { return tea.BatchMsg{func() tea.Msg { panic("broken") }} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir()) // for the file about the mistake
			store := chat.NewVolatile()
			p := newProgram(context.Background(), session.Options{
				Settings: &config.Config{Settings: steady(config.Defaults())},
				Sources:  session.Sources{Open: func(string) (engine.Engine, error) { return enginetest.New(512, enginetest.Replies(echo)), nil }},
				Store:    store,
			}, Custom{})
			p.do(p.session.Reply.Send("hello"))
			in, keys := io.Pipe()
			defer keys.Close()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if name == "view" {
				p.transcript.items[0].turn = nil
			}
			program := tea.NewProgram(guard{p, cancel}, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24))
			go func() {
				if cmd, ok := message.(tea.BatchMsg); ok {
					program.Send(guarded(func() tea.Msg { return cmd })())
					return
				}
				program.Send(message)
			}()
			_, err := program.Run()
			err = p.close(err)
			if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "inkling -c") {
				t.Errorf("%v", err)
			}
			if id, _ := store.Last(context.Background()); id == "" {
				t.Error("the message is not in the store")
			}
		})
	}
}

// However the program ends in mid-reply, what was there is kept.
func TestEndInMidReplyKeepsIt(t *testing.T) {
	for name, end := range map[string]func(s *running, cancel func()){
		"quit":      func(s *running, _ func()) { s.types("\x04") },
		"cancelled": func(_ *running, cancel func()) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			text := "one " + strings.Repeat("two ", 50)
			model, gate := gated(text)
			s := start(t, ctx, model)
			s.types("hello\r")
			let(gate, 1+4)
			end(s, cancel)
			ended := make(chan struct{})
			fed := make(chan struct{})
			go func() {
				defer close(fed)
				for {
					select {
					case gate <- struct{}{}: // the token that is being computed
					case <-ended:
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
			}()
			if err := s.ends(); err != nil {
				t.Error(err)
			}
			close(ended)
			<-fed
			got := s.last(func(turn *chat.Turn) bool { return turn.Role == chat.Assistant })
			if got.State != chat.Stopped || !strings.HasPrefix(got.Text, "one") || !strings.HasPrefix(text, got.Text) {
				t.Errorf("%+v", got)
			}
		})
	}
}
