package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"
)

// Traces keeps how replies came about, token by token, and the words of the tokenizers that wrote them. Its methods may be
// called from several goroutines.
type Traces interface {
	// SaveTraced does what SaveTurn does, and adds tokens of the turn with it, of which the first one is token first of the reply, from
	// 0. What there was from there on is replaced. It is ErrNotFound where the token before the first is not in the store.
	SaveTraced(ctx context.Context, session string, t Turn, first int, tokens []TraceToken) error

	// Trace returns all tokens of a turn; none where nothing is known of them.
	Trace(ctx context.Context, session string, turn int) ([]TraceToken, error)

	// SaveVocabulary keeps the pieces of a tokenizer, by their ids, under its checksum. Where some are
	// kept already, the larger of both stays.
	SaveVocabulary(ctx context.Context, sum string, pieces [][]byte) error

	// Vocabulary returns the pieces; nil where they are not known.
	Vocabulary(ctx context.Context, sum string) ([][]byte, error)

	// CopyTraces gives the turns of a conversation the tokens that the same turns have in another one, which it is a copy of. Turns
	// that have some keep them.
	CopyTraces(ctx context.Context, from, to string) error
}

// A Note is a text beside a conversation that the model sees too.
type Note struct {
	ID      int             `json:"id"`   // 1, 2, ... within the conversation
	Kind    string          `json:"kind"` // "memory": always in the model's view; "note": at a depth; "world": where one of its keys comes up
	Title   string          `json:"title,omitempty"`
	Keys    []string        `json:"keys,omitempty"`
	Text    string          `json:"text"`
	Depth   int             `json:"depth,omitempty"`
	Enabled bool            `json:"enabled"`
	Rest    json.RawMessage `json:"rest,omitempty"` // what an imported file had beyond, a JSON object; nil for nothing
}

// Note adds a note, or puts it in place of that with its ID; one with the ID 0 gets the next one. It returns the ID.
func (c *Conversation) Note(n Note) int {
	if n.ID == 0 {
		for _, other := range c.Notes {
			n.ID = max(n.ID, other.ID)
		}
		n.ID++
	}
	i, found := slices.BinarySearchFunc(c.Notes, n.ID, func(n Note, id int) int { return cmp.Compare(n.ID, id) })
	if found {
		c.Notes[i] = n
	} else {
		c.Notes = slices.Insert(c.Notes, i, n)
	}
	return n.ID
}

// Unnote takes a note away.
func (c *Conversation) Unnote(id int) {
	c.Notes = slices.DeleteFunc(c.Notes, func(n Note) bool { return n.ID == id })
}

// Notes keeps the notes of conversations. Load returns them with their conversation.
type Notes interface {
	// Notes returns the notes of a conversation by their IDs.
	Notes(ctx context.Context, session string) ([]Note, error)

	// SaveNote creates or replaces a note; one with the ID 0 gets the next one, which is returned. It is ErrNotFound where the
	// conversation is not in the store.
	SaveNote(ctx context.Context, session string, n Note) (id int, err error)

	DeleteNote(ctx context.Context, session string, id int) error
}

// A Hit is a turn that a search has found.
type Hit struct {
	Session string
	Title   string // of the conversation
	Turn    int
	Role    Role
	Created time.Time
	Snippet string // of its text, on one line
}

// Hits is the most that a search finds.
const Hits = 50

// Index finds turns by their words. A turn is found when it is done.
type Index interface {
	// Search returns the newest turns that have all words of a query, at most Hits of them, the newest first. Words match as a
	// whole, without regard to case and marks; the last one may be the beginning of a word, unless a blank follows it. What has
	// no space between its words, in the query as in the text, is found by its characters. partial says that old turns are still
	// being read for the index.
	Search(ctx context.Context, query string) (hits []Hit, partial bool, err error)

	// Labels are the tags of a conversation, in order, and whether it is starred.
	Labels(ctx context.Context, session string) (tags []string, starred bool, err error)

	// Label gives a conversation its tags, in place of those that it had, and stars it or not.
	Label(ctx context.Context, session string, tags []string, starred bool) error
}

// Remembered is the most that a History keeps.
const Remembered = 5000

// History keeps what was entered, each text once, the newest Remembered.
type History interface {
	Remember(ctx context.Context, text string, now time.Time) error

	// Recall returns what was entered last, at most n texts, the newest first.
	Recall(ctx context.Context, n int) ([]string, error)
}
