package chat

import (
	"context"
	"slices"
)

// A History keeps what was sent, messages and commands of all chats, for the
// input to bring back. A Store may be one. Its methods may be called from
// several goroutines.
type History interface {
	// Remember puts a text at the end, where it is then only.
	Remember(ctx context.Context, text string) error
	// Remembered returns the last limit texts, the oldest first.
	Remembered(ctx context.Context, limit int) ([]string, error)
}

// Remember implements History.
func (m *Memory) Remember(_ context.Context, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(slices.DeleteFunc(m.sent, func(s string) bool { return s == text }), text)
	return nil
}

// Remembered implements History.
func (m *Memory) Remembered(_ context.Context, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent[max(len(m.sent)-limit, 0):]), nil
}
