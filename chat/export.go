package chat

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ExportKinds returns the kinds of file that Export writes.
func ExportKinds() []string { return []string{"md", "txt", "json", "html"} }

// ExportKind returns the kind of file that the extension of a file's name asks
// for.
func ExportKind(name string) (string, error) {
	ext := filepath.Ext(name)
	kind := strings.ToLower(strings.TrimPrefix(ext, "."))
	switch kind {
	case "markdown":
		kind = "md"
	case "htm":
		kind = "html"
	}
	if !slices.Contains(ExportKinds(), kind) {
		return "", fmt.Errorf("%s: a chat is saved as .md, .txt, .json or .html, not as %q", name, ext)
	}
	return kind, nil
}

// ExportOptions say how a chat is written to a file.
type ExportOptions struct {
	Kind string
	// Bare leaves out how the replies were made.
	Bare bool
	// Describe says in a few words what the parameters of a reply were, each in words of its own; nil leaves them out.
	Describe func(params json.RawMessage) []string
	// Piece is the text of a token of a reply by its id, nil where that is not known; nil knows none.
	Piece func(t *Turn, id int) []byte
}

// Export writes a chat to w. The kinds "md", "txt" and "html" hold the current path, "json" holds everything.
func Export(w io.Writer, r Record, o ExportOptions) error {
	switch o.Kind {
	case "md", "txt":
		return exportText(w, r.Conversation, o)
	case "html":
		return exportHTML(w, r, o)
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		a := newArchive(r)
		a.Pieces = piecesOf(r, o.Piece)
		return enc.Encode(a)
	}
	return fmt.Errorf("unknown format %q; choose %s", o.Kind, strings.Join(ExportKinds(), ", "))
}

const (
	exportEnd  = "---"
	exportMade = "Written with "
)

func exportText(w io.Writer, c *Conversation, o ExportOptions) error {
	b := bufio.NewWriter(w)
	paragraph := func(s string) {
		if s = strings.Trim(s, "\n"); s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	marked := o.Kind == "md"
	if c.Title != "" {
		if marked {
			paragraph("# " + c.Title)
		} else {
			paragraph(c.Title + "\n" + strings.Repeat("=", len([]rune(c.Title))))
		}
	}
	if c.System != "" {
		if marked {
			paragraph("> " + strings.ReplaceAll(strings.TrimSpace(c.System), "\n", "\n> "))
		} else {
			paragraph(c.System)
		}
	}
	path := c.Path()
	if c.Mode == Story {
		paragraph(FoldStory(path).Text)
	}
	for _, t := range path {
		switch {
		case c.Mode == Story:
		case marked:
			paragraph("**" + speaker(t.Role) + "**\n\n" + t.Text)
		default:
			paragraph(speaker(t.Role) + ": " + t.Text)
		}
	}
	if ways := waysMade(path, o); marked && len(ways) > 0 {
		paragraph(exportEnd)
		paragraph(strings.Join(ways, "\n\n"))
	}
	return b.Flush()
}

// waysMade says how the replies of a path were made: a sentence for each way.
func waysMade(path []*Turn, o ExportOptions) (ways []string) {
	if o.Bare {
		return nil
	}
	type way struct {
		words string
		seeds []string
	}
	var all []*way
	for _, t := range path {
		if t.Reply == nil {
			continue
		}
		words := "an unknown model"
		if t.Reply.Model != "" {
			words = t.Reply.Model
		}
		if o.Describe != nil && len(t.Reply.Params) > 0 {
			if facts := o.Describe(t.Reply.Params); len(facts) > 0 {
				words += ": " + strings.Join(facts, ", ")
			}
		}
		i := slices.IndexFunc(all, func(w *way) bool { return w.words == words })
		if i < 0 {
			i, all = len(all), append(all, &way{words: words})
		}
		seed := strconv.FormatUint(t.Reply.Seed, 10)
		if t.Reply.Attempt > 0 {
			seed += " (attempt " + strconv.FormatUint(uint64(t.Reply.Attempt), 10) + ")"
		}
		if !slices.Contains(all[i].seeds, seed) {
			all[i].seeds = append(all[i].seeds, seed)
		}
	}
	for _, w := range all {
		ways = append(ways, exportMade+w.words+"; seed "+strings.Join(w.seeds, ", ")+".")
	}
	return ways
}

func speaker(r Role) string {
	if r == User {
		return "You"
	}
	return "Assistant"
}
