// Package store keeps conversations in a SQLite file.
//
// Every write is one transaction, on disk (synchronous FULL, write-ahead log)
// when the method returns. Several processes may use one file at the same time.
// Times are kept in milliseconds; text is kept as valid UTF-8, bytes that are
// not become U+FFFD.
package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"inkling/chat"
)

// DB is a chat.Store in a file.
type DB struct {
	db   *sql.DB
	path string
}

var _ chat.Store = (*DB)(nil)

// Open opens the store at path, and creates it, and the folder it is in, where
// they do not exist; only their owner may read them. A store of an older
// version is brought up to date. A store of a newer version gives a
// *NewerError. Every error is one line that names the file.
func Open(ctx context.Context, path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, explain(path, err)
	}
	if err := create(path); err != nil {
		return nil, explain(path, err)
	}
	return open(ctx, path, nil)
}

// open opens an existing file, with more URI parameters than the usual ones.
func open(ctx context.Context, path string, more url.Values) (*DB, error) {
	db, err := sql.Open("sqlite", dsn(path, more))
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1) // one writer; readers of other processes do not wait for it
	s := &DB{db: db, path: path}
	if err := s.prepare(ctx); err != nil {
		db.Close()
		return nil, explain(path, err)
	}
	return s, nil
}

// Close implements chat.Store.
func (s *DB) Close() error {
	if err := s.db.Close(); err != nil {
		return explain(s.path, err)
	}
	return nil
}

// create makes the folder and an empty file, if they are not there. It never
// opens a file that exists: closing it again would drop SQLite's locks on it.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return errNotFile
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn returns the data source name for a path, in which any character may
// occur: a file: URI, and the settings that hold for each connection.
func dsn(path string, more url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	query := url.Values{
		"_busy_timeout": {"5000"}, // milliseconds
		"_foreign_keys": {"on"},
		"_synchronous":  {"full"},
		"_txlock":       {"immediate"}, // waits for its turn; a read that turns into a write would not
		"_error_rc":     {"1"},         // no stale messages
	}
	for key, values := range more {
		query[key] = values
	}
	uri := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	return uri.String()
}

// write runs f in a transaction that holds the write lock from its start.
func (s *DB) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.transact(ctx, nil, f)
}

// read runs f in a transaction that sees one state of the file.
func (s *DB) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.transact(ctx, &sql.TxOptions{ReadOnly: true}, f)
}

func (s *DB) transact(ctx context.Context, o *sql.TxOptions, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}
