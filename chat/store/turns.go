package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"inkling/chat"
)

// Load implements chat.Store. A turn that the file has as being written is
// returned as stopped; in the file it stays as it is, for the process that
// writes it may be alive.
func (s *DB) Load(ctx context.Context, id string) (*chat.Conversation, error) {
	var h chat.Header
	var turns []chat.Turn
	var notes []chat.Note
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if h, err = header(ctx, tx, id); err != nil {
			return err
		}
		if notes, err = readNotes(ctx, tx, id); err != nil {
			return err
		}
		turns, err = readTurns(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := chat.Restore(h, turns)
	if err != nil {
		return nil, explain(s.path, err)
	}
	c.Notes = notes
	return c, nil
}

func readTurns(ctx context.Context, tx *sql.Tx, session string) ([]chat.Turn, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, coalesce(parent, 0), role, text, state, created, reply FROM turns WHERE session = ? ORDER BY id`, session)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var turns []chat.Turn
	var reply sql.RawBytes
	for rows.Next() {
		var t chat.Turn
		var created int64
		if err := rows.Scan(&t.ID, &t.Parent, &t.Role, &t.Text, &t.State, &created, &reply); err != nil {
			return nil, err
		}
		t.Created = time.UnixMilli(created)
		if reply != nil {
			if err := json.Unmarshal(reply, &t.Reply); err != nil {
				return nil, fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, err)
			}
		}
		turns = append(turns, t)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return turns, readDetails(ctx, tx, session, turns)
}

// readDetails completes turns, which are in the order of their IDs. Both are read one after the other, since a story has many of them.
func readDetails(ctx context.Context, tx *sql.Tx, session string, turns []chat.Turn) error {
	rows, err := tx.QueryContext(ctx, "SELECT turn, ids, place, removed, label, hidden FROM details WHERE session = ? ORDER BY turn", session)
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids sql.RawBytes
	for next := 0; rows.Next(); {
		var d chat.Turn
		var place sql.NullInt64
		if err := rows.Scan(&d.ID, &ids, &place, &d.Removed, &d.Label, &d.Hidden); err != nil {
			return err
		}
		for next < len(turns) && turns[next].ID < d.ID {
			next++
		}
		if next == len(turns) || turns[next].ID != d.ID {
			continue
		}
		t := &turns[next]
		t.Removed, t.Label, t.Hidden = d.Removed, d.Label, d.Hidden
		if place.Valid {
			at := int(place.Int64)
			t.Place = &at
		}
		if ids != nil && t.Reply != nil {
			if t.Reply.IDs, err = parseIDs(ids); err != nil {
				return fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, err)
			}
		}
	}
	return rows.Err()
}

// SaveTurn implements chat.Store.
func (s *DB) SaveTurn(ctx context.Context, session string, t chat.Turn) error {
	return s.save(ctx, session, t, func(*sql.Tx) error { return nil })
}

// save saves a turn, and in the same transaction what belongs to it.
func (s *DB) save(ctx context.Context, session string, t chat.Turn, more func(*sql.Tx) error) error {
	var reply sql.NullString
	var ids []int
	if t.Reply != nil {
		record := *t.Reply
		ids, record.IDs = record.IDs, nil
		b, err := json.Marshal(&record)
		if err != nil {
			return explain(s.path, fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, err))
		}
		reply = sql.NullString{String: string(b), Valid: true}
	}
	t.Text = valid(t.Text)
	return s.write(ctx, func(tx *sql.Tx) error {
		written, err := saveTurn(ctx, tx, session, &t, reply)
		if err == nil && written {
			err = saveIDs(ctx, tx, session, t.ID, ids)
		}
		if err == nil && written && t.Place != nil {
			_, err = tx.ExecContext(ctx, "INSERT INTO details (session, turn, place, removed) VALUES (?, ?, ?, ?) "+
				"ON CONFLICT DO UPDATE SET place = excluded.place, removed = excluded.removed", session, t.ID, *t.Place, t.Removed)
		}
		if err == nil && written {
			err = preview(ctx, tx, session)
		}
		if err == nil && written {
			err = more(tx)
		}
		if err == nil && written && t.State != chat.Writing {
			err = cmp.Or(index(ctx, tx, session, &t), joinTrace(ctx, tx, session, t.ID))
		}
		if orphan(err) {
			return fmt.Errorf("turn %d of conversation %s, or the turn that it answers: %w", t.ID, session, chat.ErrNotFound)
		}
		return err
	})
}

// SaveMark implements chat.Marks.
func (s *DB) SaveMark(ctx context.Context, session string, turn int, m chat.Mark) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO details (session, turn, label, hidden) VALUES (?, ?, ?, ?) "+
			"ON CONFLICT DO UPDATE SET label = excluded.label, hidden = excluded.hidden", session, turn, valid(m.Label), m.Hidden)
		if orphan(err) {
			return fmt.Errorf("turn %d of conversation %s: %w", turn, session, chat.ErrNotFound)
		}
		return err
	})
}

// saveTurn adds a turn, or replaces an earlier version of it, and reports whether it did.
func saveTurn(ctx context.Context, tx *sql.Tx, session string, t *chat.Turn, reply sql.NullString) (written bool, err error) {
	old, err := storedTurn(ctx, tx, session, t.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return true, insertTurn(ctx, tx, session, t, reply)
	case err != nil:
		return false, err
	case !chat.SameTurn(&old, t):
		return false, fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, chat.ErrConflict)
	case chat.Outdated(&old, t):
		return false, nil
	}
	_, err = tx.ExecContext(ctx, "UPDATE turns SET text = ?, state = ?, reply = ? WHERE session = ? AND id = ?",
		t.Text, t.State, reply, session, t.ID)
	return true, err
}

// saveIDs keeps the token ids of a reply beside its record, which is read as a whole.
func saveIDs(ctx context.Context, tx *sql.Tx, session string, turn int, ids []int) error {
	if ids == nil {
		return nil
	}
	data := make([]byte, 0, 2*len(ids))
	for _, id := range ids {
		data = binary.AppendUvarint(data, uint64(id))
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO details (session, turn, ids) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ids = excluded.ids",
		session, turn, data)
	return err
}

func parseIDs(data []byte) ([]int, error) {
	ids := make([]int, 0, len(data)/2)
	for len(data) > 0 {
		id, n := binary.Uvarint(data)
		if n <= 0 || id > math.MaxInt32 {
			return nil, errors.New("its token ids are damaged")
		}
		ids, data = append(ids, int(id)), data[n:]
	}
	return ids, nil
}

// storedTurn reads a turn, without how it was made.
func storedTurn(ctx context.Context, tx *sql.Tx, session string, id int) (chat.Turn, error) {
	t := chat.Turn{ID: id}
	var created int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(parent, 0), role, text, state, created FROM turns WHERE session = ? AND id = ?`, session, id).
		Scan(&t.Parent, &t.Role, &t.Text, &t.State, &created)
	t.Created = time.UnixMilli(created)
	return t, err
}

// insertTurn adds a turn, which becomes the leaf.
func insertTurn(ctx context.Context, tx *sql.Tx, session string, t *chat.Turn, reply sql.NullString) error {
	parent := sql.NullInt64{Int64: int64(t.Parent), Valid: t.Parent != 0}
	created := t.Created.UnixMilli()
	_, err := tx.ExecContext(ctx, `
		INSERT INTO turns (session, id, parent, role, text, state, created, reply) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		session, t.ID, parent, t.Role, t.Text, t.State, created, reply)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE sessions SET leaf = ?, updated = max(updated, ?), size = iif(size < 0, size, size + 1) WHERE id = ?",
		t.ID, created, session)
	if err != nil || t.Parent == 0 {
		return err
	}
	return indexKilled(ctx, tx, session, t.Parent)
}
