package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"inkling/chat"
)

// previewRead is how many characters of a turn are read for its preview.
const previewRead = 1000

// Sessions implements chat.Store.
func (s *DB) Sessions(ctx context.Context) (list []chat.Summary, err error) {
	err = s.do(ctx, func() (err error) {
		list, err = s.summaries(ctx)
		return err
	})
	return list, err
}

func (s *DB) summaries(ctx context.Context) ([]chat.Summary, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT s.id, s.title, s.updated, s.model, count(*),
			coalesce((SELECT substr(text, 1, ?) FROM turns WHERE session = s.id AND id = s.leaf), '')
		FROM sessions s JOIN turns t ON t.session = s.id
		GROUP BY s.id ORDER BY s.updated DESC, s.id DESC`, previewRead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []chat.Summary
	for rows.Next() {
		var m chat.Summary
		var updated int64
		var text string
		if err := rows.Scan(&m.ID, &m.Title, &updated, &m.Model, &m.Turns, &text); err != nil {
			return nil, err
		}
		m.Updated = time.UnixMilli(updated)
		m.Preview = chat.Preview(text)
		list = append(list, m)
	}
	return list, rows.Err()
}

// Last implements chat.Store.
func (s *DB) Last(ctx context.Context) (id string, err error) {
	err = s.do(ctx, func() error {
		err := s.db.QueryRowContext(ctx, `
			SELECT id FROM sessions s WHERE EXISTS (SELECT 1 FROM turns WHERE session = s.id)
			ORDER BY updated DESC, id DESC LIMIT 1`).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// SaveSession implements chat.Store.
func (s *DB) SaveSession(ctx context.Context, h chat.Header) error {
	chosen, err := json.Marshal(h.Chosen)
	if err != nil {
		return explain(s.path, err)
	}
	return s.execute(ctx, `
		INSERT INTO sessions (id, title, created, updated, system, mode, format, model, draft, leaf, chosen)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated = max(updated, excluded.updated),
			system = excluded.system, mode = excluded.mode, format = excluded.format, model = excluded.model,
			draft = excluded.draft,
			leaf = iif((SELECT max(id) FROM turns WHERE session = excluded.id) > ?12, leaf, excluded.leaf),
			chosen = iif((SELECT max(id) FROM turns WHERE session = excluded.id) > ?12, chosen, excluded.chosen)`,
		valid(h.ID), valid(h.Title), h.Created.UnixMilli(), h.Updated.UnixMilli(), valid(h.System), valid(string(h.Mode)),
		valid(h.Format), valid(h.Model), valid(h.Draft), h.Leaf, string(chosen), h.Last)
}

// execute runs one statement.
func (s *DB) execute(ctx context.Context, statement string, args ...any) error {
	return s.do(ctx, func() error {
		_, err := s.db.ExecContext(ctx, statement, args...)
		return err
	})
}

// header reads the header of a conversation.
func header(ctx context.Context, tx *sql.Tx, id string) (chat.Header, error) {
	h := chat.Header{Meta: chat.Meta{ID: id}}
	var created, updated int64
	var chosen string
	err := tx.QueryRowContext(ctx, `
		SELECT title, created, updated, system, mode, format, model, draft, leaf, chosen FROM sessions WHERE id = ?`, id).
		Scan(&h.Title, &created, &updated, &h.System, &h.Mode, &h.Format, &h.Model, &h.Draft, &h.Leaf, &chosen)
	if errors.Is(err, sql.ErrNoRows) {
		return h, notFound(id)
	}
	if err != nil {
		return h, err
	}
	h.Created, h.Updated = time.UnixMilli(created), time.UnixMilli(updated)
	if err := json.Unmarshal([]byte(chosen), &h.Chosen); err != nil {
		return h, fmt.Errorf("conversation %s: chosen turns: %w", id, err)
	}
	return h, nil
}

// Rename implements chat.Store.
func (s *DB) Rename(ctx context.Context, id, title string) error {
	return s.change(ctx, id, "UPDATE sessions SET title = ? WHERE id = ?", valid(title), id)
}

// Delete implements chat.Store.
func (s *DB) Delete(ctx context.Context, id string) error {
	return s.change(ctx, id, "DELETE FROM sessions WHERE id = ?", id)
}

// change runs a statement on the one conversation with this ID.
func (s *DB) change(ctx context.Context, id, statement string, args ...any) error {
	return s.do(ctx, func() error {
		result, err := s.db.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err == nil && n == 0 {
			return notFound(id)
		}
		return nil
	})
}

func notFound(id string) error { return fmt.Errorf("conversation %s: %w", id, chat.ErrNotFound) }

// valid returns text as the store keeps it.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
