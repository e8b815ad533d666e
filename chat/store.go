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

	// SaveSession creates or replaces the header of a conversation. When the
	// store has a turn beyond h.Last, which another process added, the current
	// path stays as it is in the store. The time of the last change never goes
	// back.
	SaveSession(ctx context.Context, h Header) error

	// SaveTurn creates or replaces a turn of a conversation whose header and
	// whose parent turn are in the store. A turn that is new to the store
	// becomes the leaf of its conversation, so that it is on the current path
	// even if no header is saved after it. A turn that another process put in
	// its place is never replaced: the error is then ErrConflict. A version that
	// is Outdated changes nothing. When the header or the parent is missing, the
	// error is ErrNotFound.
	SaveTurn(ctx context.Context, session string, t Turn) error

	Rename(ctx context.Context, id, title string) error
	Delete(ctx context.Context, id string) error

	// Last returns the ID of the latest conversation that has turns, "" when
	// there is none.
	Last(ctx context.Context) (id string, err error)

	Close() error
}

// ErrNotFound is wrapped by the error for a conversation that is not in the
// store, or not as a whole: another process may have deleted it. A caller that
// has it may put it back (see Journal.SaveAll).
var ErrNotFound = errors.New("no such conversation")

// ErrConflict is wrapped by the error for a turn whose place another process
// has taken: it has the same conversation open. A caller may go on in a copy
// (see NewID, Journal.SaveAll and Journal.Forget).
var ErrConflict = errors.New("another inkling has changed this conversation")

// ErrLocked is wrapped by the error for a store that another program has locked
// for longer than stores wait. Nothing was changed; it may be tried again.
var ErrLocked = errors.New("the chat store is locked by another program")

// A Summary is one line of a list of conversations.
type Summary struct {
	ID      string
	Title   string
	Updated time.Time
	Turns   int    // in the whole tree
	Model   string // used last
	Preview string // beginning of the last turn of the current path, on one line
	Starred bool
	Tags    []string
}

// previewRunes is the longest preview.
const previewRunes = 120

// Preview returns the beginning of text on one line, for a Summary.
func Preview(text string) string { return shorten(text, previewRunes) }

// SameTurn reports whether a and b are versions of one turn, and not two turns
// that were given the same ID by different processes, maybe within one
// millisecond. The text of a user turn never changes.
func SameTurn(a, b *Turn) bool {
	return a.ID == b.ID && a.Parent == b.Parent && a.Role == b.Role && a.Created.UnixMilli() == b.Created.UnixMilli() &&
		(a.Role != User || a.Text == b.Text)
}

// Outdated reports whether next, a version of the turn old, is one that knows
// less: a process that loads a turn while another one is writing it has it as
// Stopped, with the text so far.
func Outdated(old, next *Turn) bool {
	return next.State == Stopped && (old.State == Done || len(old.Text) > len(next.Text))
}
