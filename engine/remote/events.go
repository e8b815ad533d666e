package remote

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// longest is how many bytes an event of a server may have.
const longest = 16 << 20

var errLong = errors.New("an event of more than 16 MiB")

// events reads lines of JSON, or server-sent events: lines that end in a line feed, a carriage return or both, of which those of one event end with an
// empty one.
type events struct {
	in    *bufio.Reader
	lines bool // each is an event
	begun bool
	skip  bool // the line before ended in a carriage return: a line feed belongs to it
}

// next returns the data of the next event that has any, and its name, "" for none. What the end of the stream cuts off is given as
// it is. The error is io.EOF after the last event.
func (e *events) next() (name string, data []byte, err error) {
	has := false
	for {
		line, err := e.line(longest - len(data))
		if err != nil && !(err == io.EOF && len(line) > 0) {
			if err == io.EOF && has {
				return name, data, nil
			}
			return "", nil, err
		}
		if e.lines && len(line) > 0 {
			return "", line, nil
		}
		if len(line) == 0 {
			if has {
				return name, data, nil
			}
			name = ""
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			if has {
				data = append(data, '\n')
			}
			data, has = append(data, value...), true
		}
	}
}

// line reads a line without its end.
func (e *events) line(limit int) (line []byte, err error) {
	for {
		b, err := e.in.ReadByte()
		if err != nil {
			return line, err
		}
		skip := e.skip
		e.skip = b == '\r'
		switch {
		case b == '\n' && skip:
		case b == '\n' || b == '\r':
			if !e.begun {
				e.begun, line = true, bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			return line, nil
		case len(line) >= limit:
			return nil, errLong
		default:
			line = append(line, b)
		}
	}
}
