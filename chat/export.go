package chat

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ExportKinds returns the kinds of file that Export writes.
func ExportKinds() []string { return []string{"md", "txt", "json"} }

// ExportKind returns the kind of file that the extension of a file's name asks
// for.
func ExportKind(name string) (string, error) {
	ext := filepath.Ext(name)
	kind := strings.ToLower(strings.TrimPrefix(ext, "."))
	if kind == "markdown" {
		kind = "md"
	}
	if !slices.Contains(ExportKinds(), kind) {
		return "", fmt.Errorf("%s: a conversation is saved as .md, .txt or .json, not as %q", name, ext)
	}
	return kind, nil
}

// Export writes a conversation to w. The kinds "md" and "txt" hold the current
// path: in Markdown with a line on how each reply was made. The kind "json"
// holds the whole tree, as an Archive.
func Export(w io.Writer, c *Conversation, kind string) error {
	switch kind {
	case "md":
		return exportText(w, c, markdown{})
	case "txt":
		return exportText(w, c, plainText{})
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(NewArchive(c))
	}
	return fmt.Errorf("unknown kind of export %q: choose %s", kind, strings.Join(ExportKinds(), ", "))
}

// An Archive is a whole conversation in JSON.
type Archive struct {
	Kind    string    `json:"kind"`    // "inkling conversation"
	Version int       `json:"version"` // of this layout: 1
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	Mode    Mode      `json:"mode"`
	Model   string    `json:"model"`
	Format  string    `json:"prompt_format"` // "" for the model's own
	System  string    `json:"system"`
	Current []int     `json:"current"` // IDs of the current path, root first
	Turns   []*Turn   `json:"turns"`   // the tree, by ID
	Notes   []Note    `json:"notes,omitempty"`
}

// NewArchive returns the conversation as an Archive, which shares its turns.
func NewArchive(c *Conversation) Archive {
	a := Archive{
		Kind: "inkling conversation", Version: 1,
		ID: c.ID, Title: c.Title, Created: c.Created, Updated: c.Updated,
		Mode: c.Mode, Model: c.Model, Format: c.Format, System: c.System,
		Current: []int{}, Turns: c.Turns(), Notes: c.Notes,
	}
	for _, t := range c.Path() {
		a.Current = append(a.Current, t.ID)
	}
	return a
}

// An exporter knows how the pieces of an exported path look.
type exporter interface {
	title(title string) string
	system(text string) string
	turn(t *Turn) string
	made(t *Turn) string // how a reply was made; "" for nothing
}

func exportText(w io.Writer, c *Conversation, e exporter) error {
	b := bufio.NewWriter(w)
	paragraph := func(s string) {
		if s = strings.Trim(s, "\n"); s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	if c.Title != "" {
		paragraph(e.title(c.Title))
	}
	if c.System != "" {
		paragraph(e.system(c.System))
	}
	path := c.Path()
	if c.Mode == Story {
		paragraph(StoryText(path))
	}
	for _, t := range path {
		if c.Mode != Story {
			paragraph(e.turn(t))
		}
		if t.Reply != nil {
			paragraph(e.made(t))
		}
	}
	return b.Flush()
}

type markdown struct{}

func (markdown) title(title string) string { return "# " + title }

func (markdown) system(text string) string {
	return "> " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n> ")
}

func (markdown) turn(t *Turn) string {
	return "**" + speaker(t) + "**\n\n" + t.Text
}

func (markdown) made(t *Turn) string {
	facts := []string{fmt.Sprintf("seed %d", t.Reply.Seed)}
	if t.Reply.Attempt > 0 {
		facts[0] += fmt.Sprintf(", attempt %d", t.Reply.Attempt)
	}
	if t.Reply.Model != "" {
		facts = append([]string{t.Reply.Model}, facts...)
	}
	facts = append(facts, parameters(t.Reply.Params)...)
	if t.State == Stopped {
		facts = append(facts, "stopped")
	}
	return "<sub>" + html.EscapeString(strings.Join(facts, " · ")) + "</sub>"
}

type plainText struct{}

func (plainText) title(title string) string {
	return title + "\n" + strings.Repeat("=", len([]rune(title)))
}

func (plainText) system(text string) string { return text }

func (plainText) turn(t *Turn) string { return speaker(t) + ": " + t.Text }

func (plainText) made(*Turn) string { return "" }

func speaker(t *Turn) string {
	if t.Role == User {
		return "You"
	}
	return "Assistant"
}

// parameters lists the members of a JSON object by name, as "name value".
func parameters(params json.RawMessage) []string {
	var members map[string]json.RawMessage
	if json.Unmarshal(params, &members) != nil {
		return nil
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		list = append(list, name+" "+string(members[name]))
	}
	return list
}
