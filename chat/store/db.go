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
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"inkling/chat"
)

// DB is a chat.Store in a file.
type DB struct {
	db     *sql.DB // one connection, which writes
	reader *sql.DB // two that only read: they wait for nobody who writes
	path   string

	background sync.WaitGroup
	stop       context.CancelFunc // ends what goes on in the background

	preparing sync.Mutex
	prepared  bool // the file is known to be a store of this version
}

const (
	lockPatience = time.Second           // how long a method waits for another program that has the file locked
	lockPause    = 20 * time.Millisecond // between two attempts
)

var (
	_ chat.Store   = (*DB)(nil)
	_ chat.Traces  = (*DB)(nil)
	_ chat.Marks   = (*DB)(nil)
	_ chat.Notes   = (*DB)(nil)
	_ chat.Index   = (*DB)(nil)
	_ chat.History = (*DB)(nil)
)

// Open opens the store at path, and creates it, and the folder it is in, where
// they do not exist; only their owner may read them. A store of an older
// version is brought up to date. A store of a newer version gives a
// *NewerError. Open waits for no other program: where one has the file locked,
// the first method that finds it free does the rest, and until then they give
// chat.ErrLocked. Every error is one line that names the file.
func Open(ctx context.Context, path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, explain(path, err)
	}
	if err := create(path); err != nil {
		return nil, explain(path, err)
	}
	s, err := open(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background.Go(func() { _ = fill(background, s, batchTurns) }) // what is left is done by the next program
	return s, nil
}

// open opens an existing file, with more URI parameters than the usual ones.
func open(ctx context.Context, path string, more url.Values) (*DB, error) {
	db, err := sql.Open("sqlite", dsn(path, more))
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1) // one writer; readers of other processes do not wait for it
	reading := url.Values{"_pragma": {"query_only(1)"}}
	maps.Copy(reading, more)
	reader, err := sql.Open("sqlite", dsn(path, reading))
	if err != nil {
		db.Close()
		return nil, explain(path, err)
	}
	reader.SetMaxOpenConns(2)
	s := &DB{db: db, reader: reader, path: path, stop: func() {}}
	if err := s.ready(ctx); err != nil && !busy(err) {
		db.Close()
		reader.Close()
		return nil, explain(path, err)
	}
	return s, nil
}

// ready prepares the file, unless that is done.
func (s *DB) ready(ctx context.Context) error {
	s.preparing.Lock()
	defer s.preparing.Unlock()
	if s.prepared {
		return nil
	}
	err := s.prepare(ctx)
	s.prepared = err == nil
	return err
}

// do runs f on a file that is ready, for as long as another program has it
// locked again and again, and explains the error.
func (s *DB) do(ctx context.Context, f func() error) error {
	for began := time.Now(); ; {
		err := s.ready(ctx)
		if err == nil {
			err = f()
		}
		if err == nil {
			return nil
		}
		if !busy(err) || time.Since(began) > lockPatience {
			return explain(s.path, err)
		}
		select {
		case <-ctx.Done():
			return explain(s.path, err)
		case <-time.After(lockPause):
		}
	}
}

// Close implements chat.Store.
func (s *DB) Close() error {
	s.stop()
	s.background.Wait()
	if err := errors.Join(s.reader.Close(), s.db.Close()); err != nil {
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
		"_busy_timeout": {"50"}, // milliseconds; then the connection is free for others, see do
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

// write runs f in a transaction that holds the write lock from its start, as do says.
func (s *DB) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.do(ctx, func() error { return transact(ctx, s.db, nil, f) })
}

// read runs f in a transaction that sees one state of the file, as do says.
func (s *DB) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.do(ctx, func() error { return transact(ctx, s.reader, &sql.TxOptions{ReadOnly: true}, f) })
}

func transact(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}
