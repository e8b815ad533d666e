package chat_test

import (
	"fmt"
	"os"
	"time"

	"inkling/chat"
)

// letters is a tokenizer with a token for every byte.
type letters struct{}

func (letters) Encode(text string) []int {
	var ids []int
	for _, b := range []byte(text) {
		ids = append(ids, int(b))
	}
	return ids
}

func (letters) Decode(ids []int) string {
	var text []byte
	for _, id := range ids {
		text = append(text, byte(id))
	}
	return string(text)
}

func (letters) EncodeGuarded(text, guard string) []int { return letters{}.Encode(text) }

func (letters) SpecialTokens() []string { return nil }

func (letters) SpecialID(string) (id int, ok bool) { return 0, false }

func (letters) BeginOfText() (int, bool) { return 0, false }

func (letters) EndOfText() (id int, ok bool) { return 0, false }

// Another reply is a sibling of the first; selecting brings the first one back.
func ExampleConversation() {
	now := time.Now()
	c := chat.New(now)
	question := c.Add(0, chat.User, "Who are you?", now)
	first := c.Add(question.ID, chat.Assistant, "A program.", now)
	second := c.Add(question.ID, chat.Assistant, "A small model.", now)

	fmt.Println(c.Siblings(second.ID))
	c.Select(first.ID)
	fmt.Println(c.Leaf().Text)
	// Output:
	// [2 3] 1
	// A program.
}

func ExampleMakePlan() {
	now := time.Now()
	c := chat.New(now)
	c.Add(0, chat.User, "Tell me something very long about whales.", now)
	c.Add(1, chat.Assistant, "Whales are large.", now)
	c.Add(2, chat.User, "And ants?", now)

	format, _ := chat.FormatByName("transcript")
	plan, err := chat.MakePlan(letters{}, format, "Be brief.", c.Path(), false, 100, 30)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(letters{}.Decode(plan.Prompt))
	fmt.Printf("prefix %d + history %d + cue %d, %d of %d free, the model's view begins at turn %d\n",
		plan.Prefix, plan.History, plan.Cue, plan.Free(), plan.Context, plan.FirstKept)
	// Output:
	// Be brief.
	//
	// User: And ants?
	// Assistant:
	// prefix 11 + history 16 + cue 10, 33 of 100 free, the model's view begins at turn 3
}

func ExampleExport() {
	c := chat.New(time.Now())
	c.Add(0, chat.User, "Hello.", time.Now())
	c.Add(1, chat.Assistant, "Hi! How are you?", time.Now())
	chat.Export(os.Stdout, c, "txt")
	// Output:
	// Hello.
	// ======
	//
	// You: Hello.
	//
	// Assistant: Hi! How are you?
}
