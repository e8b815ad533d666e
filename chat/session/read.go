package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// longestFile is how many bytes a file may have that goes into a message: more than any model of ours reads.
const longestFile = 1 << 20

// runRead puts a file into the message.
func runRead(s *Session, name string) []Work {
	if name == "" {
		s.say("usage: /read file")
		return nil
	}
	path := Home(name)
	return []Work{{do: func(context.Context) Event {
		text, err := readText(path)
		if err != nil {
			return Notice{Words: name + ": " + err.Error(), Problem: true}
		}
		return Draft{Words: text, File: name}
	}}}
}

// readText reads a file of text.
func readText(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such file")
	case err != nil:
		return "", errors.New("the file cannot be read")
	case !info.Mode().IsRegular():
		return "", errors.New("this is no file of text; name one")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", errors.New("the file cannot be read")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, longestFile+1))
	switch {
	case err != nil:
		return "", errors.New("the file cannot be read")
	case len(data) > longestFile:
		return "", errors.New("the file has more than 1 MiB; no model reads that much")
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("the file is not text in UTF-8")
	}
	text := strings.TrimRight(strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufeff"), "\n")
	if blank(text) {
		return "", errors.New("the file is empty")
	}
	return text, nil
}
