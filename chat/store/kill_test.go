package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/chat"
)

// writeForever is the process that gets killed: it streams replies through a
// journal, as a chat does, and says on standard output what the journal has
// confirmed: the conversation, the turn, and how long its text is. A lock that
// the other process holds for long, on a machine with much to do, is waited for.
func writeForever(path string) int {
	ctx := context.Background()
	var s *DB
	for err := chat.ErrLocked; err != nil; {
		if s, err = Open(ctx, path); err != nil && !errors.Is(err, chat.ErrLocked) {
			fmt.Println(err)
			return 1
		}
	}
	j := chat.NewJournal(s)
	c := chat.New(time.Now())
	j.SaveSession(c.Header())
	parent := 0
	for n := 0; ; n++ {
		question := c.Add(parent, chat.User, fmt.Sprint("question ", n), time.Now())
		j.SaveTurn(c.ID, question)
		reply := c.Add(question.ID, chat.Assistant, "", time.Now())
		for i := range 40 {
			reply.Text += fmt.Sprintf("word%d ", i)
			j.SaveTurn(c.ID, reply)
			if i%8 == 7 {
				for err := chat.ErrLocked; err != nil; {
					if err = j.Flush(ctx, c.ID); err != nil && !errors.Is(err, chat.ErrLocked) {
						fmt.Println(err)
						return 1
					}
					if err != nil {
						time.Sleep(10 * time.Millisecond) // until another look at the lock
					}
				}
				fmt.Println(c.ID, reply.ID, len(reply.Text))
			}
		}
		reply.State = chat.Done
		j.SaveTurn(c.ID, reply)
		c.Draft = fmt.Sprint("draft ", n)
		j.SaveSession(c.Header())
		parent = reply.ID
	}
}

// Two processes that write to one file are killed at random moments, again and
// again: the file opens, is whole, and has all that was confirmed.
func TestKilledProcessesLoseNothingConfirmed(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := filepath.Join(t.TempDir(), "chats.db")
	confirmed := confirmations{}
	const rounds, processes = 25, 2
	for range rounds {
		results := make(chan error)
		var said [processes]confirmations
		for i := range processes {
			go func() {
				var err error
				said[i], err = writeAndDie(path)
				results <- err
			}()
		}
		for range processes {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		for _, s := range said {
			maps.Copy(confirmed, s)
		}
		verify(t, path, confirmed)
	}
	if len(confirmed) != rounds*processes {
		t.Errorf("%d conversations confirmed, want one of each process", len(confirmed))
	}
}

// confirmations tells what is in a store for certain: for each conversation and
// turn, so many bytes of text.
type confirmations map[string]map[int]int

// writeAndDie runs a process that writes, kills it, and returns what it had
// said by then.
func writeAndDie(path string) (confirmations, error) {
	said := confirmations{}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, err
	}
	defer child.Wait()
	lines := bufio.NewScanner(out)
	for n, last := 0, 1+rand.IntN(40); lines.Scan(); n++ {
		var id string
		var turn, size int
		if _, err := fmt.Sscan(lines.Text(), &id, &turn, &size); err != nil {
			child.Process.Kill()
			return nil, fmt.Errorf("the process says %q", lines.Text())
		}
		if said[id] == nil {
			said[id] = map[int]int{}
		}
		said[id][turn] = size
		if n == last {
			time.Sleep(rand.N(5 * time.Millisecond)) // between two writes, or within one
			child.Process.Kill()
		}
	}
	return said, nil
}

func verify(t *testing.T, path string, confirmed confirmations) {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var check string
	if err := s.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Fatalf("integrity check: %q, %v", check, err)
	}
	for id, turns := range confirmed {
		c, err := s.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		all := c.Turns()
		if leaf := c.Leaf(); leaf != all[len(all)-1] || len(c.Path()) != len(all) {
			t.Fatalf("conversation %s: the path of %d turns ends at %d; want all %d turns", id, len(c.Path()), leaf.ID, len(all))
		}
		for n, size := range turns {
			got := turn(c, n)
			if got == nil || len(got.Text) < size || !strings.HasPrefix(got.Text, "word0 word1 ") {
				t.Fatalf("conversation %s, turn %d: %+v; %d bytes were confirmed", id, n, got, size)
			}
			if got.State == chat.Writing {
				t.Fatalf("conversation %s, turn %d is still being written", id, n)
			}
		}
	}
}
