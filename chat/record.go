package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Record is a conversation with everything that a store keeps of it.
type Record struct {
	*Conversation
	Tags    []string
	Starred bool
	Traces  map[int][]TraceToken // by the ID of the turn

	Pieces map[string]map[int][]byte // by checksum of a vocabulary and id: of an import, those of the tokens in the traces
}

// Whole adds to a conversation what a store keeps beside its turns; only with traces how its replies came about.
func Whole(ctx context.Context, s Store, c *Conversation, traces bool) (Record, error) {
	r := Record{Conversation: c}
	if index, ok := s.(Index); ok {
		var err error
		if r.Tags, r.Starred, err = index.Labels(ctx, c.ID); err != nil && !errors.Is(err, ErrNotFound) {
			return r, err
		}
	}
	kept, ok := s.(Traces)
	if !ok || !traces {
		return r, nil
	}
	r.Traces = map[int][]TraceToken{}
	for _, t := range c.Turns() {
		if t.Reply == nil {
			continue
		}
		tokens, err := kept.Trace(ctx, c.ID, t.ID)
		if err != nil {
			return r, err
		}
		if len(tokens) > 0 {
			r.Traces[t.ID] = tokens
		}
	}
	return r, nil
}

// Put puts a record into a store and returns the ID of its conversation there: fresh where the store has one of its ID.
func Put(ctx context.Context, s Store, r Record, fresh string) (id string, err error) {
	switch _, err := s.Load(ctx, r.ID); {
	case err == nil:
		r.ID = fresh
	case !errors.Is(err, ErrNotFound):
		return "", err
	}
	return r.ID, put(ctx, s, r)
}

func put(ctx context.Context, s Store, r Record) error {
	if err := s.SaveSession(ctx, r.Header()); err != nil {
		return err
	}
	for _, t := range r.Turns() {
		if err := s.SaveTurn(ctx, r.ID, t.Clone()); err != nil {
			return err
		}
		if marks, ok := s.(Marks); ok && t.Mark != (Mark{}) {
			if err := marks.SaveMark(ctx, r.ID, t.ID, t.Mark); err != nil {
				return err
			}
		}
	}
	if err := s.SaveSession(ctx, r.Header()); err != nil {
		return err
	}
	if index, ok := s.(Index); ok && (len(r.Tags) > 0 || r.Starred) {
		if err := index.Label(ctx, r.ID, r.Tags, r.Starred); err != nil {
			return err
		}
	}
	if notes, ok := s.(Notes); ok {
		for _, n := range r.Notes {
			if _, err := notes.SaveNote(ctx, r.ID, n); err != nil {
				return err
			}
		}
	}
	if traces, ok := s.(Traces); ok {
		for sum, pieces := range r.Pieces {
			if err := addPieces(ctx, traces, sum, pieces); err != nil {
				return err
			}
		}
		for id, tokens := range r.Traces {
			t := r.turns[id]
			if t == nil {
				continue
			}
			if err := traces.SaveTraced(ctx, r.ID, t.Clone(), 0, tokens); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostPieces is the size of the largest vocabulary that is read.
const mostPieces = 1 << 21

// addPieces adds to what a store knows of a vocabulary.
func addPieces(ctx context.Context, traces Traces, sum string, pieces map[int][]byte) error {
	known, err := traces.Vocabulary(ctx, sum)
	if err != nil {
		return err
	}
	all := slices.Clone(known)
	for id, piece := range pieces {
		if id < 0 || id >= mostPieces {
			continue
		}
		if id >= len(all) {
			all = append(all, make([][]byte, id+1-len(all))...)
		}
		if len(all[id]) == 0 {
			all[id] = piece
		}
	}
	return traces.SaveVocabulary(ctx, sum, all)
}

// Pieces tells the texts of tokens by their ids, as a store knows them of the tokenizer that wrote a reply.
func Pieces(ctx context.Context, s Store) func(t *Turn, id int) []byte {
	kept, ok := s.(Traces)
	known := map[string][][]byte{}
	return func(t *Turn, id int) []byte {
		if !ok || t.Reply == nil || t.Reply.Vocabulary == "" {
			return nil
		}
		pieces, read := known[t.Reply.Vocabulary]
		if !read {
			pieces, _ = kept.Vocabulary(ctx, t.Reply.Vocabulary) // without them there are no colours
			known[t.Reply.Vocabulary] = pieces
		}
		if id < 0 || id >= len(pieces) || len(pieces[id]) == 0 {
			return nil
		}
		return pieces[id]
	}
}

// Find returns the ID of the chat that somebody means by a part of it: its end, as lists show it, or all of it; "last" is the latest.
func Find(ctx context.Context, s Store, part string) (id string, err error) {
	all, err := s.Sessions(ctx)
	if err != nil {
		return "", err
	}
	if part == "last" && len(all) > 0 {
		return all[0].ID, nil
	}
	for _, m := range all {
		if m.ID == part {
			return m.ID, nil
		}
	}
	var found []string
	for _, m := range all {
		if len(part) >= leastID && strings.HasSuffix(m.ID, strings.ToLower(part)) {
			found = append(found, m.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("no chat has the id %q; \"inkling export\" lists them", part)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%d chats have the id %q; give the whole one: %s", len(found), part, strings.Join(found, " or "))
}

// leastID is how many characters tell a chat.
const leastID = 4

// Short is the part of an ID that people type: its random end.
func Short(id string) string { return id[max(len(id)-8, 0):] }
