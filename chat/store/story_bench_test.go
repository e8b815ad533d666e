package store

import (
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inkling/chat"
)

// Benchmarks of opening a story from the store, as far as its text: one of 200,000 words in a piece, and one of 50,000 changes.
func BenchmarkStoryOpens(b *testing.B) {
	const words = "The quick fox runs over a brown hill and away. "
	whole := chat.New(time.Now())
	whole.Mode = chat.Story
	whole.Add(0, chat.User, strings.Repeat(strings.Repeat(words, 10)+"\n\n", 2000), time.Now()).Place = new(int)
	changed := chat.New(time.Now().Add(time.Second))
	changed.Mode = chat.Story
	r := rand.New(rand.NewPCG(1, 2))
	at, size := 0, 0
	for i := range 50_000 {
		if i%50 == 0 { // somebody goes elsewhere
			at = r.IntN(size + 1)
			if r.IntN(2) == 0 {
				at = size
			}
		}
		role := chat.User
		if i%10 == 0 {
			role = chat.Assistant
		}
		t := changed.Add(i, role, words[:4+r.IntN(40)], time.Now())
		place := at
		t.Place, t.State = &place, chat.Done
		at, size = at+len(t.Text), size+len(t.Text)
	}
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "chats.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for name, c := range map[string]*chat.Conversation{"200,000 words": whole, "50,000 changes": changed} {
		if err := s.SaveSession(b.Context(), c.Header()); err != nil {
			b.Fatal(err)
		}
		if err := s.write(b.Context(), func(tx *sql.Tx) error {
			for _, t := range c.Turns() {
				reply := sql.NullString{}
				if t.Role == chat.Assistant {
					reply = sql.NullString{String: `{"model":"starter","seed":7,"prompt_tokens":9,"tokens":3}`, Valid: true}
				}
				if _, err := saveTurn(b.Context(), tx, c.ID, t, reply); err != nil {
					return err
				}
				if _, err := tx.ExecContext(b.Context(), "INSERT INTO details (session, turn, place, removed) VALUES (?, ?, ?, 0)", c.ID, t.ID, *t.Place); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := s.Load(b.Context(), c.ID)
				if err != nil {
					b.Fatal(err)
				}
				if chat.FoldStory(c.Path()).Text == "" {
					b.Fatal("no text")
				}
			}
		})
		b.Run(name+", the fold alone", func(b *testing.B) {
			for b.Loop() {
				chat.FoldStory(c.Path())
			}
		})
		b.Run(name+", a change", func(b *testing.B) {
			fold := chat.FoldStory(c.Path())
			place := len(fold.Text) / 2
			for b.Loop() {
				fold.With(&chat.Turn{Role: chat.User, Place: &place, Text: "x"})
				c.Header()
				c.Path()
			}
		})
	}
}
