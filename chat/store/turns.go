package store

import (
	"context"
	"database/sql"
	"encoding/json"
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
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if h, err = header(ctx, tx, id); err != nil {
			return err
		}
		turns, err = readTurns(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, explain(s.path, err)
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
	parent := sql.NullInt64{Int64: int64(t.Parent), Valid: t.Parent != 0}
	created := t.Created.UnixMilli()
	err := s.write(ctx, func(tx *sql.Tx) error {
		added, err := affected(tx.ExecContext(ctx, `
			INSERT INTO turns (session, id, parent, role, text, state, created, reply)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			session, t.ID, parent, t.Role, valid(t.Text), t.State, created, reply))
		if err != nil {
			return err
		}
		if added {
			_, err := tx.ExecContext(ctx, "UPDATE sessions SET leaf = ?, updated = max(updated, ?) WHERE id = ?", t.ID, created, session)
			return err
		}
		same, err := affected(tx.ExecContext(ctx, `
			UPDATE turns SET text = ?, state = ?, reply = ?
			WHERE session = ? AND id = ? AND parent IS ? AND role = ? AND created = ?`,
			valid(t.Text), t.State, reply, session, t.ID, parent, t.Role, created))
		if err == nil && !same {
			return fmt.Errorf("turn %d of conversation %s: %w", t.ID, session, chat.ErrConflict)
		}
		return err
	})
	if orphan(err) {
		return fmt.Errorf("turn %d of conversation %s, or the turn that it answers: %w", t.ID, session, chat.ErrNotFound)
	}
	if err != nil {
		return explain(s.path, err)
	}
	return nil
}

// affected reports whether a statement changed a row.
func affected(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
