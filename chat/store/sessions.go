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
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = summaries(ctx, tx)
		return err
	})
	return list, err
}

// summaries reads the list from the sessions alone, but for those that were never counted.
func summaries(ctx context.Context, tx *sql.Tx) ([]chat.Summary, error) {
	tags, err := allTags(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT id, title, updated, model, starred,
			iif(size < 0, (SELECT count(*) FROM turns WHERE session = s.id), size),
			iif(size < 0, coalesce((SELECT substr(text, 1, ?) FROM turns WHERE session = s.id AND id = s.leaf), ''), preview)
		FROM sessions s WHERE size <> 0 ORDER BY updated DESC, id DESC`, previewRead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []chat.Summary
	for rows.Next() {
		var m chat.Summary
		var updated int64
		if err := rows.Scan(&m.ID, &m.Title, &updated, &m.Model, &m.Starred, &m.Turns, &m.Preview); err != nil {
			return nil, err
		}
		if m.Turns == 0 {
			continue
		}
		m.Updated = time.UnixMilli(updated)
		m.Preview = chat.Preview(m.Preview)
		m.Tags = tags[m.ID]
		list = append(list, m)
	}
	return list, rows.Err()
}

// allTags are the tags of all conversations, by their IDs.
func allTags(ctx context.Context, tx *sql.Tx) (map[string][]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT session, tag FROM tags ORDER BY session, tag")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tags := map[string][]string{}
	for rows.Next() {
		var session, tag string
		if err := rows.Scan(&session, &tag); err != nil {
			return nil, err
		}
		tags[session] = append(tags[session], tag)
	}
	return tags, rows.Err()
}

// Last implements chat.Store.
func (s *DB) Last(ctx context.Context) (id string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `
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
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO sessions (id, title, created, updated, system, mode, format, model, draft, leaf, chosen, params, size)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?13, 0)
			ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated = max(updated, excluded.updated),
				system = excluded.system, mode = excluded.mode, format = excluded.format, model = excluded.model,
				draft = excluded.draft, params = excluded.params,
				leaf = iif((SELECT max(id) FROM turns WHERE session = excluded.id) > ?12, leaf, excluded.leaf),
				chosen = iif((SELECT max(id) FROM turns WHERE session = excluded.id) > ?12, chosen, excluded.chosen)`,
			valid(h.ID), valid(h.Title), h.Created.UnixMilli(), h.Updated.UnixMilli(), valid(h.System), valid(string(h.Mode)),
			valid(h.Format), valid(h.Model), valid(h.Draft), h.Leaf, string(chosen), h.Last, valid(h.Params))
		if err != nil {
			return err
		}
		return preview(ctx, tx, h.ID)
	})
}

// preview brings the preview in line with the leaf. A conversation that was never counted has none.
func preview(ctx context.Context, tx *sql.Tx, session string) error {
	var size int
	var now, text string
	err := tx.QueryRowContext(ctx, `
		SELECT size, preview, coalesce((SELECT substr(text, 1, ?) FROM turns WHERE session = s.id AND id = s.leaf), '')
		FROM sessions s WHERE id = ?`, previewRead, session).Scan(&size, &now, &text)
	if err != nil {
		return err
	}
	text = chat.Preview(text)
	if size < 0 || text == now {
		return nil
	}
	_, err = tx.ExecContext(ctx, "UPDATE sessions SET preview = ? WHERE id = ?", text, session)
	return err
}

// header reads the header of a conversation.
func header(ctx context.Context, tx *sql.Tx, id string) (chat.Header, error) {
	h := chat.Header{Meta: chat.Meta{ID: id}}
	var created, updated int64
	var chosen string
	err := tx.QueryRowContext(ctx, `
		SELECT title, created, updated, system, mode, format, model, draft, leaf, chosen, params FROM sessions WHERE id = ?`, id).
		Scan(&h.Title, &created, &updated, &h.System, &h.Mode, &h.Format, &h.Model, &h.Draft, &h.Leaf, &chosen, &h.Params)
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
	return s.write(ctx, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, id, "UPDATE sessions SET title = ? WHERE id = ?", valid(title), id)
	})
}

// Delete implements chat.Store. What was said in it is no longer remembered.
func (s *DB) Delete(ctx context.Context, id string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM history WHERE text IN (SELECT text FROM turns WHERE session = ? AND role = ?)", id, chat.User)
		if err != nil {
			return err
		}
		return changeOne(ctx, tx, id, "DELETE FROM sessions WHERE id = ?", id)
	})
}

// changeOne runs a statement on the one conversation with this ID.
func changeOne(ctx context.Context, tx *sql.Tx, id, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err == nil && n == 0 {
		return notFound(id)
	}
	return nil
}

func notFound(id string) error { return fmt.Errorf("conversation %s: %w", id, chat.ErrNotFound) }

// valid returns text as the store keeps it.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
