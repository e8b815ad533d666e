package prompt_test

import (
	"fmt"
	"time"

	"inkling/chat"
	"inkling/chat/prompt"
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

func (letters) StartOfText() (int, bool) { return 0, false }

func (letters) EndOfText() (id int, ok bool) { return 0, false }

func ExampleWriter() {
	now := time.Now()
	c := chat.New(now)
	c.Add(0, chat.User, "Tell me something very long about whales.", now)
	c.Add(1, chat.Assistant, "Whales are large.", now)
	c.Add(2, chat.User, "And ants?", now)

	choice, err := prompt.Choose("", chat.Chat, prompt.Hint{PromptFormat: "transcript"})
	if err != nil {
		fmt.Println(err)
		return
	}
	writer := prompt.NewWriter(choice, letters{})
	p, packed, err := writer.Write(choice.Blocks("Be brief.", c.Path(), false), 100, 30)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(letters{}.Decode(p.IDs))
	fmt.Printf("prefix %d + history %d + cue %d of %d, the model's view begins at turn %d\n",
		packed.Prefix, packed.History, packed.Cue, packed.Context, packed.FirstKept)
	// Output:
	// Be brief.
	//
	// User: And ants?
	// Assistant:
	// prefix 11 + history 16 + cue 10 of 100, the model's view begins at turn 3
}
