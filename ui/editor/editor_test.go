//go:build !windows

package editor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edit edits a text with an editor, in a folder for temporary files that must be empty afterwards.
func edit(t *testing.T, editor, text string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", editor)
	t.Setenv("TERM", "xterm")
	got, err := Edit(text, "message.md", nil, nil)
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	return got, err
}

// script writes an editor of so many lines of the shell, in a folder with a blank in its name, and returns the line that names it.
func script(t *testing.T, lines string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "my editors")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "ed")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines), 0o755); err != nil {
		t.Fatal(err)
	}
	return "'" + path + "' --wait"
}

func TestEdit(t *testing.T) {
	hostile := "$(touch HIT) `touch HIT` '; touch HIT; \" \\ -x\n%s\x00 \U0001F600"
	for _, c := range []struct{ name, editor, text, want string }{
		{"arguments", "sed -e s/a/b/ -i", "a cat", "b cat"},
		{"nothing done", "true", hostile, hostile},
		{"its own arguments, and the file last", script(t, `[ $# = 2 ] && [ "$1" = --wait ] && printf '%s' "${2##*/}" > "$2"`), "", "message.md"},
		{"for the user alone", script(t, `ls -l "$2" | cut -c1-10 > "$2.mode"; mv "$2.mode" "$2"`), "x", "-rw-------"},
		{"a last line end is the editor's", script(t, `printf 'one\ntwo\n' > "$2"`), "one", "one\ntwo"},
		{"a last line end is the text's", script(t, `printf 'two\n' > "$2"`), "one\n", "two\n"},
		{"line ends and mark of another system", script(t, `printf '\357\273\277one\r\ntwo\r\n' > "$2"`), "", "one\ntwo"},
		{"bytes that are no text", script(t, `printf 'a\377b' > "$2"`), "", "a\uFFFDb"},
		{"all taken out", script(t, `: > "$2"`), "one", ""},
		{"files of its own", script(t, `echo > "$2~"; echo > "${2%/*}/.swap"; printf new > "$2.new"; mv "$2.new" "$2"`), "one", "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if got, err := edit(t, c.editor, c.text); got != c.want || err != nil {
				t.Errorf("%q, %v, expected %q", got, err, c.want)
			}
			if hit, _ := filepath.Glob("*"); len(hit) > 0 {
				t.Errorf("the text was run: %q", hit)
			}
		})
	}
}

func TestEditorsThatFail(t *testing.T) {
	for _, c := range []struct{ editor, want string }{
		{"false", "the editor false ended with status 1; nothing is changed"},
		{"no-such-editor --wait", "no editor no-such-editor --wait; set VISUAL or EDITOR to one"},
		{"kill -KILL $$;", "the editor kill -KILL $$; was stopped; nothing is changed"},
		{"rm", "the editor rm left no text; nothing is changed"},
	} {
		if text, err := edit(t, c.editor, "text"); err == nil || err.Error() != c.want || text != "" {
			t.Errorf("%s: %q, %v", c.editor, text, err)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := Edit("text", "message.md", nil, nil); err == nil || strings.Contains(err.Error(), "/") {
		t.Errorf("%v", err)
	}
}

// The choice is git's, but for git's own variables and settings.
func TestNamed(t *testing.T) {
	for _, c := range []struct{ term, visual, editor, want string }{
		{"xterm", "code --wait", "ed", "code --wait"},
		{"xterm", "", "ed", "ed"},
		{"xterm", " ", "", "vi"},
		{"dumb", "vim", "ed", "ed"},
		{"dumb", "vim", "", ""},
	} {
		got := named(func(name string) string {
			return map[string]string{"TERM": c.term, "VISUAL": c.visual, "EDITOR": c.editor}[name]
		})
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
