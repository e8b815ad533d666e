package chat

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// place is where a turn is.
type place struct {
	session string
	turn    int
}

// remembered is a text of the history.
type remembered struct {
	text string
	used int64
}

var (
	_ Store   = (*Memory)(nil)
	_ Traces  = (*Memory)(nil)
	_ Notes   = (*Memory)(nil)
	_ Index   = (*Memory)(nil)
	_ History = (*Memory)(nil)
)

// said reports whether a user turn has that text.
func (s *stored) said(text string) bool {
	for _, t := range s.turns {
		if t.Role == User && t.Text == text {
			return true
		}
	}
	return false
}

// AppendTrace implements Traces.
func (m *Memory) AppendTrace(_ context.Context, session string, turn, first int, tokens []TraceToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.find(session)
	if err != nil {
		return err
	}
	if _, ok := s.turns[turn]; !ok || first > len(s.traces[turn]) {
		return fmt.Errorf("token %d of turn %d of conversation %s: %w", first, turn, session, ErrNotFound)
	}
	added, err := ParseTrace(AppendTrace(nil, tokens))
	s.traces[turn] = append(s.traces[turn][:first:first], added...)
	return err
}

// Trace implements Traces.
func (m *Memory) Trace(_ context.Context, session string, turn int) ([]TraceToken, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.sessions[session]; s != nil {
		return slices.Clone(s.traces[turn]), nil
	}
	return nil, nil
}

// SaveVocabulary implements Traces.
func (m *Memory) SaveVocabulary(_ context.Context, sum string, pieces [][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.vocabularies[sum] == nil {
		m.vocabularies[sum] = slices.Clone(pieces)
	}
	return nil
}

// Vocabulary implements Traces.
func (m *Memory) Vocabulary(_ context.Context, sum string) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.vocabularies[sum], nil
}

// Notes implements Notes.
func (m *Memory) Notes(_ context.Context, session string) (notes []Note, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.sessions[session]; s != nil {
		notes = slices.SortedFunc(maps.Values(s.notes), func(a, b Note) int { return cmp.Compare(a.ID, b.ID) })
	}
	return notes, nil
}

// SaveNote implements Notes.
func (m *Memory) SaveNote(_ context.Context, session string, n Note) (id int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.find(session)
	if err != nil {
		return 0, err
	}
	if n.ID == 0 {
		n.ID = 1
		for id := range s.notes {
			n.ID = max(n.ID, id+1)
		}
	}
	n.Keys, n.Rest = slices.Clone(n.Keys), slices.Clone(n.Rest)
	s.notes[n.ID] = n
	return n.ID, nil
}

// DeleteNote implements Notes.
func (m *Memory) DeleteNote(_ context.Context, session string, id int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.sessions[session]; s != nil {
		delete(s.notes, id)
	}
	return nil
}

// Search implements Index.
func (m *Memory) Search(_ context.Context, query string) (hits []Hit, partial bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	phrases := Phrases(query)
	open := !strings.HasSuffix(query, " ")
	for _, at := range slices.Backward(m.order) {
		if len(hits) == Hits || len(phrases) == 0 {
			break
		}
		s := m.sessions[at.session]
		t := s.turns[at.turn]
		if has(Words(t.Text), phrases, open) {
			hits = append(hits, Hit{at.session, s.header.Title, t.ID, t.Role, t.Created, Snippet(t.Text, phrases)})
		}
	}
	return hits, false, nil
}

// has reports whether all phrases are among words. With open the last one, a single word, may be the beginning of one.
func has(words []string, phrases [][]string, open bool) bool {
next:
	for i, phrase := range phrases {
		begins := open && i == len(phrases)-1 && len(phrase) == 1 && !Alone([]rune(phrase[0])[0])
		for at := range len(words) - len(phrase) + 1 {
			if slices.Equal(words[at:at+len(phrase)], phrase) || begins && strings.HasPrefix(words[at], phrase[0]) {
				continue next
			}
		}
		return false
	}
	return true
}

// Label implements Index.
func (m *Memory) Label(_ context.Context, session string, tags []string, starred bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.find(session)
	if err != nil {
		return err
	}
	s.tags, s.starred = slices.Compact(slices.Sorted(slices.Values(tags))), starred
	return nil
}

// Remember implements History.
func (m *Memory) Remember(_ context.Context, text string, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.history = slices.DeleteFunc(m.history, func(r remembered) bool { return r.text == text })
	m.history = append(m.history, remembered{text, now.UnixMilli()})
	slices.SortStableFunc(m.history, func(a, b remembered) int { return cmp.Compare(a.used, b.used) })
	m.history = m.history[max(len(m.history)-Remembered, 0):]
	return nil
}

// Recall implements History.
func (m *Memory) Recall(_ context.Context, n int) (texts []string, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.history) {
		if len(texts) == n {
			break
		}
		texts = append(texts, r.text)
	}
	return texts, nil
}
