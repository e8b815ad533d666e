package config

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteTemplate writes a config.toml in which every setting stands as a comment
// below its meaning: "# top_p = 0.95" and, as a comment behind it, what it may be.
// The tables that the file may have follow.
func WriteTemplate(w io.Writer, groups ...Group) error {
	var b bytes.Buffer
	b.WriteString("# Settings of inkling. Each line shows a default; remove the \"# \" before it to change it.\n")
	b.WriteString("# Environment variables (INKLING_TEMPERATURE=1) override this file, and flags\n")
	b.WriteString("# (--temperature 1) override both. \"inkling config\" prints the current settings.\n")
	defaults := Defaults()
	for _, s := range Table() {
		fmt.Fprintf(&b, "\n# %s\n# %s = %s # %s\n", s.Help, s.Key, s.Format(defaults), s.Expected())
	}
	for _, g := range append([]Group{presetGroup()}, groups...) {
		fmt.Fprintf(&b, "\n\n# %s\n", g.Help)
		for line := range strings.Lines(g.Example) {
			b.WriteString("#   " + line)
		}
		if g.Named {
			b.WriteByte('\n')
			continue
		}
		fmt.Fprintf(&b, "#   [%s]\n", g.Name)
		for _, s := range g.Rows {
			fmt.Fprintf(&b, "#   %s = %s # %s\n", s.Key, s.Format(defaults), s.Help)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Init writes the template to a new file, and the folders above it that are
// missing. The file is whole or not there at all; one that is there already is left
// alone, with an error that wraps fs.ErrExist.
func Init(path string, groups ...Group) error {
	if path == "" {
		return fmt.Errorf("no place for a config file; set HOME or %s", configVariable)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w: edit it or remove it first", printable(path), fs.ErrExist)
	}
	if err := write(path, groups); err != nil {
		return fmt.Errorf("cannot write the config file: %w", err)
	}
	return nil
}

func write(path string, groups []Group) (err error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".config-*.toml") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	err = WriteTemplate(file, groups...)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Print writes the settings in force as a TOML file, each with a comment that
// says where it came from, after comments with the places of the files.
func (c *Config) Print(w io.Writer) error {
	var b bytes.Buffer
	place := func(name, path, note string) {
		if path == "" {
			path, note = "none", " (no home directory)"
		} else {
			path = printable(path)
		}
		fmt.Fprintf(&b, "# %s: %s%s\n", name, path, note)
	}
	absent := ""
	if !c.Exists {
		absent = ` (missing; "inkling config --init" writes it)`
	}
	place("config file", c.Paths.Config, absent)
	place("data folder", c.DataFolder(), "")
	b.WriteByte('\n')

	var settings []line
	for _, s := range Table() {
		settings = append(settings, line{s.Key, s.Format(c.Settings), c.Origin(s.Key).String()})
	}
	columns(&b, settings)
	for _, g := range c.groups {
		c.printGroup(&b, g)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// printGroup writes the tables of a group. Where there is but one, it has the rows that the file leaves alone too.
func (c *Config) printGroup(b *bytes.Buffer, g Group) {
	sections := c.Sections(g.Name)
	if !g.Named && len(sections) == 0 {
		sections = []Section{{Group: g.Name}}
	}
	for _, t := range sections {
		path := []string{t.Group}
		if g.Named {
			path = append(path, t.Name)
		}
		fmt.Fprintf(b, "\n[%s]\n", dotted(path))
		var lines []line
		for _, s := range g.Rows {
			i := slices.IndexFunc(t.Entries, func(e Entry) bool { return e.Key == s.Key })
			if i >= 0 {
				e := t.Entries[i]
				origin := Origin{File, "line " + strconv.Itoa(e.found.key.line)}
				lines = append(lines, line{e.Key, e.stands.literal(), origin.String()})
			} else if !g.Named {
				lines = append(lines, line{s.Key, s.Format(Settings{}), string(Default)})
			}
		}
		columns(b, lines)
	}
}

// line is a key with its value, as TOML has it, and where that came from.
type line struct{ key, value, origin string }

// columns writes lines in columns.
func columns(b *bytes.Buffer, lines []line) {
	const widest = 24 // values beyond push their comment aside
	keys, values := 0, 0
	for _, l := range lines {
		keys = max(keys, len(l.key))
		if n := utf8.RuneCountInString(l.value); n <= widest {
			values = max(values, n)
		}
	}
	for _, l := range lines {
		fmt.Fprintf(b, "%-*s = %-*s  # %s\n", keys, l.key, values, l.value, l.origin)
	}
}
