package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks a SQLite file as a chat store: "inkl".
const applicationID = 0x696e6b6c

// migrations lists what brings a store from version i to version i+1. A step
// that was released is never changed.
var migrations = []string{
	`CREATE TABLE sessions (
		id      TEXT PRIMARY KEY,
		title   TEXT NOT NULL,
		created INTEGER NOT NULL, -- unix milliseconds
		updated INTEGER NOT NULL,
		system  TEXT NOT NULL,
		mode    TEXT NOT NULL,    -- chat, story
		format  TEXT NOT NULL,    -- prompt format, '' for the model's own
		model   TEXT NOT NULL,
		draft   TEXT NOT NULL,    -- input not sent yet
		leaf    INTEGER NOT NULL, -- end of the current path; 0 for none
		chosen  TEXT NOT NULL     -- JSON object: parent to child, where that is not the newest
	) STRICT;
	CREATE INDEX sessions_updated ON sessions (updated);

	CREATE TABLE turns (
		session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
		id      INTEGER NOT NULL CHECK (id > 0),
		parent  INTEGER,          -- NULL for a root
		role    TEXT NOT NULL,    -- user, assistant
		text    TEXT NOT NULL,
		state   TEXT NOT NULL,    -- writing, done, stopped
		created INTEGER NOT NULL,
		reply   TEXT,             -- JSON object: how it was made; NULL for user turns
		PRIMARY KEY (session, id),
		FOREIGN KEY (session, parent) REFERENCES turns (session, id)
	) STRICT;
	CREATE INDEX turns_parent ON turns (session, parent);`,
}

// prepare checks that the file is a store of this program and brings it up to
// date. A store that cannot be written is an error; one that another program is
// writing to is none, if it is up to date.
func (s *DB) prepare(ctx context.Context) error {
	var version int
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		version, err = check(ctx, tx)
		return err
	})
	if err == nil && version > len(migrations) {
		return &NewerError{Path: s.path, Found: version, Known: len(migrations)}
	}
	if err == nil && version < len(migrations) {
		err = s.update(ctx)
	}
	if err != nil {
		return err
	}
	if err := s.writable(ctx); err != nil {
		return err
	}
	// The mode is a property of the file and needs it for a moment alone. A
	// process that is in the way at this moment is about to do the same.
	if _, err := s.db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil && !busy(err) {
		return err
	}
	return nil
}

// update does the steps that the store lacks.
func (s *DB) update(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		version, err := check(ctx, tx)
		if err != nil {
			return err
		}
		for ; version < len(migrations); version++ {
			if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
				return fmt.Errorf("step from format %d to %d: %w", version, version+1, err)
			}
			pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+1)
			if _, err := tx.ExecContext(ctx, pragmas); err != nil {
				return err
			}
		}
		return nil
	})
}

// check returns the version of the store, 0 for an empty file.
func check(ctx context.Context, tx *sql.Tx) (version int, err error) {
	var application, objects int
	for query, value := range map[string]*int{
		"PRAGMA user_version":                &version,
		"PRAGMA application_id":              &application,
		"SELECT count(*) FROM sqlite_schema": &objects,
	} {
		if err := tx.QueryRowContext(ctx, query).Scan(value); err != nil {
			return 0, err
		}
	}
	if application != applicationID && (application != 0 || version != 0 || objects != 0) {
		return 0, errForeign
	}
	return version, nil
}

// writable asks SQLite, which opens a file that it may only read without a word
// and fails at the first write.
func (s *DB) writable(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		if file, ok := c.(interface{ IsReadOnly(string) (bool, error) }); ok {
			if readOnly, err := file.IsReadOnly("main"); err != nil || readOnly {
				return cmp.Or(err, errReadOnly)
			}
		}
		return nil
	})
}
