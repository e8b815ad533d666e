package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
	"inkling/ui/pane"
)

// gated is a model that writes text byte by byte, each when the test lets it: a value in the channel is a byte.
func gated(text string) (*engine.Model, chan<- struct{}) {
	gate := make(chan struct{})
	reply := enginetest.Replies(func(string) string { return text })
	return enginetest.New(512, enginetest.Gate(reply, gate)), gate
}

func let(gate chan<- struct{}, n int) {
	for range n {
		gate <- struct{}{}
	}
}

func (u *user) path() []*chat.Turn { return u.conv().Path() }

func (u *user) leaf() *chat.Turn { return u.conv().Leaf() }

func TestReplyStreamsIn(t *testing.T) {
	model, gate := gated("one two three")
	u := newUserOf(t, 80, 24, model)
	u.types("hello")
	u.press("enter")
	u.shows("▌ hello")
	let(gate, 1+4) // the prompt, and " one"
	u.shows("one")
	u.hides("two")
	u.hides("tokens ·")
	go let(gate, 10)
	u.idle()
	u.shows("one two three")
	u.shows("14 tokens")
	if got := u.leaf(); got.State != chat.Done || got.Text != "one two three" || got.Reply.StopReason != "end_of_text" {
		t.Errorf("%+v", got)
	}
}

func TestStopKeepsThePartialReply(t *testing.T) {
	for _, key := range []string{"esc", "ctrl+c"} {
		model, gate := gated("one two three")
		u := newUserOf(t, 80, 24, model)
		u.types("hello")
		u.press("enter")
		let(gate, 1+4)
		u.shows("one")
		u.press(key)
		go let(gate, 1) // the token that is being computed
		u.idle()
		got := u.leaf()
		if got.State != chat.Stopped || !strings.HasPrefix(got.Text, "one") || got.Text == "one two three" || u.quit {
			t.Errorf("%s: %+v", key, got)
		}
		u.shows("stopped")
		saved, err := u.store.Load(context.Background(), u.conv().ID)
		if err != nil || saved.Leaf().Text != got.Text || saved.Leaf().State != chat.Stopped {
			t.Errorf("%s: in the store: %+v, %v", key, saved, err)
		}
	}
}

func TestTemperatureTurnsWhileTheReplyIsWritten(t *testing.T) {
	model, gate := gated("one two three")
	u := newUserOf(t, 80, 24, model)
	u.types("hello")
	u.press("enter")
	let(gate, 1+4)
	u.shows("one")
	u.press("ctrl+up", "alt+up", "ctrl+up", "ctrl+down")
	u.shows("T 0.90")
	go let(gate, 10)
	u.idle()
	var made sample.Params
	if err := json.Unmarshal(u.leaf().Reply.Params, &made); err != nil || made.Temperature != 0.9 {
		t.Errorf("the last token was drawn at %v, want 0.9 (%v)", made.Temperature, err)
	}
	for range 30 {
		u.press("ctrl+down")
	}
	u.shows("T 0.00")
	for range 60 {
		u.press("ctrl+up")
	}
	u.shows("T 2.00")
}

func TestVersions(t *testing.T) {
	n := 0
	u := newUser(t, 80, 24, func(string) string { n++; return strings.Repeat("again ", n%3) + "end" })
	u.press("ctrl+r")
	u.shows("no reply to retry")
	u.says("hello")
	first := u.leaf().ID
	u.press("ctrl+r")
	u.idle()
	u.shows("version 2 of 2")
	u.press("left")
	u.shows("version 1 of 2")
	if u.leaf().ID != first {
		t.Errorf("turn %d is shown, want %d", u.leaf().ID, first)
	}
	u.press("left")
	u.shows("this is version 1 of 2")
	u.press("right")
	u.shows("version 2 of 2")
	if n := len(u.conv().Turns()); n != 3 {
		t.Errorf("%d turns in the tree, want 3", n)
	}
}

func TestEnterOnAnEmptyLineGoesOn(t *testing.T) {
	u := newUser(t, 80, 24, func(string) string { return "one two three" }, func(o *session.Options) { o.Settings.MaxTokens = 4 })
	u.press("enter")
	u.shows("write something first")
	u.says("hello")
	if got := u.leaf().Text; got != "one" {
		t.Fatalf("%q", got)
	}
	u.shows("Enter continues")
	u.press("enter")
	u.idle()
	if got := u.leaf().Text; got != "one two" {
		t.Errorf("went on to %q", got)
	}
	u.shows("version 2 of 2")
	u.types("/continue")
	u.press("enter")
	u.idle()
	if got := u.leaf().Text; got != "one two thr" {
		t.Errorf("went on to %q", got)
	}
}

func TestUndoBringsTheMessageBack(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("first")
	u.says("secnod")
	u.types("/undo")
	u.press("enter")
	if got := u.p.composer.text(); got != "secnod" || len(u.path()) != 2 {
		t.Fatalf("input %q, %d turns on the path", got, len(u.path()))
	}
	for range "secnod" {
		u.press("backspace")
	}
	u.says("second")
	u.shows("version 2 of 2")
	u.press("left")
	u.shows("secnod")
}

func TestHistory(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("first")
	u.says("second")
	u.types("dra")
	u.press("up")
	u.press("up")
	if got := u.p.composer.text(); got != "first" {
		t.Errorf("two up: %q", got)
	}
	u.press("up", "down", "down")
	if got := u.p.composer.text(); got != "dra" {
		t.Errorf("back down: %q", got)
	}
}

func TestQuitting(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	quit := func() bool {
		select {
		case msg := <-u.msgs:
			u.send(msg)
		default:
		}
		return u.quit
	}
	u.types("draft")
	u.press("ctrl+c")
	if !u.p.composer.empty() || u.quit {
		t.Fatal("Ctrl+C on a draft should clear it")
	}
	u.press("ctrl+c")
	u.shows("press Ctrl+C again to quit")
	u.types("x")
	u.press("backspace", "ctrl+c")
	if u.p.ending.asked != true || quit() {
		t.Fatal("a key between two Ctrl+C should start over")
	}
	u.press("ctrl+c")
	u.until("Ctrl+C twice quits", quit)

	u = newUser(t, 80, 24, echo)
	u.press("ctrl+d")
	u.until("Ctrl+D quits", func() bool {
		select {
		case msg := <-u.msgs:
			u.send(msg)
		default:
		}
		return u.quit
	})
}

func TestScrollingUpIsLeftAlone(t *testing.T) {
	model, gate := gated(strings.Repeat("line\n\n", 40) + "the end")
	u := newUserOf(t, 60, 16, model, func(o *session.Options) { o.Settings.MaxTokens = 0 })
	u.types("hello")
	u.press("enter")
	go let(gate, 1+100)
	u.until("some lines are there", func() bool { return strings.Count(u.leaf().Text, "line") > 12 })
	u.press("pgup")
	top := strings.Split(u.screen(), "\n")[0]
	shown := u.screen()[:strings.LastIndex(u.screen(), "──")]
	go let(gate, 1000)
	u.idle()
	if now := strings.Split(u.screen(), "\n")[0]; now != top {
		t.Errorf("the view was pulled away:\n%s\nbefore:\n%s", u.screen(), shown)
	}
	u.shows("more below")
	u.hides("the end")
	u.press("ctrl+end")
	u.shows("the end")
	u.press("ctrl+home")
	u.shows("▌ hello")
	u.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	u.hides("▌ hello")
	for range 100 {
		u.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	}
	u.shows("the end")
	u.hides("more below")
}

func TestChats(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("about foxes")
	u.press("ctrl+n")
	u.says("about rain")
	u.press("ctrl+s")
	u.shows("Chats (2)")
	u.types("fox")
	u.hides("about rain")
	u.press("enter")
	u.shows("You said: about foxes.")
	u.hides("about rain")

	u.press("ctrl+s")
	u.shows("Chats (2)")
	u.types("rain")
	u.press("ctrl+r")
	u.shows("New title")
	u.types("y days")
	u.press("enter")
	u.shows("about rainy days")
	u.press("ctrl+x")
	u.shows("delete “about rainy days” permanently?")
	u.press("n")
	u.shows("about rainy days")
	u.press("ctrl+x", "y")
	u.shows("Chats (0)") // under the filter
	u.press("ctrl+d")    // is no end of the program here
	u.press("ctrl+u")
	u.shows("Chats (1)")
	u.press("esc")
	u.shows("You said: about foxes.")
	list, err := u.store.Sessions(context.Background())
	if err != nil || len(list) != 1 || list[0].Title != "about foxes" {
		t.Errorf("in the store: %+v, %v", list, err)
	}
}

func TestCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	u := newUser(t, 100, 30, echo, func(o *session.Options) {
		open := o.Open
		o.Open = func(name string) (engine.Engine, error) {
			if name == "no/such" {
				return nil, errors.New("model no/such: no such folder")
			}
			return open(name)
		}
	})
	do := func(line, want string) {
		t.Helper()
		u.types(line)
		u.press("enter")
		u.shows(want)
	}
	do("/temp 1.25", "temperature is now 1.25")
	do("/TEMP 9000", "temperature: found")
	do("/set top-k 7", "top_k is now 7")
	do("/set temprature 1", "did you mean temperature?")
	do("/set min_p 1.5", "min_p: found")
	do("/set pace 0.001", `pace: found "0.001", expected 0, or a number from 0.01 to 1000000`)
	do("/set threads 3", "threads is read at the start; give it as --threads or in the config file")
	do("/set mode story", "use /mode")
	do("/set stop [\"END\"]", "stop is now")
	do("/seed 7", "seed is now 7")
	do("/seed random", "seed is now \"random\"")
	do("/undo", "nothing to undo")
	do("/system Be kind.", "system prompt is now: Be kind.")
	do("/system off", "system prompt removed")
	do("/mode poem", "unknown mode poem")
	do("/model no/such", "no such folder")
	do("/setx 1", "unknown command /setx; did you mean /set?")
	do("/hlep", "did you mean /help?")
	do("/save", "nothing to save yet")
	do("/copy", "no reply to copy yet")
	u.says("hello there")
	do("/copy", "copied the last reply to the clipboard")
	do("/copy all", "copied the chat to the clipboard")
	do("/copy both", "usage: /copy [all]")
	do("/quit now", "/quit takes no argument")
	do("/save", "hello-there.md")
	do("/save chat.json", "chat.json")
	do("/save chat.json", "already exists")
	do("/save chat.pdf", "pdf")
	do("/show", "Settings")
	u.press("esc")
	do("/help", "Keys and commands")
	u.press("esc")
	do("/new", "You are talking to")
	data, err := os.ReadFile("hello-there.md")
	if err != nil || !strings.Contains(string(data), "You said: hello there.") {
		t.Errorf("%q, %v", data, err)
	}
	var archive map[string]any
	if data, err = os.ReadFile("chat.json"); err != nil || json.Unmarshal(data, &archive) != nil {
		t.Errorf("%q, %v", data, err)
	}
	// A path, or a slash after a blank, is a message.
	u.says("/usr/bin/go is a path")
	u.shows("You said: /usr/bin/go is a path.")
	u.says(" /help me")
	u.shows("You said: /help me.")
}

func TestCompletion(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.types("/te")
	u.shows("/temp [number]")
	u.press("tab")
	if got := u.p.composer.text(); got != "/temp " {
		t.Errorf("%q", got)
	}
	u.press("ctrl+u")
	u.types("/set rep")
	u.shows("repetition_penalty")
	u.press("down", "enter")
	if got := u.p.composer.text(); got != "/set repetition_penalty " {
		t.Errorf("%q", got)
	}
	u.press("ctrl+u")
	u.types("/mode ")
	u.press("down", "down", "enter", "enter")
	u.shows("mode is now story")
}

func TestStoryModeHasNoRoles(t *testing.T) {
	prompts := make(chan string, 1)
	model := enginetest.New(512, func(ids []int, logits []float32) {
		select {
		case prompts <- string(enginetest.Bytes(ids)):
		default:
		}
		next := enginetest.EndOfText
		if n := len(ids) - len("Once upon a time"); n >= 0 && n < len(" there was") {
			next = int(" there was"[n])
		}
		logits[next] = 50
	})
	u := newUserOf(t, 80, 24, model)
	u.types("/mode story")
	u.press("enter", "esc") // to the input
	u.says("Once upon a time")
	if got := <-prompts; got != "Once upon a time" {
		t.Errorf("the model saw %q", got)
	}
	if got := u.leaf().Text; got != " there was" {
		t.Errorf("the reply is %q", got)
	}
	u.shows("  Once upon a time there was\n")
}

// Up brings back what was sent in other chats and by earlier programs, messages and commands, each once.
func TestHistoryOutlivesTheProgram(t *testing.T) {
	store := chat.NewVolatile()
	shared := func(o *session.Options) { o.Store = store }
	first := newUser(t, 80, 24, echo, shared)
	first.says("one")
	first.says("/temp 0.5")
	first.says("two")
	first.press("ctrl+n")
	first.says("one")
	first.flush()

	second := newUser(t, 80, 24, echo, shared)
	second.until("the history is there", func() bool { return len(second.p.composer.sent) == 3 })
	second.types("draft")
	for _, want := range []string{"one", "two", "/temp 0.5", "/temp 0.5"} {
		second.press("up")
		if got := second.p.composer.text(); got != want {
			t.Errorf("up brings %q, want %q", got, want)
		}
	}
	second.press("down", "down", "down")
	if got := second.p.composer.text(); got != "draft" {
		t.Errorf("down brings %q", got)
	}
}

// A message that is sent during a reply waits for its end; Esc takes it back, and the next Esc stops the reply.
func TestMessagesQueue(t *testing.T) {
	store := chat.NewVolatile()
	model, gate := gated("one two three")
	u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Store = store })
	u.types("hello")
	u.press("enter")
	let(gate, 1+4)
	u.shows("one")
	for _, text := range []string{"second", "third", "fourth", "fifth"} {
		u.types(text)
		u.press("enter")
	}
	u.shows("1 more, queued: third\nqueued: fourth\nqueued: fifth\n")
	u.shows("Esc takes the queued message back")
	u.types("typed")
	u.press("esc")
	u.hides("queued: fifth")
	if got := u.p.composer.text(); got != "fifth\ntyped" || !u.p.session.Reply.Writing() {
		t.Errorf("Esc puts %q into the input", got)
	}
	u.press("esc", "esc", "esc")
	if got := u.p.composer.text(); got != "second\nthird\nfourth\nfifth\ntyped" || len(u.p.session.Chat.Queued()) != 0 {
		t.Errorf("Esc puts %q into the input", got)
	}
	for range u.p.composer.text() {
		u.press("backspace")
	}
	u.types("again")
	u.press("enter")
	u.shows("queued: again")
	u.flush()
	id := u.conv().ID
	if saved, err := store.Load(t.Context(), id); err != nil || saved.Draft != "again" {
		t.Errorf("the store has the draft %q, %v", saved.Draft, err)
	}
	go let(gate, 10+1+14)
	u.until("the queued message has its reply", func() bool {
		return len(u.path()) == 4 && u.leaf().Role == chat.Assistant && !u.p.session.Reply.Writing()
	})
	u.hides("queued")
	if path := u.path(); path[1].Text != "one two three" || path[2].Text != "again" || path[3].Text != "one two three" || u.conv().Draft != "" {
		t.Errorf("%+v, draft %q", path, u.conv().Draft)
	}
}

// What is queued when the chat is left is the draft of that chat.
func TestAQueuedMessageIsNotLost(t *testing.T) {
	model, gate := gated("one two three")
	u := newUserOf(t, 80, 24, model)
	u.types("hello")
	u.press("enter")
	let(gate, 1+4)
	u.shows("one")
	u.types("second")
	u.press("enter")
	u.shows("queued: second")
	u.press("ctrl+n")
	go let(gate, 1)
	u.shows("You are talking to")
	u.press("ctrl+s")
	u.shows("Chats (1)")
	u.press("enter")
	u.shows("❯ second")
}

// A model that was trained on transcripts begins one when its story is at an end: that is no part of the story. In a chat the
// story begins without the blank that it goes on with.
func TestRoleNamesEndAStory(t *testing.T) {
	model := enginetest.NewWith(512, func(ids []int, logits []float32) {
		const story = " there was a fox.\nUser: Who?\nAssistant: A fox."
		next := enginetest.EndOfText
		if n := len(ids) - len("Once"); n >= 0 && n < len(story) {
			next = int(story[n])
		}
		logits[next] = 50
	}, engine.Info{PromptFormat: "transcript"})
	u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Settings.Mode = "story" })
	u.press("esc") // from the page to the input
	u.says("Once")
	if got := u.leaf(); got.Text != " there was a fox." || got.Reply.StopReason != "stop_string" {
		t.Errorf("%q, ended by %s", got.Text, got.Reply.StopReason)
	}
	u.says("/mode chat")
	u.shows("\n  there was a fox.\n")
}

func TestTheCutOfAStoryIsShown(t *testing.T) {
	model := enginetest.New(128, func(ids []int, logits []float32) {
		next := enginetest.EndOfText
		if len(ids)%10 != 0 {
			next = 'x'
		}
		logits[next] = 50
	})
	u := newUserOf(t, 60, 20, model, func(o *session.Options) { o.Settings.Mode = "story" })
	u.press("esc") // from the page to the input
	for range 6 {
		u.says("Here is some more of the story.")
	}
	u.shows("context starts here")
	lines := strings.Split(u.screen(), "\n")
	for i, l := range lines {
		if strings.Contains(l, "context starts here") && (i == 0 || !strings.Contains(lines[i-1], "story")) {
			t.Errorf("no text before the line:\n%s", u.screen())
		}
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// Nothing that a model, a file or the store says may steer the terminal.
func TestHostileText(t *testing.T) {
	const attack = "a\x1b]0;owned\x07b\x1b[2Jc\u009b31md\x1bP+q\x1b\\e\rf\x08g\x7fh\u202ei\x1b]52;c;AAAA\x1b\\j"
	u := newUser(t, 80, 24, func(string) string { return attack })
	clean := func(what string) {
		t.Helper()
		for _, s := range []string{u.view(), u.p.View().WindowTitle} {
			for _, r := range colours.ReplaceAllString(s, "") {
				if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e) {
					t.Fatalf("%s: %q reaches the terminal in %q", what, r, s)
				}
			}
		}
	}
	u.send(tea.PasteMsg{Content: attack})
	clean("pasted")
	u.press("enter")
	u.idle()
	clean("reply")
	u.conv().Title = attack
	u.p.session.Chat.SaveDraft()
	clean("title")
	u.press("ctrl+s")
	u.shows("Chats (1)")
	clean("list of chats")
	u.press("ctrl+r")
	clean("renaming")
	u.press("esc", "ctrl+x")
	clean("question")
	u.press("n", "enter")
	u.until("loaded", func() bool { return u.p.dock.Dialogs.Top() == nil && len(u.path()) == 2 })
	clean("loaded")
	u.types("/system ")
	u.send(tea.PasteMsg{Content: attack})
	u.press("enter")
	clean("system prompt")
	u.types("/show")
	u.press("enter")
	clean("settings")
	u.press("esc")
	u.p.notice = notice{attack, true, false}
	clean("notice")
}

func TestTheCutIsShown(t *testing.T) {
	u := newUserOf(t, 80, 40, enginetest.New(256, enginetest.Replies(echo)))
	for range 8 {
		u.says("a message of some length")
	}
	u.shows("context starts here")
	if seen := u.p.session.Context(); seen.First == 0 || seen.Dropped == 0 {
		t.Errorf("%+v", seen)
	}
}

// brokenStore fails like a full disk until there is room.
type brokenStore struct {
	chat.Store
	room *atomic.Bool
}

var errFull = errors.New("the disk is full")

func (s brokenStore) SaveSession(ctx context.Context, h chat.Header) error {
	if !s.room.Load() {
		return errFull
	}
	return s.Store.SaveSession(ctx, h)
}

func (s brokenStore) SaveTurn(ctx context.Context, session string, t chat.Turn) error {
	if !s.room.Load() {
		return errFull
	}
	return s.Store.SaveTurn(ctx, session, t)
}

func TestUnsavedChatsGoOnAndSaySo(t *testing.T) {
	var room atomic.Bool
	u := newUser(t, 80, 24, echo, func(o *session.Options) { o.Store = brokenStore{chat.NewVolatile(), &room} })
	u.says("hello")
	u.shows("You said: hello.")
	u.shows("this chat is not saved: ")
	u.shows("the disk is full")
	u.shows("· unsaved ·")
	u.says("still there?")
	u.shows("You said: still there?.")
	room.Store(true)
	u.says("and now?")
	u.shows("this chat is saved again")
	u.hides("unsaved")
	saved, err := u.store.Load(context.Background(), u.conv().ID)
	if err != nil || len(saved.Path()) != 6 || saved.Leaf().Text != "You said: and now?." {
		t.Errorf("%+v, %v", saved, err)
	}

	u = newUser(t, 80, 24, echo, func(o *session.Options) { o.Unsaved = "chats.db was written by a newer inkling" })
	u.shows("this chat is not saved: chats.db was written by a newer inkling")
}

func TestResumeAndAsk(t *testing.T) {
	store := chat.NewVolatile()
	u := newUser(t, 80, 24, echo, func(o *session.Options) { o.Store, o.Ask = store, "two words" })
	u.shows("You said: two words.")
	u.idle()
	u.types("half a thou")
	u.p.session.Chat.SaveDraft()
	u.flush()
	id, err := store.Last(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	u = newUser(t, 80, 24, echo, func(o *session.Options) { o.Store, o.Resume = store, id })
	u.shows("You said: two words.")
	u.shows("❯ half a thou")
}

func TestModels(t *testing.T) {
	opened := []string{}
	u := newUser(t, 80, 24, echo, func(o *session.Options) {
		open := o.Open
		o.Open = func(name string) (engine.Engine, error) {
			opened = append(opened, name)
			switch name {
			case "missing":
				return nil, errors.New(`model "missing": no such folder`)
			case engine.Starter:
				return open(name)
			}
			return enginetest.New(512, enginetest.Replies(echo)), nil
		}
	})
	u.types("/model missing")
	u.press("enter")
	u.shows(`model "missing": no such folder`)
	u.types("/model " + filepath.Join("some", "folder"))
	u.press("enter")
	u.shows("now using")
	u.says("hello")
	u.shows("You said: hello.")
	if len(opened) != 3 {
		t.Errorf("opened %q", opened)
	}
}

func TestModelThatCannotBeOpenedEndsTheProgram(t *testing.T) {
	u := &user{t: t, msgs: make(chan tea.Msg, 10)}
	u.p = newProgram(context.Background(), session.Options{Settings: &config.Config{},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) { return nil, errFull }}, Store: chat.NewVolatile()}, Custom{})
	defer u.p.session.Close()
	u.run(u.p.Init())
	u.until("the program quits", func() bool {
		select {
		case msg := <-u.msgs:
			u.send(msg)
		default:
		}
		return u.quit
	})
	if !errors.Is(u.p.ending.err, errFull) {
		t.Errorf("%v", u.p.ending.err)
	}
}

// Every size from very small to large must hold a frame; user.check looks at each.
func TestEverySize(t *testing.T) {
	u := newUser(t, 80, 24, poem, pulling(strings.Repeat("模型", 50)), func(o *session.Options) {
		o.Models = func() ([]session.Choice, error) {
			return []session.Choice{{Name: strings.Repeat("模型", 50), Size: 5}}, nil
		}
	})
	u.says("你好，世界 " + strings.Repeat("wide 世界 ", 30))
	u.types("/show")
	u.press("enter")
	settings := u.p.dock.Dialogs.Top()
	u.press("esc")
	u.types("/model")
	u.press("enter")
	u.shows("Models")
	models := u.p.dock.Dialogs.Top()
	u.press("esc")
	for _, from := range []int{1, 8} {
		for width := from; width <= 200; width += 14 {
			for height := 1; height <= 60; height += 5 {
				u.send(tea.WindowSizeMsg{Width: width, Height: height})
				for _, panel := range []func(){
					func() {},
					func() { u.types("/s") },
					func() { u.p.show(session.Help{}) },
					func() { u.p.dock.Dialogs.Show(settings) },
					func() { u.p.show(session.Chats{All: []chat.Summary{{Title: strings.Repeat("title ", 50)}}}) },
					func() { u.p.dock.Dialogs.Show(models) },
				} {
					panel()
					u.check()
					u.p.dock.Dialogs = pane.Stack{}
					u.p.composer.clear()
					u.p.suggest = suggestions{}
				}
			}
		}
		u.pulls(strings.Repeat("模型", 50)) // the other half is beside a download
	}
}

// A reply that was stopped inside a rune goes on with the whole rune.
func TestGoingOnInsideARune(t *testing.T) {
	u := newUser(t, 80, 24, func(string) string { return "a€b" }, func(o *session.Options) { o.Settings.MaxTokens = 3 })
	u.says("hello")
	if got := u.leaf().Text; got != "a\ufffd" {
		t.Fatalf("cut inside the rune: %q", got)
	}
	u.press("enter")
	u.idle()
	if got := u.leaf().Text; got != "a€" {
		t.Errorf("went on to %q", got)
	}
	u.press("enter")
	u.idle()
	if got := u.leaf().Text; got != "a€b" {
		t.Errorf("went on to %q", got)
	}
}

func TestTwoProgramsInOneChat(t *testing.T) {
	store := chat.NewVolatile()
	shared := func(o *session.Options) { o.Store = store }
	first := newUser(t, 80, 24, echo, shared)
	first.says("hello")
	id := first.conv().ID
	second := newUser(t, 80, 24, echo, shared, func(o *session.Options) { o.Resume = id })
	second.shows("You said: hello.")
	first.says("mine")
	second.says("yours")
	second.shows("continuing in a copy")
	second.hides("unsaved")
	second.flush()
	for user, want := range map[*user]string{first: "You said: mine.", second: "You said: yours."} {
		saved, err := store.Load(context.Background(), user.conv().ID)
		if err != nil || saved.Leaf().Text != want || len(saved.Path()) != 4 {
			t.Errorf("%q: %+v, %v", want, saved, err)
		}
	}

	// The other program deletes the chat: it is written again.
	if err := store.Delete(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	first.says("still here")
	first.hides("unsaved")
	first.flush()
	saved, err := store.Load(context.Background(), id)
	if err != nil || len(saved.Path()) != 6 {
		t.Errorf("%+v, %v", saved, err)
	}
}

// A message too long for the rule is shown whole.
func TestLongNoticesAreShownWhole(t *testing.T) {
	u := newUser(t, 60, 20, echo)
	u.p.notice.text = "this chat is not saved: " + strings.Repeat("word ", 20) + "the end of it"
	u.shows("the end of it")
}

func TestALongPasteStaysAMark(t *testing.T) {
	long := strings.Repeat("a line of text\n", 400)
	u := newUser(t, 80, 24, func(q string) string { return fmt.Sprint(len(q), " bytes") }, func(o *session.Options) { o.Settings.MaxTokens = 0 })
	u.types("before ")
	u.send(tea.PasteMsg{Content: long})
	u.types(" after")
	u.shows("before [text 1: 6000 characters] after")
	u.press("enter")
	u.idle()
	if got, want := u.path()[0].Text, "before "+long+" after"; got != want {
		t.Errorf("sent %d bytes, want %d", len(got), len(want))
	}
}

func TestTypingLeavesTheHistory(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("first")
	u.says("second")
	u.press("up", "up", "ctrl+u")
	u.types("draft")
	u.press("up", "down")
	if got := u.p.composer.text(); got != "draft" {
		t.Errorf("the draft became %q", got)
	}
}

func TestSeedInTheStatusLine(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("hello")
	u.types("/seed 7")
	u.press("enter")
	u.shows("seed 7 fixed")
}

func TestSettingsWhileAStoryIsWritten(t *testing.T) {
	gate := make(chan struct{})
	model := enginetest.New(128, enginetest.Gate(func(_ []int, logits []float32) { logits['x'] = 50 }, gate))
	u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Settings.Mode, o.Settings.MaxTokens = "story", 8 })
	u.press("esc") // from the page to the input
	u.types("Once")
	u.press("enter")
	let(gate, 1+2)
	u.shows("Oncex")
	u.types("/temp 0.5")
	u.press("enter")
	let(gate, 4)
	u.shows("Oncexxxx")
	go let(gate, 10)
	u.idle()
	u.shows("Oncexxxxxxxx")
}

func TestDraftsSurviveTheListOfChats(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.types("before the first turn")
	u.press("ctrl+n", "up")
	if got := u.p.composer.text(); got != "before the first turn" {
		t.Errorf("up brings %q", got)
	}
	u.press("ctrl+u")
	u.says("hello")
	u.types("half a thought")
	u.press("ctrl+s")
	u.shows("Chats (1)")
	u.press("enter")
	u.shows("❯ half a thought")
}

func TestAShorterVersionIsNotBlank(t *testing.T) {
	long := true
	u := newUser(t, 80, 24, func(string) string {
		if long {
			return strings.Repeat("line\n\n", 30)
		}
		return "short"
	}, func(o *session.Options) { o.Settings.MaxTokens = 0 })
	u.says("hello")
	long = false
	u.press("ctrl+r")
	u.idle()
	u.press("left", "pgup", "pgup", "right")
	u.shows("short")
}

// Whatever is asked for while a reply is written stops it, and nothing in between is written to its end.
func TestSeveralWishesInMidReply(t *testing.T) {
	// Long enough that a stop comes well before the end.
	model, gate := gated("one " + strings.Repeat("two ", 100))
	u := newUserOf(t, 80, 24, model, func(o *session.Options) { o.Settings.MaxTokens = 0 })
	u.types("hello")
	u.press("enter")
	let(gate, 1+4)
	u.shows("one")
	u.press("ctrl+r", "ctrl+r", "ctrl+n")
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case gate <- struct{}{}:
			case <-done:
				return
			}
		}
	}()
	old := u.conv()
	u.shows("You are talking to")
	for _, turn := range old.Turns() {
		if turn.Role == chat.Assistant && turn.State != chat.Stopped {
			t.Errorf("turn %d: %s, %q", turn.ID, turn.State, turn.Text)
		}
	}
}

// What is told while the chat is busy is not told any longer.
func TestPassingNotices(t *testing.T) {
	gate := make(chan struct{})
	u := newUserOf(t, 80, 24, enginetest.New(512, enginetest.Gate(enginetest.Replies(echo), gate)))
	u.types("hello")
	u.press("enter")
	u.until("it is written", func() bool { return u.p.session.Reply.Writing() })
	u.press("left")
	u.shows("still writing; press Esc to stop")
	close(gate)
	u.settle()
	u.hides("still writing")
}

// Lines that tell something end at words, whatever the width.
func TestNothingIsCutInAWord(t *testing.T) {
	u := newUserOf(t, 44, 60, enginetest.New(256, enginetest.Replies(echo)))
	for range 8 {
		u.says("a message of some length")
	}
	u.until("the cut is shown", func() bool { return strings.Contains(strings.Join(strings.Fields(u.screen()), " "), "left out") })
	for l := range strings.SplitSeq(u.screen(), "\n") {
		if strings.HasSuffix(l, "…") {
			t.Errorf("%q is cut", l)
		}
	}
}

// A draft may hold what nobody sees: it is shown by its number, and kept as it is.
func TestDraftsShowWhatTheyHold(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.p.show(session.Draft{Words: "pay\u202e100\u2066"})
	u.shows("❯ pay<U+202E>100<U+2066>")
	if got := u.p.composer.text(); got != "pay\u202e100\u2066" {
		t.Errorf("%q", got)
	}
}
