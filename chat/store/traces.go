package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"inkling/chat"
)

// SaveTraced implements chat.Traces.
func (s *DB) SaveTraced(ctx context.Context, session string, t chat.Turn, first int, tokens []chat.TraceToken) error {
	return s.save(ctx, session, t, func(tx *sql.Tx) error {
		known, err := backTo(ctx, tx, session, t.ID, first)
		if err == nil && known != first {
			err = fmt.Errorf("token %d of turn %d of conversation %s: %w", first, t.ID, session, chat.ErrNotFound)
		}
		if err != nil || len(tokens) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO traces VALUES (?, ?, ?, ?, ?)", session, t.ID, first, len(tokens), chat.AppendTrace(nil, tokens))
		return err
	})
}

// backTo removes the tokens of a turn from one on, and returns how many there are before it.
func backTo(ctx context.Context, tx *sql.Tx, session string, turn, first int) (known int, err error) {
	if _, err := tx.ExecContext(ctx, "DELETE FROM traces WHERE session = ? AND turn = ? AND first >= ?", session, turn, first); err != nil {
		return 0, err
	}
	var begin, n int
	var data []byte
	err = tx.QueryRowContext(ctx, `
		SELECT first, tokens, data FROM traces WHERE session = ? AND turn = ? ORDER BY first DESC LIMIT 1`, session, turn).Scan(&begin, &n, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil || begin+n <= first {
		return begin + n, err
	}
	tokens, err := chat.ParseTrace(data)
	if err != nil || len(tokens) < first-begin {
		return 0, errors.Join(err, errTokens)
	}
	data = chat.AppendTrace(nil, tokens[:first-begin])
	_, err = tx.ExecContext(ctx, "UPDATE traces SET tokens = ?, data = ? WHERE session = ? AND turn = ? AND first = ?", first-begin, data, session, turn, begin)
	return first, err
}

var errTokens = errors.New("a trace has fewer tokens than it should")

// joinTrace makes one row of the trace of a turn that is done.
func joinTrace(ctx context.Context, tx *sql.Tx, session string, turn int) error {
	var rows int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM traces WHERE session = ? AND turn = ?", session, turn).Scan(&rows); err != nil || rows < 2 {
		return err
	}
	data, tokens, err := traceData(ctx, tx, session, turn)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM traces WHERE session = ? AND turn = ?", session, turn); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO traces VALUES (?, ?, 0, ?, ?)", session, turn, tokens, data)
	return err
}

func traceData(ctx context.Context, tx *sql.Tx, session string, turn int) (data []byte, tokens int, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT tokens, data FROM traces WHERE session = ? AND turn = ? ORDER BY first", session, turn)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var part []byte
		if err := rows.Scan(&n, &part); err != nil {
			return nil, 0, err
		}
		data, tokens = append(data, part...), tokens+n
	}
	return data, tokens, rows.Err()
}

// Trace implements chat.Traces.
func (s *DB) Trace(ctx context.Context, session string, turn int) (tokens []chat.TraceToken, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		data, _, err := traceData(ctx, tx, session, turn)
		if err == nil {
			tokens, err = chat.ParseTrace(data)
		}
		return err
	})
	return tokens, err
}

// CopyTraces implements chat.Traces. Which turns are the same chat.SameTurn says.
func (s *DB) CopyTraces(ctx context.Context, from, to string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO traces (session, turn, first, tokens, data) SELECT b.session, r.turn, r.first, r.tokens, r.data FROM traces r
			JOIN turns a ON a.session = r.session AND a.id = r.turn
			JOIN turns b ON b.session = ?2 AND b.id = a.id AND b.parent IS a.parent AND b.role = a.role AND b.created = a.created
			WHERE r.session = ?1 AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.session = ?2 AND t.turn = r.turn)`, from, to)
		return err
	})
}

// SaveVocabulary implements chat.Traces.
func (s *DB) SaveVocabulary(ctx context.Context, sum string, pieces [][]byte) error {
	var data []byte
	for _, p := range pieces {
		data = append(binary.AppendUvarint(data, uint64(len(p))), p...)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			"INSERT INTO vocabularies VALUES (?, ?) ON CONFLICT (sum) DO UPDATE SET pieces = excluded.pieces WHERE length(excluded.pieces) > length(pieces)",
			valid(sum), data)
		return err
	})
}

// Vocabulary implements chat.Traces.
func (s *DB) Vocabulary(ctx context.Context, sum string) (pieces [][]byte, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		var data []byte
		err := tx.QueryRowContext(ctx, "SELECT pieces FROM vocabularies WHERE sum = ?", sum).Scan(&data)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		for err == nil && len(data) > 0 {
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return fmt.Errorf("vocabulary %s is damaged", sum)
			}
			pieces, data = append(pieces, data[n:n+int(size)]), data[n+int(size):]
		}
		return err
	})
	return pieces, err
}
