package session

import (
	"strings"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// saga writes a text after a story that ends with a bar.
func saga(text string) enginetest.Logits {
	return func(ids []int, logits []float32) {
		written := string(enginetest.Bytes(ids))
		i := strings.LastIndexByte(written, '|') + 1
		next := enginetest.EndOfText
		if n := len(written) - i; n < len(text) {
			next = int(text[n])
		}
		logits[next] = 50
	}
}

// A preview is no part of the story until it is taken; what is taken the model wrote, and the rest stays.
func TestPreview(t *testing.T) {
	s := start(t, saga(" one two. Three"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go|")
	s.drive(t, s.Preview.begin(0))
	if got := s.Preview.Words(); got != " one two." {
		t.Fatalf("the preview is %q, want the rest of the sentence", got)
	}
	if got := s.Chat.Story().Text; got != "Go|" {
		t.Errorf("the story is %q", got)
	}
	s.drive(t, s.Preview.Take(s.Preview.Word()))
	if got, rest := s.Chat.Story().Text, s.Preview.Words(); got != "Go| one" || rest != " two." {
		t.Errorf("a word taken: %q, left %q", got, rest)
	}
	leaf := s.Chat.conv.Leaf()
	if leaf.Role != chat.Assistant || leaf.Reply == nil || leaf.Reply.Tokens != 4 {
		t.Errorf("%+v", leaf)
	}
	if trace := s.Traces.Of(leaf); trace == nil || len(trace.Tokens) != 4 || trace.Ends[3] != 4 {
		t.Errorf("the trace of what was taken: %+v", trace)
	}
	s.Preview.Take(5)
	if got := s.Chat.Story().Text; got != "Go| one two." {
		t.Errorf("all taken: %q", got)
	}
	s.Chat.Undo()
	s.Chat.Undo()
	if got := s.Chat.Story().Text; got != "Go|" {
		t.Errorf("taken back: %q", got)
	}
}

// Typing, a reply, and the setting leave no preview; a blank at the end of the story is not doubled.
func TestPreviewGoes(t *testing.T) {
	s := start(t, saga(" one"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go| ")
	s.drive(t, s.Preview.begin(0))
	if got := s.Preview.Words(); got != "one" {
		t.Errorf("%q after a blank", got)
	}
	s.Chat.Type("Go| n")
	if got := s.Preview.Words(); got != "" {
		t.Errorf("%q while somebody types", got)
	}
	s.Chat.Type("Go|")
	s.drive(t, s.Preview.begin(0))
	s.drive(t, s.Reply.WriteAt(3))
	if got := s.Preview.Words(); got != "" {
		t.Errorf("%q after a reply", got)
	}
	s.setValue("preview", "false")
	if work := s.Preview.Wait(); work != nil || s.Preview.begin(0) != nil {
		t.Error("a preview where the settings want none")
	}
}

// A pause that begins anew has one preview, at its end.
func TestOnePreviewAPause(t *testing.T) {
	s := start(t, saga(" one two"))
	s.Chat.setMode(chat.Story)
	s.Preview.pause = 0
	s.Chat.Type("G")
	first := s.Preview.Wait()
	s.Chat.Type("Go|")
	if second := s.Preview.Wait(); len(first) != 1 || second != nil {
		t.Errorf("%d and %d timers", len(first), len(second))
	}
	s.drive(t, s.Take(first[0].Run(t.Context())))
	if got := s.Preview.Words(); got != " one two" {
		t.Errorf("%q", got)
	}
	if work, ok := s.Preview.Another(); !ok || s.Preview.current.params.Temperature < otherwise {
		t.Error("no other preview")
	} else {
		s.drive(t, work)
	}
	if _, ok := s.Preview.Another(); ok {
		t.Error("a third preview in one pause")
	}
}

// A reply begins with the words that were shown.
func TestAReplyKeepsThePreviewsPromise(t *testing.T) {
	s := start(t, func(_ []int, logits []float32) { // any letter
		for c := 'a'; c <= 'z'; c++ {
			logits[c] = 20
		}
	})
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go")
	s.drive(t, s.Preview.begin(0))
	words := s.Preview.Words()
	s.drive(t, s.Reply.WriteAt(2))
	if got := s.Chat.Story().Text; words == "" || !strings.HasPrefix(got, "Go"+words) {
		t.Errorf("%q, want it to begin with %q", got, "Go"+words)
	}
}
