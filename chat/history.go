package chat

import (
	"context"
	"slices"
	"time"
)

// History keeps what was entered, messages and commands of all chats, each text
// once. A Store may be one. Its methods may be called from several goroutines.
type History interface {
	Remember(ctx context.Context, text string, now time.Time) error

	// Recall returns what was entered last, at most n texts, the newest first.
	Recall(ctx context.Context, n int) ([]string, error)
}

// Remember implements History.
func (m *Memory) Remember(_ context.Context, text string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(slices.DeleteFunc(m.sent, func(s string) bool { return s == text }), text)
	return nil
}

// Recall implements History.
func (m *Memory) Recall(_ context.Context, n int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	texts := slices.Clone(m.sent[max(len(m.sent)-n, 0):])
	slices.Reverse(texts)
	return texts, nil
}
