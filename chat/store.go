package chat

import (
	"context"
	"errors"
	"time"
)

// A Store keeps conversations. Its methods may be called from several
// goroutines; several processes may use one store.
type Store interface {
	// Sessions lists the conversations that have turns, the latest first.
	Sessions(ctx context.Context) ([]Summary, error)

	// Load returns a conversation as Restore builds it.
	Load(ctx context.Context, id string) (*Conversation, error)

	// SaveSession creates or replaces the header of a conversation.
	SaveSession(ctx context.Context, h Header) error

	// SaveTurn creates or replaces a turn of a conversation whose header and
	// whose parent turn are in the store. A turn that is new to the store
	// becomes the leaf of its conversation, so that it is on the current path
	// even if no header is saved after it. A turn that another process put in
	// its place is never replaced: the error is then ErrConflict.
	SaveTurn(ctx context.Context, session string, t Turn) error

	Rename(ctx context.Context, id, title string) error
	Delete(ctx context.Context, id string) error

	// Last returns the ID of the latest conversation that has turns, "" when
	// there is none.
	Last(ctx context.Context) (id string, err error)

	Close() error
}

// ErrNotFound is wrapped by the error for a conversation that is not in the
// store.
var ErrNotFound = errors.New("no such conversation")

// ErrConflict is wrapped by the error for a turn whose place another process
// has taken: it has the same conversation open. A caller may go on in a copy
// (see NewID and Journal.SaveAll).
var ErrConflict = errors.New("another inkling has changed this conversation")

// A Summary is one line of a list of conversations.
type Summary struct {
	ID      string
	Title   string
	Updated time.Time
	Turns   int    // in the whole tree
	Model   string // used last
	Preview string // beginning of the last turn of the current path, on one line
}

// previewRunes is the longest preview.
const previewRunes = 120

// Preview returns the beginning of text on one line, for a Summary.
func Preview(text string) string { return shorten(text, previewRunes) }

// SameTurn reports whether a and b are versions of one turn, and not two turns
// that were given the same ID by different processes.
func SameTurn(a, b *Turn) bool {
	return a.ID == b.ID && a.Parent == b.Parent && a.Role == b.Role && a.Created.UnixMilli() == b.Created.UnixMilli()
}
