package chat_test

import (
	"fmt"
	"os"
	"time"

	"inkling/chat"
)

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

func ExampleExport() {
	c := chat.New(time.Now())
	c.Add(0, chat.User, "Hello.", time.Now())
	c.Add(1, chat.Assistant, "Hi! How are you?", time.Now())
	chat.Export(os.Stdout, chat.Record{Conversation: c}, chat.ExportOptions{Kind: "txt"})
	// Output:
	// Hello.
	// ======
	//
	// You: Hello.
	//
	// Assistant: Hi! How are you?
}
