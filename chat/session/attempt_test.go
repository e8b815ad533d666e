package session

import (
	"testing"
)

// dice is a model that writes any letter as readily as any other.
func dice(_ []int, logits []float32) {
	for c := 'a'; c <= 'z'; c++ {
		logits[c] = 50
	}
}

// A reply that was stopped goes on as if it had not been; each further one is another attempt with the same seed.
func TestAttempts(t *testing.T) {
	whole := start(t, dice)
	for _, line := range []string{"/seed 7", "/set max_tokens 10", "hello"} {
		whole.enter(t, line)
	}
	want := whole.Chat.Conversation().Leaf().Text
	if len(want) != 10 {
		t.Fatalf("%q", want)
	}

	s := start(t, dice)
	for _, line := range []string{"/seed 7", "/set max_tokens 5", "hello"} {
		s.enter(t, line)
	}
	texts := map[string]bool{}
	check := func(what string, attempt uint32, text string) {
		t.Helper()
		leaf := s.Chat.Conversation().Leaf()
		if leaf.Reply.Seed != 7 || leaf.Reply.Attempt != attempt || text != "" && leaf.Text != text || texts[leaf.Text] {
			t.Errorf("%s: %q with seed %d, attempt %d, want %q, attempt %d", what, leaf.Text, leaf.Reply.Seed, leaf.Reply.Attempt, text, attempt)
		}
		texts[leaf.Text] = true
	}
	check("the first part", 0, want[:5])
	s.enter(t, "")
	check("the whole", 0, want)
	s.Reply.Version(-1)
	s.enter(t, "")
	check("the first part goes on in another way", 1, "")
	s.drive(t, s.Reply.Retry())
	check("another reply", 2, "")
	s.drive(t, s.Reply.Retry())
	check("and another", 3, "")

	// Without a seed of the user's the reply that goes on has one.
	s.enter(t, "/seed random")
	s.enter(t, "hello")
	first := s.Chat.Conversation().Leaf()
	s.enter(t, "")
	second := s.Chat.Conversation().Leaf()
	if second.Reply.Seed != first.Reply.Seed || second.Reply.Attempt != 0 || second.Text[:5] != first.Text {
		t.Errorf("%+v goes on as %+v", first.Reply, second.Reply)
	}
}
