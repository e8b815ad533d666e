package chat

import (
	"bytes"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Import reads a chat that Export has written: JSON as a whole, Markdown and plain text as the messages that they show. A text
// without speakers becomes the beginning of a story.
func Import(data []byte, now time.Time) (Record, error) {
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '{' {
		r, err := parseArchive(trimmed)
		if err == nil && r.ID == "" {
			r.ID = NewID(now)
		}
		return r, err
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return Record{}, errors.New("found no text, expected a chat that inkling exported")
	}
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	if strings.TrimSpace(string(data)) == "" {
		return Record{}, errors.New("found an empty file, expected a chat that inkling exported")
	}
	c := New(now)
	lines, head := heading(lines)
	c.Title = head
	var system, text []string
	var role Role
	parent := 0
	end := func() {
		whole := strings.Trim(strings.Join(text, "\n"), "\n")
		if role != "" && whole != "" {
			t := c.Add(parent, role, whole, now)
			t.State, parent = Done, t.ID
		}
		text = nil
	}
	for i, line := range lines {
		who, rest := spoken(line)
		switch {
		case who != "":
			end()
			role = who
			if rest != "" {
				text = append(text, rest)
			}
		case line == exportEnd && made(lines[i+1:]):
			end()
			return finish(c, role, system, nil, now)
		case role == "" && strings.HasPrefix(line, "> "):
			system = append(system, line[2:])
		default:
			text = append(text, line)
		}
	}
	rest := text
	end()
	return finish(c, role, system, rest, now)
}

// finish ends an import; rest is the text where nobody speaks.
func finish(c *Conversation, role Role, system, rest []string, now time.Time) (Record, error) {
	c.System = strings.Join(system, "\n")
	if role == "" {
		c.Mode = Story
		c.Add(0, User, strings.Trim(strings.Join(rest, "\n"), "\n"), now)
	}
	return Record{Conversation: c}, nil
}

// heading takes the title off the beginning: "# title", or a title underlined.
func heading(lines []string) (rest []string, title string) {
	if title, ok := strings.CutPrefix(lines[0], "# "); ok {
		return lines[1:], title
	}
	if len(lines) > 1 && lines[0] != "" && lines[1] == strings.Repeat("=", utf8.RuneCountInString(lines[0])) {
		return lines[2:], lines[0]
	}
	return lines, ""
}

// spoken says who begins to speak on a line, and what stands beside that.
func spoken(line string) (who Role, rest string) {
	for _, r := range []Role{User, Assistant} {
		name := speaker(r)
		if strings.TrimSpace(line) == "**"+name+"**" {
			return r, ""
		}
		if rest, ok := strings.CutPrefix(line, name+": "); ok {
			return r, rest
		}
	}
	return "", ""
}

// made reports whether the rest of an exported text says how it was made.
func made(rest []string) bool {
	for _, line := range rest {
		if line != "" {
			return strings.HasPrefix(line, exportMade)
		}
	}
	return false
}
