package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
)

// kept is a configuration whose chats are kept in folder.
func kept(folder string) *config.Config {
	c := &config.Config{Settings: config.Defaults()}
	c.DataDir = folder
	return c
}

// save puts a conversation into a store and returns its ID.
func save(t *testing.T, s chat.Store) string {
	t.Helper()
	c := chat.New(time.Now())
	turn := c.Add(0, chat.User, "hello", time.Now())
	if err := s.SaveSession(t.Context(), c.Header()); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveTurn(t.Context(), c.ID, *turn); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func TestContinue(t *testing.T) {
	c := kept(filepath.Join(t.TempDir(), "not", "there", "yet"))
	s, unsaved := openStore(t.Context(), c)
	if unsaved != "" {
		t.Fatal(unsaved)
	}
	if id, err := last(t.Context(), c, s, unsaved); id != "" || err == nil || err.Error() != "no chat to continue yet" {
		t.Errorf("an empty store: %q, %v", id, err)
	}
	want := save(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, unsaved = openStore(t.Context(), c)
	defer s.Close()
	if id, err := last(t.Context(), c, s, unsaved); id != want || err != nil {
		t.Errorf("found %q, %v; expected %q", id, err, want)
	}
}

// A store that cannot be had costs the chat nothing but its being kept.
func TestUnsaved(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "chats.db"), []byte("this is a text file, and a long one at that"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "chats.db")
	for name, c := range map[string]*config.Config{
		"another file":      kept(folder),
		"no folder":         kept(filepath.Join(file, "below")),
		"no home directory": kept(""),
	} {
		s, unsaved := openStore(t.Context(), c)
		defer s.Close()
		if unsaved == "" || strings.Contains(unsaved, "\n") {
			t.Errorf("%s: the reason is %q", name, unsaved)
		}
		save(t, s)
		if _, err := last(t.Context(), c, s, unsaved); err == nil || !strings.Contains(err.Error(), unsaved) {
			t.Errorf("%s: to continue gives %v", name, err)
		}
	}

	c := kept(folder)
	c.Save = false
	s, unsaved := openStore(t.Context(), c)
	defer s.Close()
	if unsaved != "" {
		t.Errorf("not to be saved: the reason is %q", unsaved)
	}
	if _, err := last(t.Context(), c, s, unsaved); err == nil || !strings.Contains(err.Error(), "save = false") {
		t.Errorf("not to be saved: to continue gives %v", err)
	}
}

func TestOpener(t *testing.T) {
	s := config.Defaults()
	s.Threads = 1
	models, err := (&app{}).opener(&config.Config{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	first, err := models(engine.Starter)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := models(engine.Starter)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if first == second {
		t.Error("a model that may be closed was given out again")
	}
	if _, err := models(filepath.Join(t.TempDir(), "nosuch")); err == nil {
		t.Error("no error for a folder that is not there")
	}

	s.Model = filepath.Join(t.TempDir(), "nosuch")
	if _, err := (&app{}).opener(&config.Config{Settings: s}); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("the first model: %v", err)
	}
}
