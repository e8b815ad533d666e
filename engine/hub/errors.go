package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode"
)

// What can go wrong, for errors.Is. Each error that this package returns is one line that also says what to do.
var (
	ErrName        = errors.New("not a name")                   // the name of a model, revision or file cannot be one
	ErrSettings    = errors.New("settings")                     // an environment variable or the token cannot be used
	ErrOffline     = errors.New("offline")                      // HF_HUB_OFFLINE forbids what would be needed
	ErrUnreachable = errors.New("unreachable")                  // no connection, or none that lasts
	ErrNotFound    = errors.New("no such repository")           // or a private one
	ErrRevision    = errors.New("no such revision")             // of a repository that is there
	ErrAccess      = errors.New("access denied")                // gated, or the token is refused
	ErrRateLimited = errors.New("rate limited")                 // the hub asks to come back later
	ErrServer      = errors.New("server error")                 // the hub reports a failure of its own
	ErrProtocol    = errors.New("unexpected answer")            // what answers does not speak as the hub does
	ErrChecksum    = errors.New("wrong checksum")               // what arrives is not what the hub declares
	ErrDisk        = errors.New("disk")                         // a file of the cache cannot be read or written
	ErrDiskFull    = fmt.Errorf("%w full", ErrDisk)             // or would be
	ErrNotGPT2     = errors.New("not a GPT-2")                  // by config.json
	ErrNoWeights   = errors.New("no usable weights")            // or several, of which one must be named
	ErrNotLocal    = errors.New("not on this machine")          // or not all of it
	ErrBusy        = errors.New("in use by another process")    // which fetches it
	errNoRanges    = errors.New("the server sends whole files") // instead of the range that was asked for
)

// failure is an error of one of the kinds above.
type failure struct {
	kind error
	text error
}

func (f *failure) Error() string { return f.text.Error() }

func (f *failure) Unwrap() []error { return []error{f.kind, f.text} }

// fail makes an error of a kind. It takes what fmt.Errorf takes.
func fail(kind error, format string, args ...any) error {
	return &failure{kind, fmt.Errorf(format, args...)}
}

// unwritable is the error for a path of the cache that err keeps from being written or read.
func unwritable(path string, err error) error {
	if diskFull(err) {
		return fail(ErrDiskFull, "%s: the disk is full; free some space and repeat the command, it goes on where it stopped (%w)",
			path, bare(err))
	}
	return fail(ErrDisk, "%s: %w; check the folder's permissions, or set HF_HOME to a folder that can be written", path, bare(err))
}

// bare takes operation and path off an error of the file system: messages name the file themselves.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// label is text from outside as a message shows it: short, on one line, without control characters.
func label(text string) string {
	const longest = 120
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "..."
	}
	odd := func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}
