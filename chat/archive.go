package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	archiveKind    = "inkling conversation"
	archiveVersion = 2
)

// An Archive is a record in JSON. Version 1 had neither the choices, draft and settings, nor what stands beside the turns.
type Archive struct {
	Kind    string                  `json:"kind"`    // archiveKind
	Version int                     `json:"version"` // of this layout
	ID      string                  `json:"id"`
	Title   string                  `json:"title"`
	Created time.Time               `json:"created"`
	Updated time.Time               `json:"updated"`
	Mode    Mode                    `json:"mode"`
	Model   string                  `json:"model"`
	Format  string                  `json:"prompt_format"` // "" for the model's own
	System  string                  `json:"system"`
	Draft   string                  `json:"draft,omitempty"`
	Params  string                  `json:"settings,omitempty"`
	Starred bool                    `json:"starred,omitempty"`
	Tags    []string                `json:"tags,omitempty"`
	Current []int                   `json:"current"`          // IDs of the current path, root first
	Chosen  map[int]int             `json:"chosen,omitempty"` // see Conversation.Current
	Turns   []*Turn                 `json:"turns"`            // the tree, by ID
	Notes   []Note                  `json:"notes,omitempty"`
	Traces  map[int][]archivedToken `json:"traces,omitempty"` // by the ID of the turn: how each token came about

	// Pieces are the texts of the tokens in the traces, by the checksum of their vocabulary and their ids.
	Pieces map[string]map[int][]byte `json:"pieces,omitempty"`
}

type archivedToken struct {
	Origin       Origin          `json:"origin"`
	Back         bool            `json:"back,omitempty"`
	ID           int             `json:"id"`
	Text         []byte          `json:"bytes,omitempty"` // in place of the id
	Cut          int             `json:"cut,omitempty"`
	Logprob      finite          `json:"logprob"`
	Rank         int             `json:"rank"`
	Entropy      float32         `json:"entropy"`
	Temperature  float32         `json:"temperature"`
	Alternatives []archivedOther `json:"alternatives,omitempty"`
}

type archivedOther struct {
	ID      int    `json:"id"`
	Text    []byte `json:"bytes,omitempty"`
	Logprob finite `json:"logprob"`
}

// finite is a log-probability; minus infinity, and what is no number, is null in JSON.
type finite float32

// MarshalJSON implements json.Marshaler.
func (f finite) MarshalJSON() ([]byte, error) {
	if x := float64(f); math.IsInf(x, 0) || math.IsNaN(x) {
		return []byte("null"), nil
	}
	return json.Marshal(float32(f))
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *finite) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*f = finite(math.Inf(-1))
		return nil
	}
	return json.Unmarshal(data, (*float32)(f))
}

// newArchive returns a record as an Archive, which shares its turns.
func newArchive(r Record) Archive {
	a := Archive{
		Kind: archiveKind, Version: archiveVersion,
		ID: r.ID, Title: r.Title, Created: r.Created, Updated: r.Updated,
		Mode: r.Mode, Model: r.Model, Format: r.Format, System: r.System, Draft: r.Draft, Params: r.Params,
		Starred: r.Starred, Tags: r.Tags, Current: []int{}, Turns: r.Turns(),
	}
	for _, t := range r.Path() {
		a.Current = append(a.Current, t.ID)
	}
	_, a.Chosen = r.Conversation.Current()
	a.Notes = r.Notes
	for id, tokens := range r.Traces {
		if a.Traces == nil {
			a.Traces = map[int][]archivedToken{}
		}
		list := make([]archivedToken, len(tokens))
		for i, t := range tokens {
			list[i] = archivedToken{t.Origin, t.Back, t.ID, t.Text, t.Cut, finite(t.Logprob), t.Rank, t.Entropy, t.Temperature, nil}
			for _, o := range t.Alternatives {
				list[i].Alternatives = append(list[i].Alternatives, archivedOther{o.ID, o.Text, finite(o.Logprob)})
			}
		}
		a.Traces[id] = list
	}
	return a
}

// piecesOf are the texts of all tokens in the traces of a record, as far as they are known.
func piecesOf(r Record, piece func(t *Turn, id int) []byte) map[string]map[int][]byte {
	all := map[string]map[int][]byte{}
	for turn, tokens := range r.Traces {
		t := r.turns[turn]
		if t == nil || t.Reply == nil || t.Reply.Vocabulary == "" || piece == nil {
			continue
		}
		add := func(text []byte, id int) {
			if text != nil {
				return // it stands in place of the id
			}
			if text = piece(t, id); text != nil {
				if all[t.Reply.Vocabulary] == nil {
					all[t.Reply.Vocabulary] = map[int][]byte{}
				}
				all[t.Reply.Vocabulary][id] = text
			}
		}
		for _, token := range tokens {
			add(token.Text, token.ID)
			for _, o := range token.Alternatives {
				add(o.Text, o.ID)
			}
		}
	}
	return all
}

// compacted is JSON without the blanks that a layout adds.
func compacted(text json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if len(text) == 0 || json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}

// parseArchive reads the JSON of an Archive.
func parseArchive(data []byte) (Record, error) {
	var a Archive
	if err := json.Unmarshal(data, &a); err != nil {
		var place *json.SyntaxError
		if errors.As(err, &place) {
			return Record{}, fmt.Errorf("found no JSON at byte %d, expected a chat that inkling exported", place.Offset)
		}
		return Record{}, errors.New("found another JSON, expected a chat that inkling exported")
	}
	switch {
	case a.Kind != archiveKind:
		return Record{}, errors.New("found another JSON, expected a chat that inkling exported")
	case a.Version < 1 || a.Version > archiveVersion:
		return Record{}, fmt.Errorf("found version %d of an exported chat, expected 1 to %d; a newer inkling reads it", a.Version, archiveVersion)
	}
	h := Header{Meta: Meta{ID: a.ID, Title: a.Title, Created: a.Created, Updated: a.Updated, System: a.System, Mode: a.Mode, Format: a.Format,
		Model: a.Model, Draft: a.Draft, Params: a.Params}, Chosen: a.Chosen}
	if a.Mode != Story {
		h.Mode = Chat
	}
	if n := len(a.Current); n > 0 {
		h.Leaf = a.Current[n-1]
	}
	var turns []Turn
	for _, t := range a.Turns {
		if t == nil || t.Role != User && t.Role != Assistant {
			return Record{}, errors.New("found a turn of nobody, expected the role user or assistant")
		}
		if t.State != Done {
			t.State = Stopped
		}
		if t.Reply != nil {
			t.Reply.Params = compacted(t.Reply.Params)
			for i := range t.Reply.Changes {
				t.Reply.Changes[i].Params = compacted(t.Reply.Changes[i].Params)
			}
		}
		turns = append(turns, *t)
	}
	c, err := Restore(h, turns)
	if err != nil {
		return Record{}, err
	}
	r := Record{Conversation: c, Tags: a.Tags, Starred: a.Starred, Pieces: a.Pieces}
	c.Notes = a.Notes
	for i := range c.Notes {
		c.Notes[i].Rest = compacted(c.Notes[i].Rest)
	}
	for id, tokens := range a.Traces {
		if c.turns[id] == nil {
			continue
		}
		if r.Traces == nil {
			r.Traces = map[int][]TraceToken{}
		}
		list := make([]TraceToken, len(tokens))
		for i, t := range tokens {
			list[i] = TraceToken{t.Origin, t.Back, t.ID, t.Text, t.Cut, float32(t.Logprob), t.Rank, t.Entropy, t.Temperature, nil}
			for _, o := range t.Alternatives {
				list[i].Alternatives = append(list[i].Alternatives, TraceAlternative{o.ID, o.Text, float32(o.Logprob)})
			}
		}
		r.Traces[id] = list
	}
	return r, nil
}
