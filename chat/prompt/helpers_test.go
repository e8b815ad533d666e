package prompt

import (
	"math/rand/v2"
	"strings"
	"time"

	"inkling/chat"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// base is a transcript for a model that was not trained on it.
var base = Choice{Format: transcript{}, Preamble: basePreamble}

// plan is a prompt with its account.
type plan struct {
	Prompt  []int
	Stop    []string
	Ends    []int
	Warning string
	Begun   []int
	Packed
}

// Free returns the tokens that neither the prompt nor the reserve uses.
func (p plan) Free() int { return p.Context - len(p.Prompt) - p.Reserve }

// makePlan writes a path down with a fresh writer. f is a Format or a Choice.
func makePlan(tok Tokenizer, f any, system string, path []*chat.Turn, open bool, context, reserve int) (plan, error) {
	c, ok := f.(Choice)
	if !ok {
		c = Choice{Format: f.(Format)}
	}
	p, packed, err := NewWriter(c, tok).Write(c.Blocks(system, path, open), context, reserve)
	return plan{p.IDs, p.Stop, p.Ends, p.Warning, p.Begun, packed}, err
}

// randomTree returns a conversation that somebody went to and fro in.
func randomTree(r *rand.Rand, steps int) *chat.Conversation {
	c := chat.New(noon)
	for range steps {
		switch leaf := c.Leaf(); {
		case leaf == nil || r.IntN(10) == 0:
			c.Add(0, chat.User, randomText(r), noon)
		case r.IntN(4) == 0:
			c.Select(1 + r.IntN(len(c.Turns())))
		case r.IntN(8) == 0:
			c.Undo()
		case leaf.Role == chat.User:
			c.Add(leaf.ID, chat.Assistant, randomText(r), noon).State = chat.Done
		case r.IntN(3) == 0:
			c.Add(leaf.Parent, chat.Assistant, randomText(r), noon).State = chat.Stopped
		default:
			c.Add(leaf.ID, chat.User, randomText(r), noon)
		}
	}
	return c
}

func randomText(r *rand.Rand) string {
	words := []string{"a", "fox", "über", "字", "\n", "  ", "User:", "\nAssistant:", "🙂", "it's", "."}
	var b strings.Builder
	for range r.IntN(30) {
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	return b.String()
}
