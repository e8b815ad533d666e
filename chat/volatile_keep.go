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
	_ Store   = (*Volatile)(nil)
	_ Traces  = (*Volatile)(nil)
	_ Marks   = (*Volatile)(nil)
	_ Notes   = (*Volatile)(nil)
	_ Index   = (*Volatile)(nil)
	_ History = (*Volatile)(nil)
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

// SaveMark implements Marks.
func (v *Volatile) SaveMark(_ context.Context, session string, turn int, m Mark) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(session)
	if err != nil {
		return err
	}
	t, ok := s.turns[turn]
	if !ok {
		return fmt.Errorf("turn %d of conversation %s: %w", turn, session, ErrNotFound)
	}
	t.Mark = m
	s.turns[turn] = t
	return nil
}

// SaveTraced implements Traces.
func (v *Volatile) SaveTraced(ctx context.Context, session string, t Turn, first int, tokens []TraceToken) error {
	if err := v.SaveTurn(ctx, session, t); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.sessions[session]
	if first > len(s.traces[t.ID]) {
		return fmt.Errorf("token %d of turn %d of conversation %s: %w", first, t.ID, session, ErrNotFound)
	}
	added, err := ParseTrace(AppendTrace(nil, tokens))
	s.traces[t.ID] = append(s.traces[t.ID][:first:first], added...)
	return err
}

// Trace implements Traces.
func (v *Volatile) Trace(_ context.Context, session string, turn int) ([]TraceToken, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s := v.sessions[session]; s != nil {
		return slices.Clone(s.traces[turn]), nil
	}
	return nil, nil
}

// CopyTraces implements Traces.
func (v *Volatile) CopyTraces(_ context.Context, from, to string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, b := v.sessions[from], v.sessions[to]
	if a == nil || b == nil {
		return nil
	}
	for id, tokens := range a.traces {
		old, copied := a.turns[id], b.turns[id]
		if len(b.traces[id]) == 0 && SameTurn(&old, &copied) {
			b.traces[id] = slices.Clone(tokens)
		}
	}
	return nil
}

// SaveVocabulary implements Traces.
func (v *Volatile) SaveVocabulary(_ context.Context, sum string, pieces [][]byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if size(pieces) > size(v.vocabularies[sum]) {
		v.vocabularies[sum] = slices.Clone(pieces)
	}
	return nil
}

// size is how many bytes pieces have.
func size(pieces [][]byte) (n int) {
	for _, p := range pieces {
		n += len(p)
	}
	return n
}

// Vocabulary implements Traces.
func (v *Volatile) Vocabulary(_ context.Context, sum string) ([][]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.vocabularies[sum], nil
}

// Notes implements Notes.
func (v *Volatile) Notes(_ context.Context, session string) (notes []Note, _ error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s := v.sessions[session]; s != nil {
		notes = s.sorted()
	}
	return notes, nil
}

// sorted are the notes by their IDs.
func (s *stored) sorted() []Note {
	return slices.SortedFunc(maps.Values(s.notes), func(a, b Note) int { return cmp.Compare(a.ID, b.ID) })
}

// SaveNote implements Notes.
func (v *Volatile) SaveNote(_ context.Context, session string, n Note) (id int, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(session)
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
func (v *Volatile) DeleteNote(_ context.Context, session string, id int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s := v.sessions[session]; s != nil {
		delete(s.notes, id)
	}
	return nil
}

// Search implements Index.
func (v *Volatile) Search(_ context.Context, query string) (hits []Hit, partial bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	phrases := Phrases(query)
	open := !strings.HasSuffix(query, " ")
	order := slices.Clone(v.order)
	slices.SortStableFunc(order, func(a, b place) int {
		return v.sessions[a.session].turns[a.turn].Created.Compare(v.sessions[b.session].turns[b.turn].Created)
	})
	for _, at := range slices.Backward(order) {
		if len(hits) == Hits || len(phrases) == 0 {
			break
		}
		s := v.sessions[at.session]
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

// Labels implements Index.
func (v *Volatile) Labels(_ context.Context, session string) ([]string, bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(session)
	if err != nil {
		return nil, false, err
	}
	return slices.Clone(s.tags), s.starred, nil
}

// Label implements Index.
func (v *Volatile) Label(_ context.Context, session string, tags []string, starred bool) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(session)
	if err != nil {
		return err
	}
	s.tags, s.starred = slices.Compact(slices.Sorted(slices.Values(tags))), starred
	return nil
}

// Remember implements History.
func (v *Volatile) Remember(_ context.Context, text string, now time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.history = slices.DeleteFunc(v.history, func(r remembered) bool { return r.text == text })
	v.history = append(v.history, remembered{text, now.UnixMilli()})
	slices.SortStableFunc(v.history, func(a, b remembered) int { return cmp.Compare(a.used, b.used) })
	v.history = v.history[max(len(v.history)-Remembered, 0):]
	return nil
}

// Recall implements History.
func (v *Volatile) Recall(_ context.Context, n int) (texts []string, _ error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range slices.Backward(v.history) {
		if len(texts) == n {
			break
		}
		texts = append(texts, r.text)
	}
	return texts, nil
}
