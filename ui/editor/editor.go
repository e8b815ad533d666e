// Package editor has the user's own editor edit a text, in the way that git does.
package editor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Edit has an editor edit a text on a terminal, nil for none, in a file of that name that nobody else may read and that is gone
// afterwards, and returns what it leaves. The error is one line for a person.
func Edit(text, name string, in, out *os.File) (string, error) {
	editor := named(os.Getenv)
	if editor == "" {
		return "", errors.New("no editor for this terminal; set EDITOR to one that moves no cursor, such as ed")
	}
	folder, err := os.MkdirTemp("", "inkling-") // an editor's own files go in it too
	if err != nil {
		return "", fmt.Errorf("no place for the text to edit: %w", reason(err))
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("no place for the text to edit: %w", reason(err))
	}
	cmd := command(editor, file)
	if in != nil {
		cmd.Stdin = in
	}
	if out != nil {
		cmd.Stdout, cmd.Stderr = out, out
	}
	if err := cmd.Start(); err != nil {
		return "", missing(editor)
	}
	if cmd.Wait() != nil {
		return "", failed(editor, cmd.ProcessState.ExitCode())
	}
	edited, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the editor %s left no text; nothing is changed", editor)
	}
	return clean(string(edited), text), nil
}

// named is the editor that the environment names: VISUAL is for terminals that can move a cursor. It is "" for none.
func named(lookup func(string) string) string {
	dumb := lookup("TERM") == "dumb"
	if visual := strings.TrimSpace(lookup("VISUAL")); visual != "" && !dumb {
		return visual
	}
	if editor := strings.TrimSpace(lookup("EDITOR")); editor != "" || dumb {
		return editor
	}
	return usual
}

// notFound is the status of a shell that does not find a command (POSIX, 2.8.2).
const notFound = 127

// failed says how an editor has ended. A negative status is a signal.
func failed(editor string, status int) error {
	switch {
	case status == notFound:
		return missing(editor)
	case status < 0:
		return fmt.Errorf("the editor %s was stopped; nothing is changed", editor)
	}
	return fmt.Errorf("the editor %s ended with status %d; nothing is changed", editor, status)
}

func missing(editor string) error {
	return fmt.Errorf("no editor %s; set VISUAL or EDITOR to one", editor)
}

// reason is why a file could not be written, without its path.
func reason(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// clean is what an editor has left of a text: without the mark of an encoding, with line ends of ours, and without the line end that
// most editors write after the last line.
func clean(edited, text string) string {
	edited = strings.TrimPrefix(strings.ToValidUTF8(edited, "\uFFFD"), "\uFEFF")
	edited = strings.ReplaceAll(edited, "\r\n", "\n")
	if !strings.HasSuffix(text, "\n") {
		edited = strings.TrimSuffix(edited, "\n")
	}
	return edited
}
