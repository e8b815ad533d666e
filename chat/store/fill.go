package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"inkling/chat"
)

// What a store of format 1 lacks of its old turns is filled in beside the program: the index of their words, what was entered,
// and how large each conversation is. It goes by batches, each of which is a transaction that also notes how far it is, so that
// it goes on where it was killed.
const (
	batchTurns = 1000
	leaseTime  = 30 * time.Second     // that other processes leave it alone
	batchPause = 5 * time.Millisecond // in which others get to write
)

// cursor is how far the filling is.
type cursor struct {
	Session string `json:"session"` // the last one, of which
	Turn    int    `json:"turn"`    // this turn was the last
}

// fill does what there is to fill, so many turns at once, until it is done or ctx ends. Another process that is about it is left
// alone, as long as it goes on.
func fill(ctx context.Context, s *DB, batch int) error {
	var lease int64 // our own
	for {
		done, pause := true, batchPause
		err := s.write(ctx, func(tx *sql.Tx) error {
			var at string
			var taken int64
			err := tx.QueryRowContext(ctx, "SELECT at, lease FROM work WHERE name = 'fill'").Scan(&at, &taken)
			now := time.Now()
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			if wait := time.UnixMilli(taken).Sub(now); taken != lease && wait > 0 {
				done, pause = false, wait
				return nil
			}
			var c cursor
			if err := json.Unmarshal([]byte(at), &c); err != nil {
				return err
			}
			lease = now.Add(leaseTime).UnixMilli()
			done, err = fillBatch(ctx, tx, c, lease, batch)
			return err
		})
		if err != nil && !errors.Is(err, chat.ErrLocked) || err == nil && done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// oldTurn is a turn of the batch.
type oldTurn struct {
	session string
	turn    chat.Turn
	created int64
	known   bool // it is in the index
}

// fillBatch fills in some turns after a cursor, and reports whether they were the last.
func fillBatch(ctx context.Context, tx *sql.Tx, c cursor, lease int64, batch int) (done bool, err error) {
	turns, err := oldTurns(ctx, tx, c, batch)
	if err != nil {
		return false, err
	}
	for _, t := range turns {
		if t.session != c.Session {
			if err := count(ctx, tx, t.session); err != nil {
				return false, err
			}
		}
		c.Session, c.Turn = t.session, t.turn.ID
		if t.turn.Role == chat.User {
			if err := remember(ctx, tx, t.turn.Text, t.created); err != nil {
				return false, err
			}
		}
	}
	// The index is written fastest in the order of its numbers.
	slices.SortFunc(turns, func(a, b oldTurn) int { return cmp.Compare(a.created, b.created) })
	for _, t := range turns {
		if t.known {
			continue
		}
		t.turn.Created = time.UnixMilli(t.created)
		if err := index(ctx, tx, t.session, &t.turn); err != nil {
			return false, err
		}
	}
	if err := forgetOld(ctx, tx); err != nil {
		return false, err
	}
	if len(turns) < batch {
		_, err := tx.ExecContext(ctx, "DELETE FROM work WHERE name = 'fill'; UPDATE sessions SET size = 0 WHERE size < 0")
		return true, err
	}
	at, err := json.Marshal(c)
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, "UPDATE work SET at = ?, lease = ? WHERE name = 'fill'", string(at), lease)
	return false, err
}

func oldTurns(ctx context.Context, tx *sql.Tx, c cursor, limit int) (turns []oldTurn, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT session, id, role, text, created, EXISTS (SELECT 1 FROM texts x WHERE x.session = t.session AND x.turn = t.id)
		FROM turns t WHERE (session, id) > (?, ?) ORDER BY session, id LIMIT ?`, c.Session, c.Turn, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t oldTurn
		if err := rows.Scan(&t.session, &t.turn.ID, &t.turn.Role, &t.turn.Text, &t.created, &t.known); err != nil {
			return nil, err
		}
		turns = append(turns, t)
	}
	return turns, rows.Err()
}

// count notes how many turns a conversation has, which is then kept up to date.
func count(ctx context.Context, tx *sql.Tx, session string) error {
	_, err := tx.ExecContext(ctx, "UPDATE sessions SET size = (SELECT count(*) FROM turns WHERE session = ?1) WHERE id = ?1", session)
	if err != nil {
		return err
	}
	return preview(ctx, tx, session)
}
