package config

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// WriteTemplate writes a config.toml in which every setting stands as a comment
// below its meaning: "# top_k = 40" and, as a comment behind it, what it may be.
func WriteTemplate(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# Settings of inkling. Each line below shows a default; take the \"# \" before it away to\n")
	b.WriteString("# change it. Environment variables (INKLING_TOP_K=20) win over this file, and flags\n")
	b.WriteString("# (--top-k 20) over both. \"inkling config\" prints what is in force.\n")
	defaults := Defaults()
	for _, s := range Table() {
		fmt.Fprintf(&b, "\n# %s\n# %s = %s # %s\n", s.Help, s.Key, s.Format(defaults), s.Expected())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Init writes the template to a new file, and the folders above it that are
// missing. The file is whole or not there at all; one that is there already is left
// alone, with an error that wraps fs.ErrExist.
func Init(path string) error {
	if path == "" {
		return fmt.Errorf("no place for a config file: set HOME or %s", configVariable)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w: edit it, or remove it first", printable(path), fs.ErrExist)
	}
	if err := write(path); err != nil {
		return fmt.Errorf("cannot write the config file: %w", err)
	}
	return nil
}

func write(path string) (err error) {
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
	err = WriteTemplate(file)
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
			path, note = "none", " (the system names no home directory)"
		} else {
			path = printable(path)
		}
		fmt.Fprintf(&b, "# %s: %s%s\n", name, path, note)
	}
	absent := ""
	if !c.Exists {
		absent = ` (not there; "inkling config --init" writes it)`
	}
	place("config file", c.Paths.Config, absent)
	place("data folder", c.DataFolder(), "")
	b.WriteByte('\n')

	const widest = 24 // values beyond push their comment aside
	table := Table()
	keys, values := 0, 0
	for _, s := range table {
		keys = max(keys, len(s.Key))
		if n := utf8.RuneCountInString(s.Format(c.Settings)); n <= widest {
			values = max(values, n)
		}
	}
	for _, s := range table {
		fmt.Fprintf(&b, "%-*s = %-*s  # %s\n", keys, s.Key, values, s.Format(c.Settings), c.Origin(s.Key))
	}
	_, err := w.Write(b.Bytes())
	return err
}
