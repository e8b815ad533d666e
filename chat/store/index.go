package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"inkling/chat"
)

// sameTime is how many turns of one millisecond have numbers of their own in the index. Later ones get the next numbers that are free.
const sameTime = 1024

// number is a free one for a turn in the index, where the newest turn has the largest.
func number(ctx context.Context, tx *sql.Tx, created int64) (id int64, err error) {
	for id = created * sameTime; ; id++ {
		var last sql.NullInt64
		err := tx.QueryRowContext(ctx, "SELECT max(id) FROM texts WHERE id >= ? AND id < ?", id, id+sameTime).Scan(&last)
		if err != nil || !last.Valid {
			return id, err
		}
		if last.Int64 < id+sameTime-1 {
			return last.Int64 + 1, nil
		}
		id = last.Int64
	}
}

// index has a turn found by its words.
func index(ctx context.Context, tx *sql.Tx, session string, t *chat.Turn) error {
	if strings.TrimSpace(t.Text) == "" {
		return nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM texts WHERE session = ? AND turn = ?", session, t.ID).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		if id, err = number(ctx, tx, t.Created.UnixMilli()); err == nil {
			_, err = tx.ExecContext(ctx, "INSERT INTO texts VALUES (?, ?, ?)", id, session, t.ID)
		}
	}
	if err != nil {
		return err
	}
	return indexAs(ctx, tx, id, t.Text)
}

// indexAs puts a text into the index, in place of the one of that number.
func indexAs(ctx context.Context, tx *sql.Tx, id int64, text string) error {
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO search (rowid, text) VALUES (?, ?)", id, chat.Spaced(text))
	return err
}

// indexKilled has a reply found that somebody goes on from although the process that wrote it never ended it.
func indexKilled(ctx context.Context, tx *sql.Tx, session string, turn int) error {
	t := chat.Turn{ID: turn}
	var created int64
	err := tx.QueryRowContext(ctx, `
		SELECT text, created FROM turns t WHERE session = ? AND id = ? AND state = ?
		AND NOT EXISTS (SELECT 1 FROM texts x WHERE x.session = t.session AND x.turn = t.id)`, session, turn, chat.Writing).Scan(&t.Text, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	t.Created = time.UnixMilli(created)
	return index(ctx, tx, session, &t)
}

// Search implements chat.Index.
func (s *DB) Search(ctx context.Context, query string) (hits []chat.Hit, partial bool, err error) {
	phrases := chat.Phrases(query)
	if len(phrases) == 0 {
		return nil, false, nil
	}
	err = s.read(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM work WHERE name = 'fill')").Scan(&partial); err != nil {
			return err
		}
		var err error
		hits, err = search(ctx, tx, matching(phrases, !strings.HasSuffix(query, " ")), phrases)
		return err
	})
	return hits, partial, err
}

// matching is the query in the language of the index. The last word, if it may go on, stands for those that begin with it.
func matching(phrases [][]string, open bool) string {
	var parts []string
	for i, words := range phrases {
		phrase := quoted(strings.Join(words, " "))
		if last := words[len(words)-1]; open && i == len(phrases)-1 && len(words) == 1 && !chat.Alone([]rune(last)[0]) {
			phrase += "*"
		}
		parts = append(parts, phrase)
	}
	return strings.Join(parts, " AND ")
}

func quoted(words string) string { return `"` + strings.ReplaceAll(words, `"`, `""`) + `"` }

func search(ctx context.Context, tx *sql.Tx, match string, phrases [][]string) (hits []chat.Hit, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT x.session, s.title, x.turn, t.role, t.created, t.text
		FROM (SELECT rowid AS id FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?) f
		JOIN texts x ON x.id = f.id
		JOIN turns t ON t.session = x.session AND t.id = x.turn
		JOIN sessions s ON s.id = x.session
		ORDER BY f.id DESC`, match, chat.Hits)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h chat.Hit
		var created int64
		var text string
		if err := rows.Scan(&h.Session, &h.Title, &h.Turn, &h.Role, &created, &text); err != nil {
			return nil, err
		}
		h.Created = time.UnixMilli(created)
		h.Snippet = chat.Snippet(text, phrases)
		hits = append(hits, h)
	}
	return hits, rows.Err()
}

// Labels implements chat.Index.
func (s *DB) Labels(ctx context.Context, session string) (tags []string, starred bool, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT starred FROM sessions WHERE id = ?", session).Scan(&starred)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound(session)
		}
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT tag FROM tags WHERE session = ? ORDER BY tag", session)
		if err != nil {
			return err
		}
		defer rows.Close()
		tags = nil
		for rows.Next() {
			var tag string
			if err := rows.Scan(&tag); err != nil {
				return err
			}
			tags = append(tags, tag)
		}
		return rows.Err()
	})
	return tags, starred, err
}

// Label implements chat.Index.
func (s *DB) Label(ctx context.Context, session string, tags []string, starred bool) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, session, "UPDATE sessions SET starred = ? WHERE id = ?", starred, session); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM tags WHERE session = ?", session); err != nil {
			return err
		}
		for _, tag := range tags {
			if _, err := tx.ExecContext(ctx, "INSERT INTO tags VALUES (?, ?) ON CONFLICT DO NOTHING", session, valid(tag)); err != nil {
				return err
			}
		}
		return nil
	})
}
