package hub

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode"
)

// Main is the revision that is meant where none is named.
const Main = "main"

// A Ref names a repository on the hub, and a revision of it.
type Ref struct {
	ID       string // "owner/name"
	Revision string // a branch, a tag or a commit; "" where none was named
}

// Parse reads what a person types: a short name ("gpt2"), or "owner/name", and after an "@" the revision. The error is an
// [ErrName].
func Parse(name string) (Ref, error) {
	id, revision, named := strings.Cut(name, "@")
	if known, ok := Lookup(id); ok {
		id = known.ID
	}
	switch {
	case !strings.Contains(id, "/"):
		return Ref{}, fail(ErrName, "no model of the hub has the name %s; give owner/name, or one of: %s",
			label(name), strings.Join(shortNames(), ", "))
	case !validID(id):
		return Ref{}, fail(ErrName, "%s is not the name of a model on the hub; expected owner/name, as in openai-community/gpt2",
			label(name))
	case named && !validRevision(revision):
		return Ref{}, fail(ErrName, "%s does not name a revision; expected a branch, a tag or a commit after the @", label(name))
	}
	return Ref{id, revision}, nil
}

// String is the name that Parse reads as r, as short as there is one.
func (r Ref) String() string {
	name := shortName(r.ID)
	if r.Revision != "" {
		name += "@" + r.Revision
	}
	return name
}

func (r Ref) revision() string {
	if r.Revision == "" {
		return Main
	}
	return r.Revision
}

// shortName is the short name of a repository, or its ID where it has none.
func shortName(id string) string {
	for _, k := range Known() {
		if k.ID == id || k.legacy == id {
			return k.Name
		}
	}
	return id
}

// validID says whether id is "owner/name" by the hub's rules (huggingface_hub, utils/_validators.py).
func validID(id string) bool {
	owner, name, found := strings.Cut(id, "/")
	return found && validIDPart(owner) && validIDPart(name)
}

func validIDPart(part string) bool {
	if part == "" || len(part) > 96 || strings.Trim(part, "-.") != part || strings.Contains(part, "--") ||
		strings.Contains(part, "..") || strings.HasSuffix(part, ".git") {
		return false
	}
	return !strings.ContainsFunc(part, func(r rune) bool { return !wordly(r) && r != '-' && r != '.' })
}

func wordly(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
}

// validRevision says whether revision can be the name of a branch or tag in git (git-check-ref-format), a path below refs
// on any system, and text that shows as it is. It is ASCII.
func validRevision(revision string) bool {
	if !validPath(revision) || len(revision) > 200 || strings.ContainsAny(revision, "~^") || strings.Contains(revision, "..") ||
		strings.Contains(revision, "@{") || strings.ContainsFunc(revision, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	for part := range strings.SplitSeq(revision, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "-") || strings.HasSuffix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// validPath says whether the name of a file in a repository is, on every system, a path that stays below the folder that
// it is joined to.
func validPath(name string) bool {
	const longest = 255
	if len(name) > 4*longest || name == "." || !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > longest || strings.HasSuffix(part, " ") || strings.HasSuffix(part, ".") {
			return false // Windows would take the end off
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(`\:*?"<>|`, r)
	})
}

// The lengths of hexadecimal names.
const (
	sha1Length   = 40
	sha256Length = 64
)

// validCommit says whether name is a commit as git writes it.
func validCommit(name string) bool { return len(name) == sha1Length && hexadecimal(name) }

// validEtag says whether tag is the checksum of a file: git's, or sha256.
func validEtag(tag string) bool {
	return (len(tag) == sha1Length || len(tag) == sha256Length) && hexadecimal(tag)
}

// hexadecimal says whether text is digits and the letters a to f.
func hexadecimal(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

// folderName is the folder of a repository in the cache.
func folderName(id string) string { return modelsPrefix + strings.ReplaceAll(id, "/", separator) }

// folderID is the repository of a folder in the cache; ok is false for any other folder. A repository without an owner
// is one of the first on the hub, such as gpt2.
func folderID(folder string) (id string, ok bool) {
	name, found := strings.CutPrefix(folder, modelsPrefix)
	if !found {
		return "", false
	}
	id = strings.Replace(name, separator, "/", 1)
	return id, validID(id) || validIDPart(id)
}

const (
	separator    = "--"
	modelsPrefix = "models" + separator
)

// Bytes is a number of bytes for people, in the decimal units that the hub shows.
func Bytes(n int64) string {
	switch f := float64(n); {
	case n >= 1e9:
		return fmt.Sprintf("%.2f GB", f/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f MB", f/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f kB", f/1e3)
	case n == 1:
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
