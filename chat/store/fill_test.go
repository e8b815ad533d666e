package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"inkling/chat"
)

// fillChild is a process that fills a store in until it is done or killed.
func fillChild(path string) int {
	db, err := open(context.Background(), path, nil)
	if err == nil {
		err = fill(context.Background(), db, smallBatch)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

const smallBatch = 50

// oldStore makes a store of format 1 with so many chats and turns, as the program of that format wrote it.
func oldStore(t testing.TB, path string, chats, turns int) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	run("PRAGMA journal_mode = WAL; PRAGMA synchronous = off")
	run(migrations[0])
	run(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID))
	random := rand.New(rand.NewPCG(1, 2))
	words := newWriter(random)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	session, err := tx.PrepareContext(t.Context(), `INSERT INTO sessions VALUES (?, ?, ?, ?, '', 'chat', '', 'starter', '', ?, '{}')`)
	if err != nil {
		t.Fatal(err)
	}
	turn, err := tx.PrepareContext(t.Context(), `INSERT INTO turns VALUES (?, ?, ?, ?, ?, 'done', ?, ?)`)
	if err != nil {
		t.Fatal(err)
	}
	for c := range chats {
		n := turns / chats
		if c == 0 {
			n = min(turns/4, 5000)
		}
		created := noon.Add(time.Duration(c) * time.Hour)
		id := chat.NewID(created)
		if _, err := session.ExecContext(t.Context(), id, words.text(4), created.UnixMilli(), created.UnixMilli(), n); err != nil {
			t.Fatal(err)
		}
		for i := 1; i <= n; i++ {
			parent, role, reply := sql.NullInt64{Int64: int64(i - 1), Valid: i > 1}, chat.User, sql.NullString{}
			if i%2 == 0 {
				role, reply = chat.Assistant, sql.NullString{String: `{"model":"starter","seed":7,"prompt_tokens":9,"tokens":3,"ids":[1,2,300]}`, Valid: true}
			}
			if _, err := turn.ExecContext(t.Context(), id, i, parent, role, words.text(8), created.UnixMilli()+int64(i), reply); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// writer writes words as often as people use them (Zipf), a fifth of the texts in Chinese.
type writer struct {
	random *rand.Rand
	zipf   *rand.Zipf
}

func newWriter(random *rand.Rand) *writer {
	return &writer{random, rand.NewZipf(random, 1.2, 3, 50_000)}
}

func (w *writer) text(words int) string {
	var b strings.Builder
	chinese := w.random.IntN(5) == 0
	for range words + w.random.IntN(2*words) {
		n := int(w.zipf.Uint64())
		if chinese {
			b.WriteRune(rune(0x4e00 + n%5000))
			continue
		}
		for n += 26; n > 0; n /= 26 {
			b.WriteByte(byte('a' + n%26))
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

// filled waits until everything is filled in.
func filled(t testing.TB, path string) *DB {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.background.Wait()
	return s
}

// dump is all that filling writes.
func dump(t *testing.T, s *DB) (lines []string) {
	t.Helper()
	execute(t, s, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, search, row)")
	for _, query := range []string{
		"SELECT id || ' ' || size || ' ' || preview FROM sessions ORDER BY id",
		"SELECT id || ' ' || session || ' ' || turn FROM texts ORDER BY id",
		"SELECT term || ' ' || doc || ' ' || cnt FROM words ORDER BY term",
		"SELECT used || ' ' || text FROM history ORDER BY used, text",
		"SELECT 'left: ' || at FROM work",
	} {
		rows, err := s.db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return lines
}

// A store that the program of format 1 wrote: its chats are there as they were, and are found.
func TestAStoreOfFormat1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	data, err := os.ReadFile(filepath.Join("testdata", "format1.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := filled(t, path)
	list, err := s.Sessions(t.Context())
	if err != nil || len(list) != 2 || list[0].Turns != 2 || list[1].Turns != 7 || !strings.HasPrefix(list[0].Preview, "A desert is very dry") {
		t.Errorf("%+v, %v", list, err)
	}
	c, err := s.Load(t.Context(), list[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if path := c.Path(); len(path) != 6 || path[0].Text != "hello" || len(path[1].Reply.IDs) == 0 || path[1].Reply.Seed != 1 {
		t.Errorf("the first chat: %+v", path)
	}
	if hits, partial, err := s.Search(t.Context(), "北京"); err != nil || partial || len(hits) == 0 || hits[len(hits)-1].Turn != 3 {
		t.Errorf("found %+v, partial %t, %v", hits, partial, err)
	}
	if got, err := s.Recall(t.Context(), 10); err != nil || !slices.Equal(got, []string{"A second chat with a fox", "what is your name", "tell me about 北京 hotels", "hello"}) {
		t.Errorf("remembered %q, %v", got, err)
	}
}

// A filling that is killed again and again ends as one that was not. Chats are open meanwhile.
func TestAFillingThatIsKilled(t *testing.T) {
	folder := t.TempDir()
	path, whole := filepath.Join(folder, "chats.db"), filepath.Join(folder, "whole.db")
	oldStore(t, path, 100, 4000)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(whole, data, 0o600); err != nil {
		t.Fatal(err)
	}
	want := dump(t, filled(t, whole))

	kills := 0
	for ; kills < 20; kills++ {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), fillVariable+"="+path)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		_ = child.Process.Kill()
		_ = child.Wait()
		s, err := open(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		var at string
		err = s.db.QueryRowContext(t.Context(), "UPDATE work SET lease = 0 RETURNING at").Scan(&at) // as if half a minute had passed
		if list, listErr := s.Sessions(t.Context()); listErr != nil || len(list) != 100 {
			t.Errorf("%d chats, %v", len(list), listErr)
		}
		s.Close()
		if err != nil {
			break // it is done
		}
	}
	t.Logf("%d kills", kills)
	if got := dump(t, filled(t, path)); !slices.Equal(got, want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("first difference: %q, want %q", got[i], want[i])
				break
			}
		}
	}
}

// What is added while old turns are filled in is found at once, and once.
func TestNewTurnsBesideTheFilling(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	oldStore(t, path, 3, 300)
	s, err := open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.Sessions(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	c, err := s.Load(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	added := c.Add(c.Leaf().ID, chat.User, "zzyzx road", time.Now())
	if err := s.SaveTurn(t.Context(), c.ID, added.Clone()); err != nil {
		t.Fatal(err)
	}
	if hits, partial, err := s.Search(t.Context(), "zzyzx "); err != nil || !partial || len(hits) != 1 {
		t.Errorf("before: %+v, partial %t, %v", hits, partial, err)
	}
	if err := fill(t.Context(), s, smallBatch); err != nil {
		t.Fatal(err)
	}
	if hits, partial, err := s.Search(t.Context(), "zzyzx "); err != nil || partial || len(hits) != 1 {
		t.Errorf("after: %+v, partial %t, %v", hits, partial, err)
	}
	if now, err := s.Sessions(t.Context()); err != nil || now[0].Turns != list[0].Turns+1 || now[0].Preview != "zzyzx road" {
		t.Errorf("%+v, %v", now[0], err)
	}
	if err := s.Delete(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	var texts, turns int
	if err := s.db.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM texts), (SELECT count(*) FROM turns WHERE trim(text) <> '')").Scan(&texts, &turns); err != nil || texts != turns {
		t.Errorf("%d texts of %d turns, %v", texts, turns, err)
	}
}

// A store of format 2, whose index went by the order of writing, gets a new one.
func TestIndexOfFormat2IsFilledAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	oldStore(t, path, 3, 300)
	db, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		migrations[1], "PRAGMA user_version = 2", "DELETE FROM work",
		"INSERT INTO texts (id, session, turn) SELECT 1, session, id FROM turns LIMIT 1",
		"INSERT INTO search (rowid, text) VALUES (1, 'zzyzx')",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := filled(t, path)
	if hits, partial, err := s.Search(t.Context(), "zzyzx"); err != nil || partial || len(hits) != 0 {
		t.Errorf("the old index: %+v, partial %t, %v", hits, partial, err)
	}
	var texts, turns int
	if err := s.db.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM texts), (SELECT count(*) FROM turns WHERE trim(text) <> '')").Scan(&texts, &turns); err != nil || texts != turns {
		t.Errorf("%d texts of %d turns, %v", texts, turns, err)
	}
}
