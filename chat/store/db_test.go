package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/chat"
)

// wantLine asserts that an error is one line that contains all of words.
func wantLine(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("several lines: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

// execute runs statements on the store's own connection.
func execute(t *testing.T, s *DB, statements string) {
	t.Helper()
	if _, err := s.db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

func TestAnyPathWillDo(t *testing.T) {
	for _, name := range []string{"chats.db", "what?.db", "50%.db", "%3F.db", "a#b.db", "with space.db", "a&mode=ro.db", "聊天.db", "quo'te.db", "plus+.db"} {
		path := filepath.Join(t.TempDir(), "new", name, name)
		c := sample(noon)
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Error(err)
			continue
		}
		save(t, s, c)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(entries) != 1 || entries[0].Name() != name {
			t.Errorf("%s: the folder has %v, %v", name, entries, err)
		}
		got, err := openAt(t, path).Load(t.Context(), c.ID)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantSame(t, got, c)
	}
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inkling", "chats.db")
	save(t, openAt(t, path), sample(noon))
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want && os.PathSeparator == '/' {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestSettingsOfTheConnection(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "chats.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "busy_timeout": "50"} {
		var got string
		if err := s.db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
}

func TestInvalidTextIsReplaced(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "chats.db"))
	c := chat.New(noon)
	c.Add(0, chat.User, "a\xff\xfeb", noon)
	save(t, s, c)
	got, err := s.Load(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text := got.Leaf().Text; text != "a\uFFFDb" {
		t.Errorf("text %q", text)
	}
}

func TestAReplyBeingWrittenIsLoadedAsStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	writer, reader := openAt(t, path), openAt(t, path)
	c := chat.New(noon)
	c.Add(0, chat.User, "hello", noon)
	reply := c.Add(1, chat.Assistant, "Hi, I", noon)
	save(t, writer, c)
	got, err := reader.Load(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if leaf := got.Leaf(); leaf.State != chat.Stopped || leaf.Text != "Hi, I" {
		t.Errorf("loaded %+v", leaf)
	}
	// The writer is alive and goes on.
	reply.Text, reply.State = "Hi, I am here.", chat.Done
	if err := writer.SaveTurn(t.Context(), c.ID, reply.Clone()); err != nil {
		t.Fatal(err)
	}
	if got, err = reader.Load(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	if leaf := got.Leaf(); leaf.State != chat.Done || leaf.Text != reply.Text {
		t.Errorf("loaded %+v", leaf)
	}
}

func TestANewerStoreIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, s, "PRAGMA user_version = 99; DROP TABLE turns")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	wantLine(t, err, "chats.db", "newer inkling", "format 99", "knows 3", "update inkling", path)
	var newer *NewerError
	if !errors.As(err, &newer) || newer.Found != 99 || newer.Known != len(migrations) {
		t.Errorf("error %#v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file changed, or cannot be read: %v", err)
	}
}

func TestFilesThatAreNoStore(t *testing.T) {
	defer goleak.VerifyNone(t)
	folder := t.TempDir()
	path := func(name, content string) string {
		p := filepath.Join(folder, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	foreign := filepath.Join(folder, "foreign.db")
	if err := create(foreign); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, s, "PRAGMA application_id = 7; PRAGMA user_version = 0")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]string{
		"text":           path("text", strings.Repeat("not a database\n", 1000)),
		"a folder":       folder,
		"in a file":      filepath.Join(path("file", ""), "chats.db"),
		"other database": foreign,
	} {
		_, err := Open(t.Context(), p)
		wantLine(t, err, p, "no chat store", "move it away")
		if _, statErr := os.Stat(p + "-wal"); statErr == nil {
			t.Errorf("%s: left a log behind", name)
		}
	}
}

func TestADamagedStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		save(t, s, sample(noon.Add(time.Duration(i)*time.Second)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(content); i++ { // all but the first page, which has the schema
		content[i] = 0xa5
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), path)
	if err == nil {
		_, err = s.Sessions(t.Context())
		s.Close()
	}
	wantLine(t, err, path, "damaged")
}

func TestAReadOnlyStore(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "chats.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = open(t.Context(), path, url.Values{"mode": {"ro"}})
	wantLine(t, err, path, "read-only", "writable")
}

func TestAFullDisk(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "chats.db"))
	execute(t, s, "PRAGMA max_page_count = 20")
	c := chat.New(noon)
	c.Add(0, chat.User, "hello", noon)
	save(t, s, c)
	j := chat.NewJournal(s)
	long := c.Add(1, chat.Assistant, strings.Repeat("long ", 100_000), noon)
	j.SaveTurn(c.ID, long)
	err := j.Flush(t.Context(), c.ID)
	wantLine(t, err, s.path, "full", "free some space")
	long.Text = "short"
	j.SaveTurn(c.ID, long)
	wantLine(t, j.Close(), "full")

	got, err := s.Load(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if leaf := got.Leaf(); leaf.Text != "hello" {
		t.Errorf("after the failure the store has %+v", leaf)
	}
}

// While another program has the file locked a store opens all the same, and reads; a journal writes as soon as the lock
// goes.
func TestALockedStore(t *testing.T) {
	for name, statement := range map[string]string{
		"a writer":          "BEGIN IMMEDIATE",
		"for itself":        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
		"before it is made": "BEGIN EXCLUSIVE",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "chats.db")
			old := sample(noon)
			if name != "before it is made" {
				first := openAt(t, path)
				save(t, first, old)
				if err := first.Close(); err != nil {
					t.Fatal(err)
				}
			} else if err := create(path); err != nil {
				t.Fatal(err)
			}
			holder, err := sql.Open("sqlite", dsn(path, nil))
			if err != nil {
				t.Fatal(err)
			}
			defer holder.Close()
			holder.SetMaxOpenConns(1)
			if _, err := holder.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			s := openAt(t, path)
			if got, err := s.Load(t.Context(), old.ID); name == "a writer" {
				if err != nil {
					t.Fatal(err)
				}
				wantSame(t, got, old)
			} else if !errors.Is(err, chat.ErrLocked) {
				t.Errorf("loaded: %v", err)
			}
			j := chat.NewJournal(s)
			c := sample(noon.Add(time.Hour))
			j.SaveAll(c)
			err = j.Watch(t.Context(), c.ID, false)
			wantLine(t, err, path, "locked by another program", "close it")
			if err := j.Flush(t.Context(), c.ID); !errors.Is(err, chat.ErrLocked) {
				t.Errorf("flush: %v", err)
			}
			if err := holder.Close(); err != nil {
				t.Fatal(err)
			}
			if err := j.Watch(t.Context(), c.ID, true); err != nil {
				t.Error(err)
			}
			if err := j.Close(); err != nil {
				t.Error(err)
			}
			got, err := s.Load(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, got, c)
		})
	}
}

// A journal that is closed while the store is locked gives up after a moment, and says so.
func TestALockThatStays(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "chats.db")
	holder, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, holder, "BEGIN IMMEDIATE")
	j := chat.NewJournal(s)
	j.SaveAll(sample(noon))
	if err := j.Close(); !errors.Is(err, chat.ErrLocked) {
		t.Errorf("closed: %v", err)
	}
	if err := errors.Join(s.Close(), holder.Close()); err != nil {
		t.Error(err)
	}
}

func TestACancelledContext(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "chats.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Sessions(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("sessions: %v", err)
	}
	if err := s.SaveSession(ctx, sample(noon).Header()); !errors.Is(err, context.Canceled) {
		t.Errorf("save: %v", err)
	}
}

// Several handles, as of several processes, make and fill one store at once.
func TestManyAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "chats.db")
	conversations := make([]*chat.Conversation, 4)
	errs := make(chan error, len(conversations))
	var group sync.WaitGroup
	for i := range conversations {
		c := sample(noon.Add(time.Duration(i) * time.Minute))
		for n := range 20 {
			c.Add(c.Leaf().ID, chat.User, fmt.Sprint("turn ", n), noon)
		}
		conversations[i] = c
		group.Go(func() {
			s, err := Open(t.Context(), path)
			if err != nil {
				errs <- err
				return
			}
			j := chat.NewJournal(s)
			j.SaveAll(c)
			errs <- errors.Join(j.Close(), s.Close())
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range conversations {
		got, err := s.Load(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, c)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
