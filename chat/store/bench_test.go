package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"inkling/chat"
)

// BenchmarkLargeStore is a store of format 1 with 10,000 chats and 1,000,000 turns, a fifth of them in Chinese: how long the
// step to the newest format takes, and then the list, a search, and opening a chat of 5,000 turns, while it is filled in and afterwards.
// It takes minutes, and needs INKLING_LONG=1.
func BenchmarkLargeStore(b *testing.B) {
	if os.Getenv("INKLING_LONG") != "1" {
		b.Skip("INKLING_LONG=1 has it run")
	}
	path := filepath.Join(b.TempDir(), "chats.db")
	oldStore(b, path, 10_000, 1_000_000)
	start := time.Now()
	s, err := open(b.Context(), path, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("the step: %v", time.Since(start))
	defer s.Close()
	b.Run("before", func(b *testing.B) { benchmarkReading(b, s) })
	start = time.Now()
	if err := fill(b.Context(), s, batchTurns); err != nil {
		b.Fatal(err)
	}
	b.Logf("the filling: %v", time.Since(start))
	b.Run("after", func(b *testing.B) { benchmarkReading(b, s) })
}

func benchmarkReading(b *testing.B, s *DB) {
	list, err := s.Sessions(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	long := list[0]
	for _, m := range list {
		if m.Turns > long.Turns {
			long = m
		}
	}
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Sessions(b.Context()); err != nil || len(list) != 10_000 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if c, err := s.Load(b.Context(), long.ID); err != nil || len(c.Turns()) != long.Turns {
				b.Fatal(err)
			}
		}
	})
	for name, query := range map[string]string{"common": "ab ", "beginning": "b", "two": "ab bb ", "rare": "zzz", "chinese": "一丁", "character": "一", "open word": "ab"} {
		b.Run("search "+name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				hits, _, err := s.Search(b.Context(), query)
				if err != nil {
					b.Fatal(err)
				}
				found = len(hits)
			}
			b.ReportMetric(float64(found), "hits")
			if found > chat.Hits {
				b.Errorf("%d hits", found)
			}
		})
	}
}
