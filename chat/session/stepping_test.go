package session

import (
	"slices"
	"strings"
	"testing"
	"time"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// bench is a session with a loop that a test moves on.
type bench struct {
	*Session
	t    *testing.T
	loop *Loop
}

func benchOf(t *testing.T, store chat.Store, logits enginetest.Logits, change ...func(*Options)) *bench {
	t.Helper()
	settings := config.Defaults()
	settings.Speculation, settings.Temperature, settings.MaxTokens = true, 0, 8
	o := Options{Settings: &config.Config{Settings: settings}, Store: store,
		Sources: Sources{Open: func(string) (engine.Engine, error) { return enginetest.New(512, logits), nil }}}
	for _, c := range change {
		c(&o)
	}
	s, work := New(o)
	b := &bench{s, t, NewLoop(t.Context(), s)}
	t.Cleanup(func() { _ = s.Close() })
	b.loop.Do(work)
	b.until("the model is open", func() bool { return s.Engine.Opening() == "" && s.Engine.model != nil })
	return b
}

// until takes events until something holds.
func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	for patience := time.After(20 * time.Second); !holds(); {
		select {
		case e := <-b.loop.Events():
			b.loop.Take(e)
		case <-patience:
			b.t.Fatalf("never happened: %s; the reply is %q", what, b.text())
		}
	}
}

func (b *bench) text() string {
	if leaf := b.Chat.conv.Leaf(); leaf != nil {
		return leaf.Text
	}
	return ""
}

// waits is until the reply waits, with its candidates known.
func (b *bench) waits(text string) {
	b.t.Helper()
	b.until("the reply waits at "+text, func() bool { return b.Reply.Ready() && b.text() == text })
}

func (b *bench) ends(text string) {
	b.t.Helper()
	b.until("the reply ends", func() bool { return !b.Reply.Writing() })
	if b.text() != text {
		b.t.Fatalf("the reply is %q, expected %q", b.text(), text)
	}
}

// origins says who wrote each token of the last reply, and how many were told of.
func (b *bench) origins() string {
	b.t.Helper()
	leaf := b.Chat.conv.Leaf()
	b.loop.Do(b.Traces.Read(leaf))
	b.until("the trace is read", func() bool { return b.Traces.Of(leaf) != nil })
	var s strings.Builder
	for i, token := range b.Traces.Of(leaf).Tokens {
		s.WriteByte("mpug"[token.Origin])
		if len(token.Alternatives) != alternatives || token.Rank < 1 {
			b.t.Errorf("token %d: %+v", i, token)
		}
	}
	return s.String()
}

// One does as a person who chooses: steps, takes a candidate, goes back, writes words, runs on. Drafts, a pace and stop strings that hold
// text back do not matter.
func TestChoosing(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"plain":  func(*Options) {},
		"drafts": func(o *Options) { o.Settings.Speculation = true },
		"pace":   func(o *Options) { o.Settings.Pace = 200 },
	} {
		t.Run(name, func(t *testing.T) {
			b := benchOf(t, chat.NewVolatile(), enginetest.Alphabet, change)
			b.Chat.add("hello")
			b.loop.Do(b.Reply.Step(2))
			b.waits("ab")
			b.loop.Do(b.Reply.Pick(2)) // e
			b.waits("abe")
			b.loop.Do(b.Reply.Pick(0))
			b.loop.Do(b.Reply.Pick(0)) // of what comes after it
			b.waits("abefg")
			b.loop.Do(b.Reply.Back(1))
			b.waits("abef")
			b.loop.Do(b.Reply.Write("xy"))
			b.waits("abef xy")
			b.loop.Do(b.Reply.Back(3))
			b.waits("abef")
			b.loop.Do(b.Reply.Write(".k"))
			b.waits("abef.k")
			b.loop.Do(b.Reply.Pause())
			b.ends("abef.klm")
			if got := b.origins(); got != "mmppuumm" {
				t.Errorf("written by %s", got)
			}
		})
	}
}

// A stop string that may begin holds text back; going back brings none of it out twice.
func TestChoosingWhileTextIsHeld(t *testing.T) {
	b := benchOf(t, chat.NewVolatile(), enginetest.Alphabet, func(o *Options) { o.Settings.Stop = []string{"cdx"} })
	b.Chat.add("hello")
	b.loop.Do(b.Reply.Step(4))
	b.waits("ab")
	b.loop.Do(b.Reply.Back(1))
	b.loop.Do(b.Reply.Pick(2))
	b.waits("abcf")
	b.loop.Do(b.Reply.Pause())
	b.ends("abcfghij")
}

// Choosing at an earlier token begins a version; the old one stays. So it is after a restart too, where traces are read from the store.
func TestChoosingEarlier(t *testing.T) {
	store := chat.NewVolatile()
	b := benchOf(t, store, enginetest.Alphabet)
	b.loop.Do(b.Reply.Send("hello"))
	b.ends("abcdefgh")
	id := b.Chat.conv.ID
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = benchOf(t, store, enginetest.Alphabet, func(o *Options) { o.Resume = id })
	old := b.Chat.conv.Leaf()
	if b.origins() != "mmmmmmmm" {
		t.Error("the trace of the old reply is not there")
	}
	trace := b.Traces.Of(old)
	if !slices.Equal(trace.Ends, []int{1, 2, 3, 4, 5, 6, 7, 8}) || trace.Alternative(trace.Tokens[3].Alternatives[1]) != "e" {
		t.Fatalf("%+v", trace)
	}
	b.loop.Do(b.Reply.Replace(old, 3, 1))
	b.ends("abcefghijkl")
	if got := b.origins(); got != "mmmpmmmmmmm" {
		t.Errorf("written by %s", got)
	}
	b.loop.Do(b.Reply.rewrite(old, 2, "!"))
	b.until("a third version", func() bool { return !b.Reply.Writing() && strings.HasPrefix(b.text(), "ab!") })
	if ids, _ := b.Chat.conv.Siblings(old.ID); len(ids) != 3 || old.Text != "abcdefgh" {
		t.Errorf("versions %v, the first is %q", ids, old.Text)
	}
}

// The footer tells of the dial that was turned, and the record from which token on.
func TestARecordOfTurnedDials(t *testing.T) {
	b := benchOf(t, chat.NewVolatile(), enginetest.Alphabet)
	b.Chat.add("hello")
	b.loop.Do(b.Reply.Step(3))
	b.waits("abc")
	b.setValue("top_k", "7")
	b.loop.Do(b.Reply.Pause())
	b.until("the end", func() bool { return !b.Reply.Writing() })
	leaf := b.Chat.conv.Leaf()
	if c := leaf.Reply.Changes; len(c) != 2 || c[1].At != 3 || string(c[1].Params) != `{"top_k":7}` {
		t.Errorf("changes %+v", c)
	}
	if footer := b.Chat.Footer(leaf, true); !strings.Contains(footer, "1 dial change") || !strings.Contains(footer, "perplexity") {
		t.Error(footer)
	}
}
