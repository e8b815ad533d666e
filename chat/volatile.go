package chat

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Volatile is a Store that forgets everything with the process: for a chat that
// is not to be saved, or cannot be.
type Volatile struct {
	mu           sync.Mutex
	sessions     map[string]*stored
	vocabularies map[string][][]byte
	history      []remembered // the newest last
	order        []place      // of the turns that are done, the newest last
}

type stored struct {
	header  Header
	turns   map[int]Turn
	traces  map[int][]TraceToken
	notes   map[int]Note
	tags    []string
	starred bool
}

// last returns the largest turn ID.
func (s *stored) last() (id int) {
	for n := range s.turns {
		id = max(id, n)
	}
	return id
}

// NewVolatile returns an empty store.
func NewVolatile() *Volatile {
	return &Volatile{sessions: map[string]*stored{}, vocabularies: map[string][][]byte{}}
}

// Sessions implements Store.
func (v *Volatile) Sessions(context.Context) ([]Summary, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var list []Summary
	for id, s := range v.sessions {
		if len(s.turns) == 0 {
			continue
		}
		h := s.header
		list = append(list, Summary{ID: id, Title: h.Title, Updated: h.Updated, Turns: len(s.turns), Model: h.Model, Preview: Preview(s.turns[h.Leaf].Text), Starred: s.starred, Tags: slices.Clone(s.tags)})
	}
	slices.SortFunc(list, func(a, b Summary) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.ID, a.ID))
	})
	return list, nil
}

// Load implements Store.
func (v *Volatile) Load(_ context.Context, id string) (*Conversation, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(id)
	if err != nil {
		return nil, err
	}
	c, err := Restore(s.header, slices.Collect(maps.Values(s.turns)))
	if err == nil {
		c.Notes = s.sorted()
	}
	return c, err
}

// SaveSession implements Store.
func (v *Volatile) SaveSession(_ context.Context, h Header) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	h.Chosen = maps.Clone(h.Chosen)
	s := v.sessions[h.ID]
	if s == nil {
		v.sessions[h.ID] = &stored{header: h, turns: map[int]Turn{}, traces: map[int][]TraceToken{}, notes: map[int]Note{}}
		return nil
	}
	if s.last() > h.Last {
		h.Leaf, h.Chosen = s.header.Leaf, s.header.Chosen
	}
	if s.header.Updated.After(h.Updated) {
		h.Updated = s.header.Updated
	}
	s.header = h
	return nil
}

// SaveTurn implements Store.
func (v *Volatile) SaveTurn(_ context.Context, session string, t Turn) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(session)
	if err != nil {
		return err
	}
	old, known := s.turns[t.ID]
	if known && !SameTurn(&old, &t) {
		return fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, ErrConflict)
	}
	if _, ok := s.turns[t.Parent]; !ok && t.Parent != 0 {
		return fmt.Errorf("turn %d of conversation %s, or the turn that it answers: %w", t.ID, session, ErrNotFound)
	}
	if known && Outdated(&old, &t) {
		return nil
	}
	if !known {
		s.header.Leaf = t.ID
		if t.Created.After(s.header.Updated) {
			s.header.Updated = t.Created
		}
	}
	t.Mark = old.Mark
	s.turns[t.ID] = t.Clone()
	if at := (place{session, t.ID}); t.State != Writing && !slices.Contains(v.order, at) {
		v.order = append(v.order, at)
	}
	return nil
}

// Rename implements Store.
func (v *Volatile) Rename(_ context.Context, id, title string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(id)
	if err == nil {
		s.header.Title = title
	}
	return err
}

// Delete implements Store.
func (v *Volatile) Delete(_ context.Context, id string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.find(id)
	if err != nil {
		return err
	}
	delete(v.sessions, id)
	v.order = slices.DeleteFunc(v.order, func(p place) bool { return p.session == id })
	v.history = slices.DeleteFunc(v.history, func(r remembered) bool { return s.said(r.text) })
	return nil
}

// Last implements Store.
func (v *Volatile) Last(ctx context.Context) (string, error) {
	list, err := v.Sessions(ctx)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID, nil
}

// Close implements Store.
func (v *Volatile) Close() error { return nil }

func (v *Volatile) find(id string) (*stored, error) {
	if s := v.sessions[id]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("conversation %s: %w", id, ErrNotFound)
}
