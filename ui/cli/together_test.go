//go:build linux || darwin

package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"inkling/chat"
	"inkling/chat/store"
	"inkling/ui/cli/ptytest"
)

// rounds is how often a test of chance is repeated.
func rounds() int {
	if os.Getenv("INKLING_LONG") == "1" {
		return 100
	}
	return 3
}

// togetherRounds is how often so many programs are run at once: of three rounds, two are of two programs and one is of three.
func togetherRounds(programs int) int {
	if os.Getenv("INKLING_LONG") == "1" {
		return rounds()
	}
	return 4 - programs
}

// ends are the ways in which a program ends. Those that are told to end write down what there is of a reply.
var ends = map[string]struct {
	do     func(p *ptytest.Program)
	status int
	told   bool
}{
	"kill -9": {func(p *ptytest.Program) { p.Signal(syscall.SIGKILL) }, 137, false},
	"SIGTERM": {func(p *ptytest.Program) { p.Signal(syscall.SIGTERM) }, 143, true},
	"Ctrl+D":  {func(p *ptytest.Program) { p.Type("\x04") }, 0, true},
}

// sharedChat is a store with one chat, and its folder.
func sharedChat(t *testing.T) (folder string, s *store.DB, c *chat.Conversation) {
	t.Helper()
	folder = t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(folder, "chats.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c = chat.New(time.Now())
	c.Add(0, chat.User, "the first message", time.Now())
	c.Add(1, chat.Assistant, "the first answer", time.Now()).State = chat.Done
	j := chat.NewJournal(s)
	j.SaveAll(c)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, s, c
}

// goOn starts a program that goes on with the last chat and writes slowly.
func goOn(t *testing.T, folder string) *ptytest.Program {
	t.Helper()
	return ptytest.Start(t, ptytest.Options{
		Args: []string{"--continue", "--pace", "20", "--max-tokens", "0", "--data-dir", folder},
	})
}

// send types a message or a command and sends it, as a person does: not in one burst, which would be a paste.
func send(p *ptytest.Program, text string) {
	p.Type(text)
	p.Shows("❯ " + text)
	time.Sleep(50 * time.Millisecond)
	p.Type("\r")
}

// replied waits until the first word of the reply to a message is on the screen.
func replied(p *ptytest.Program, message string) ptytest.Screen {
	return p.Until("the reply to "+message+" begins", func(s ptytest.Screen) bool {
		at := s.Line("▌ " + message)
		if at < 0 || !s.Shows("❯ Write a message") { // it is in the input still
			return false
		}
		for _, l := range s.Lines[at+1:] {
			if l = strings.TrimSpace(l); l != "" {
				return l != "…" && !strings.HasPrefix(l, "─") && !strings.Contains(l, "another inkling")
			}
		}
		return false
	})
}

// found looks for a message in all chats, and returns the text of the reply to it.
func found(t *testing.T, s *store.DB, message string) (reply string, ok bool) {
	t.Helper()
	list, err := s.Sessions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, summary := range list {
		c, err := s.Load(context.Background(), summary.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, turn := range c.Turns() {
			if path := c.PathTo(turn.Parent); len(path) > 0 && path[len(path)-1].Text == message {
				return turn.Text, true
			}
		}
	}
	return "", false
}

// Several programs go on with one chat at once, and each gets a message: when a reply is to be seen the message is on disk,
// however the programs end.
func TestProgramsInOneChatLoseNothing(t *testing.T) {
	for name, end := range ends {
		for _, programs := range []int{2, 3} {
			if programs > 2 && testing.Short() {
				continue // under the race detector, three programs take both cores for longer than anybody waits
			}
			t.Run(fmt.Sprintf("%s, %d programs", name, programs), func(t *testing.T) {
				t.Parallel()
				for round := range togetherRounds(programs) {
					folder, s, c := sharedChat(t)
					random := rand.New(rand.NewPCG(uint64(programs), uint64(round)))
					running := make([]*ptytest.Program, programs)
					messages := make([]string, programs)
					for i := range running {
						running[i] = goOn(t, folder)
						messages[i] = fmt.Sprintf("message %d", i+1)
					}
					for _, p := range running {
						p.Shows("the first answer")
						p.Hides("opening")
					}
					for i, p := range running {
						p.Type(messages[i])
						p.Shows("❯ " + messages[i])
					}
					for _, p := range running {
						time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond) // people are not that quick
						p.Type("\r")
					}
					copies := 0
					for i, p := range running {
						if replied(p, messages[i]).Shows("continuing in a copy") {
							copies++
						}
						end.do(p)
					}
					if copies != programs-1 {
						t.Errorf("%d of %d programs say that they go on in a copy", copies, programs)
					}
					for _, p := range running {
						if status := p.Ends(); status != end.status {
							t.Errorf("status %d, expected %d:\n%s", status, end.status, p.Screen())
						}
					}
					for i, message := range messages {
						reply, ok := found(t, s, message)
						if !ok || end.told && reply == "" {
							t.Errorf("round %d: %q of program %d is in the store: %t, with the reply %q", round, message, i+1, ok, reply)
						}
					}
					if kept, err := s.Load(context.Background(), c.ID); err != nil || kept.Turns()[0].Text != "the first message" {
						t.Errorf("the chat itself: %+v, %v", kept, err)
					}
				}
			})
		}
	}
}

// Another program deletes the chat while a reply is being written: the person is told, and it is kept.
func TestAChatDeletedInMidReplyIsKept(t *testing.T) {
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds() {
				folder, s, c := sharedChat(t)
				p := goOn(t, folder)
				p.Shows("the first answer")
				p.Hides("opening")
				send(p, "still here")
				replied(p, "still here")
				if err := s.Delete(t.Context(), c.ID); err != nil {
					t.Fatal(err)
				}
				if end.told { // it is found out at the end at the latest
					end.do(p)
				} else {
					p.Shows("this chat was deleted in another window; saved again")
					awaitSaved(t, s, "still here")
					end.do(p)
				}
				if status := p.Ends(); status != end.status {
					t.Errorf("status %d, expected %d", status, end.status)
				}
				if reply, ok := found(t, s, "still here"); !ok || reply == "" {
					t.Errorf("in the store: %t, with the reply %q", ok, reply)
				}
				if _, ok := found(t, s, "the first message"); !ok {
					t.Error("what was said before is gone")
				}
			}
		})
	}
}

// awaitSaved waits until a message and some of the reply to it are in the store.
func awaitSaved(t *testing.T, s *store.DB, message string) {
	t.Helper()
	for range 1000 {
		if reply, ok := found(t, s, message); ok && reply != "" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%q never came to the store", message)
}
