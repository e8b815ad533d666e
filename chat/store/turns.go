package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"inkling/chat"
)

// Load implements chat.Store. A turn that the file has as being written is
// returned as stopped; in the file it stays as it is, for the process that
// writes it may be alive.
func (s *DB) Load(ctx context.Context, id string) (*chat.Conversation, error) {
	var h chat.Header
	var turns []chat.Turn
	err := s.do(ctx, func() error {
		return s.read(ctx, func(tx *sql.Tx) (err error) {
			if h, err = header(ctx, tx, id); err != nil {
				return err
			}
			turns, err = readTurns(ctx, tx, id)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	c, err := chat.Restore(h, turns)
	if err != nil {
		return nil, explain(s.path, err)
	}
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
	for rows.Next() {
		var t chat.Turn
		var created int64
		var reply sql.NullString
		if err := rows.Scan(&t.ID, &t.Parent, &t.Role, &t.Text, &t.State, &created, &reply); err != nil {
			return nil, err
		}
		t.Created = time.UnixMilli(created)
		if reply.Valid {
			if err := json.Unmarshal([]byte(reply.String), &t.Reply); err != nil {
				return nil, fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, err)
			}
		}
		turns = append(turns, t)
	}
	return turns, rows.Err()
}

// SaveTurn implements chat.Store.
func (s *DB) SaveTurn(ctx context.Context, session string, t chat.Turn) error {
	var reply sql.NullString
	if t.Reply != nil {
		b, err := json.Marshal(t.Reply)
		if err != nil {
			return explain(s.path, fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, err))
		}
		reply = sql.NullString{String: string(b), Valid: true}
	}
	t.Text = valid(t.Text)
	return s.do(ctx, func() error {
		err := s.write(ctx, func(tx *sql.Tx) error { return saveTurn(ctx, tx, session, &t, reply) })
		if orphan(err) {
			return fmt.Errorf("turn %d of conversation %s, or the turn that it answers: %w", t.ID, session, chat.ErrNotFound)
		}
		return err
	})
}

// saveTurn adds a turn, or replaces an earlier version of it.
func saveTurn(ctx context.Context, tx *sql.Tx, session string, t *chat.Turn, reply sql.NullString) error {
	old, err := storedTurn(ctx, tx, session, t.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return insertTurn(ctx, tx, session, t, reply)
	case err != nil:
		return err
	case !chat.SameTurn(&old, t):
		return fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, chat.ErrConflict)
	case chat.Outdated(&old, t):
		return nil
	}
	_, err = tx.ExecContext(ctx, "UPDATE turns SET text = ?, state = ?, reply = ? WHERE session = ? AND id = ?",
		t.Text, t.State, reply, session, t.ID)
	return err
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
	_, err = tx.ExecContext(ctx, "UPDATE sessions SET leaf = ?, updated = max(updated, ?) WHERE id = ?", t.ID, created, session)
	return err
}
