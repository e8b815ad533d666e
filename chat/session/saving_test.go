package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// slowStore takes a turn or a header only when it is let.
type slowStore struct {
	chat.Store
	let chan struct{}
}

func (s slowStore) SaveTurn(ctx context.Context, session string, t chat.Turn) error {
	<-s.let
	return s.Store.SaveTurn(ctx, session, t)
}

// startOn begins a session with a store, and waits for its model.
func startOn(t *testing.T, store chat.Store) *Session {
	t.Helper()
	settings := config.Defaults()
	settings.DataDir = t.TempDir()
	model := enginetest.New(512, enginetest.Replies(func(q string) string { return "You said: " + q + "." }))
	s, work := New(Options{
		Settings: &config.Config{Settings: settings},
		Sources:  Sources{Open: func(string) (engine.Engine, error) { return model, nil }},
		Store:    store,
	})
	s.drive(t, work)
	return s
}

// problems are the problems that the session tells of.
func (s *Session) problems() (words []string) {
	for _, a := range s.Answers() {
		if n, ok := a.(Notice); ok && n.Problem {
			words = append(words, n.Words)
		}
	}
	return words
}

// Until a message is on disk the reply to it is not shown; a disk that takes longer than people wait is told of, once, and
// does not block the next reply.
func TestAReplyWaitsForTheDisk(t *testing.T) {
	store := slowStore{chat.NewVolatile(), make(chan struct{})}
	s := startOn(t, store)
	s.Chat.patience = 10 * time.Millisecond
	shown := func() string { return s.Chat.Conversation().Leaf().Text }
	s.drive(t, s.Reply.Send("hello"))
	if got := shown(); got != "You said: hello." {
		t.Errorf("the reply is %q", got)
	}
	if s.Chat.Unsaved() == "" {
		t.Error("the chat counts as saved")
	}
	if got := s.problems(); len(got) != 1 || !strings.Contains(got[0], "the disk is slow") || strings.Contains(got[0], "deadline") {
		t.Errorf("told: %q", got)
	}
	s.drive(t, s.Reply.Send("again"))
	if got := shown(); got != "You said: again." {
		t.Errorf("the second reply is %q", got)
	}
	close(store.let)
	s.drive(t, s.Reply.Send("and now"))
	s.drive(t, s.Chat.List()) // waits for the journal
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	saved, err := store.Load(t.Context(), s.Chat.Conversation().ID)
	if err != nil || len(saved.Path()) != 6 {
		t.Errorf("%+v, %v", saved, err)
	}
}

// The file about a mistake has the stack, and the error says where it is.
func TestMistake(t *testing.T) {
	s := startOn(t, chat.NewVolatile())
	defer s.Close()
	err := s.Mistake(errors.New("broken"), []byte("goroutine 1"))
	files, globErr := filepath.Glob(filepath.Join(s.Settings.config.DataDir, "crash-*.log"))
	if globErr != nil || len(files) != 1 || !strings.Contains(err.Error(), files[0]) || !strings.Contains(err.Error(), "inkling -c") {
		t.Fatalf("%v; files %q", err, files)
	}
	text, readErr := os.ReadFile(files[0])
	if readErr != nil || !strings.Contains(string(text), "broken") || !strings.Contains(string(text), "goroutine 1") {
		t.Errorf("%q, %v", text, readErr)
	}
}
