package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"inkling/chat"
)

// Notes implements chat.Notes.
func (s *DB) Notes(ctx context.Context, session string) (notes []chat.Note, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		notes, err = readNotes(ctx, tx, session)
		return err
	})
	return notes, err
}

func readNotes(ctx context.Context, tx *sql.Tx, session string) (notes []chat.Note, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, kind, title, keys, text, depth, enabled, rest FROM notes WHERE session = ? ORDER BY id", session)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n chat.Note
		var keys, rest string
		if err := rows.Scan(&n.ID, &n.Kind, &n.Title, &keys, &n.Text, &n.Depth, &n.Enabled, &rest); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(keys), &n.Keys); err != nil {
			return nil, fmt.Errorf("note %d of conversation %s: %w", n.ID, session, err)
		}
		if rest != "{}" {
			n.Rest = json.RawMessage(rest)
		}
		notes = append(notes, n)
	}
	return notes, rows.Err()
}

// SaveNote implements chat.Notes.
func (s *DB) SaveNote(ctx context.Context, session string, n chat.Note) (id int, err error) {
	keys, err := json.Marshal(n.Keys)
	if err != nil {
		return 0, explain(s.path, err)
	}
	rest := "{}"
	if n.Rest != nil {
		rest = string(n.Rest)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		id = n.ID
		if id == 0 {
			if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM notes WHERE session = ?", session).Scan(&id); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			session, id, valid(n.Kind), valid(n.Title), valid(string(keys)), valid(n.Text), n.Depth, n.Enabled, valid(rest))
		if orphan(err) {
			return notFound(session)
		}
		return err
	})
	return id, err
}

// DeleteNote implements chat.Notes.
func (s *DB) DeleteNote(ctx context.Context, session string, id int) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM notes WHERE session = ? AND id = ?", session, id)
		return err
	})
}

// Remember implements chat.History.
func (s *DB) Remember(ctx context.Context, text string, now time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := remember(ctx, tx, valid(text), now.UnixMilli()); err != nil {
			return err
		}
		return forgetOld(ctx, tx)
	})
}

func remember(ctx context.Context, tx *sql.Tx, text string, used int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO history (text, used) VALUES (?, ?) ON CONFLICT (text) DO UPDATE SET used = max(used, excluded.used)", text, used)
	return err
}

// forgetOld keeps what was entered last.
func forgetOld(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY used DESC, id DESC LIMIT -1 OFFSET ?)", chat.Remembered)
	return err
}

// Recall implements chat.History.
func (s *DB) Recall(ctx context.Context, n int) (texts []string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT text FROM history ORDER BY used DESC, id DESC LIMIT ?", n)
		if err != nil {
			return err
		}
		defer rows.Close()
		texts = nil
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			texts = append(texts, text)
		}
		return rows.Err()
	})
	return texts, err
}
