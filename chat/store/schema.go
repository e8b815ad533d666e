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

	// Old turns are not touched here; see fill.
	`ALTER TABLE sessions ADD COLUMN params  TEXT NOT NULL DEFAULT '';    -- JSON object: settings of this chat, '' for none
	ALTER TABLE sessions ADD COLUMN size    INTEGER NOT NULL DEFAULT -1; -- turns; -1: counted when listed
	ALTER TABLE sessions ADD COLUMN preview TEXT NOT NULL DEFAULT '';    -- of the leaf
	ALTER TABLE sessions ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;

	CREATE TABLE details (            -- of turns that need it
		session TEXT NOT NULL,
		turn    INTEGER NOT NULL,
		ids     BLOB,                 -- uvarints; NULL: in reply, as format 1 has them
		label   TEXT NOT NULL DEFAULT '',
		hidden  INTEGER NOT NULL DEFAULT 0,
		place   INTEGER,              -- story: byte where the change begins; NULL: the end
		removed INTEGER NOT NULL DEFAULT 0, -- story: bytes taken out
		PRIMARY KEY (session, turn),
		FOREIGN KEY (session, turn) REFERENCES turns ON DELETE CASCADE
	) STRICT;
	CREATE TABLE traces (
		session TEXT NOT NULL,
		turn    INTEGER NOT NULL,
		first   INTEGER NOT NULL,     -- token of the reply, from 0
		tokens  INTEGER NOT NULL,
		data    BLOB NOT NULL,        -- see chat.AppendTrace
		PRIMARY KEY (session, turn, first),
		FOREIGN KEY (session, turn) REFERENCES turns ON DELETE CASCADE
	) STRICT;
	CREATE TABLE vocabularies (       -- of each tokenizer that wrote
		sum     TEXT PRIMARY KEY,
		pieces  BLOB NOT NULL         -- lengths (uvarints) and bytes, by id
	) STRICT;
	CREATE TABLE attachments (
		session TEXT NOT NULL,
		turn    INTEGER NOT NULL,
		kind    TEXT NOT NULL,        -- picture, story snapshot
		data    BLOB NOT NULL,
		PRIMARY KEY (session, turn, kind),
		FOREIGN KEY (session, turn) REFERENCES turns ON DELETE CASCADE
	) STRICT;
	CREATE TABLE notes (
		session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
		id      INTEGER NOT NULL,
		kind    TEXT NOT NULL,        -- memory, note, world
		title   TEXT NOT NULL,
		keys    TEXT NOT NULL,        -- JSON array
		text    TEXT NOT NULL,
		depth   INTEGER NOT NULL,
		enabled INTEGER NOT NULL,
		rest    TEXT NOT NULL DEFAULT '{}', -- what an imported file had beyond
		PRIMARY KEY (session, id)
	) STRICT;
	CREATE TABLE tags (
		session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
		tag     TEXT NOT NULL,
		PRIMARY KEY (session, tag)
	) STRICT;
	CREATE INDEX tags_tag ON tags (tag, session);
	CREATE TABLE history (            -- the newest chat.Remembered
		id      INTEGER PRIMARY KEY,
		text    TEXT NOT NULL UNIQUE,
		used    INTEGER NOT NULL      -- unix milliseconds
	) STRICT;
	CREATE INDEX history_used ON history (used, id);

	CREATE TABLE texts (              -- turns in the index, older ones first
		id      INTEGER PRIMARY KEY AUTOINCREMENT,
		session TEXT NOT NULL,
		turn    INTEGER NOT NULL,
		UNIQUE (session, turn),
		FOREIGN KEY (session, turn) REFERENCES turns ON DELETE CASCADE
	) STRICT;
	CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
	CREATE VIRTUAL TABLE words USING fts5vocab(search, row);
	CREATE TRIGGER texts_gone AFTER DELETE ON texts BEGIN DELETE FROM search WHERE rowid = old.id; END;

	CREATE TABLE work (               -- that goes on beside the programs
		name    TEXT PRIMARY KEY,
		at      TEXT NOT NULL,        -- JSON: how far it is
		lease   INTEGER NOT NULL      -- until when a program is doing it, unix milliseconds
	) STRICT;
	INSERT INTO work SELECT 'fill', '{}', 0 WHERE EXISTS (SELECT 1 FROM sessions);
	INSERT INTO sqlite_sequence SELECT 'texts', count(*) FROM turns HAVING count(*) > 0; -- old turns get the ids before`,

	// The numbers of the index go by the times of the turns, and beginnings of words have an index of their own. It is filled anew.
	`DROP TABLE words;
	DROP TABLE texts;
	DROP TABLE search;
	CREATE TABLE texts (              -- turns in the index
		id      INTEGER PRIMARY KEY,  -- by their times, see number
		session TEXT NOT NULL,
		turn    INTEGER NOT NULL,
		UNIQUE (session, turn),
		FOREIGN KEY (session, turn) REFERENCES turns ON DELETE CASCADE
	) STRICT;
	CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2');
	CREATE TRIGGER texts_gone AFTER DELETE ON texts BEGIN DELETE FROM search WHERE rowid = old.id; END;
	DELETE FROM work WHERE name = 'fill';
	INSERT INTO work SELECT 'fill', '{}', 0 WHERE EXISTS (SELECT 1 FROM sessions);`,
}

// prepare checks that the file is a store of this program and brings it up to
// date. A store that cannot be written is an error; one that another program is
// writing to is none, if it is up to date.
func (s *DB) prepare(ctx context.Context) error {
	var version int
	err := transact(ctx, s.db, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) (err error) {
		version, err = check(ctx, tx)
		return err
	})
	if err == nil && version > len(migrations) {
		return &NewerError{Path: s.path, Found: version, Known: len(migrations)}
	}
	if err == nil && version < len(migrations) {
		err = transact(ctx, s.db, nil, func(tx *sql.Tx) error { return update(ctx, tx) })
	}
	if err != nil {
		return err
	}
	if err := writable(ctx, s.db); err != nil {
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
func update(ctx context.Context, tx *sql.Tx) error {
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
func writable(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
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
