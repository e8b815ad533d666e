package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"inkling/chat"
	"inkling/chat/store"
)

// A conversation is written by a journal while it goes on, and found again.
func ExampleOpen() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "inkling")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	s, err := store.Open(ctx, filepath.Join(folder, "chats.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	journal := chat.NewJournal(s)
	c := chat.New(time.Now())
	question := c.Add(0, chat.User, "Hello!", time.Now())
	journal.SaveSession(c.Header()) // the first header before the first turn
	journal.SaveTurn(c.ID, question)
	if err := journal.Close(); err != nil {
		fmt.Println(err)
		return
	}

	last, err := s.Last(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := s.Load(ctx, last)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Title)
	// Output: Hello!
}
