package hub

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Cache is the folder in which repositories are kept.
type Cache struct {
	Dir string
}

// A Repo is what the cache has of a repository.
type Repo struct {
	ID        string
	Path      string
	Size      int64      // bytes on disk, every blob counted once
	Partial   int64      // bytes of these that belong to files that are not all there
	Snapshots []Snapshot // the one used last is first
}

// A Snapshot is what the cache has of one commit of a repository.
type Snapshot struct {
	ID     string
	Commit string
	Refs   []string  // branches and tags that stood for the commit, in order
	Path   string    // the folder with the files
	Files  []string  // paths in the repository, in order
	Size   int64     // bytes of the files, every blob counted once
	Used   time.Time // when the weights were last read, as far as the file system knows; zero otherwise
	Config Config    // what config.json says
}

// Limits on what is read of a cache.
const (
	maxEntries = 100_000 // files of a repository
	maxDepth   = 8       // folders below each other
	maxRef     = 1024    // bytes of a file in refs
)

func (c Cache) repoPath(id string) string       { return filepath.Join(c.Dir, folderName(id)) }
func (c Cache) blobPath(id, etag string) string { return filepath.Join(c.repoPath(id), "blobs", etag) }

func (c Cache) lockPath(id, etag string) string {
	return filepath.Join(c.Dir, ".locks", folderName(id), etag+".lock")
}

func (c Cache) refPath(id, revision string) string {
	return filepath.Join(c.repoPath(id), "refs", filepath.FromSlash(revision))
}

func (c Cache) snapshotPath(id, commit string) string {
	return filepath.Join(c.repoPath(id), "snapshots", commit)
}

// List returns the model repositories in the cache, whatever their kind, by ID. A cache that is not there is empty.
func (c Cache) List() ([]Repo, error) {
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unwritable(c.Dir, err)
	}
	var repos []Repo
	for _, entry := range entries {
		id, ok := folderID(entry.Name())
		if !ok || !isFolder(filepath.Join(c.Dir, entry.Name())) {
			continue
		}
		repos = append(repos, c.repo(id))
	}
	slices.SortFunc(repos, func(a, b Repo) int { return cmp.Compare(a.ID, b.ID) })
	return repos, nil
}

// repo reads what there is of a repository. What cannot be read is not there.
func (c Cache) repo(id string) Repo {
	r := Repo{ID: id, Path: c.repoPath(id)}
	refs := c.refs(id)
	disk := usage{}
	for _, name := range names(filepath.Join(r.Path, "snapshots")) {
		if validCommit(name) && isFolder(c.snapshotPath(id, name)) {
			r.Snapshots = append(r.Snapshots, c.snapshot(id, name, refs, disk))
		}
	}
	slices.SortStableFunc(r.Snapshots, func(a, b Snapshot) int { return b.Used.Compare(a.Used) })
	for _, name := range names(filepath.Join(r.Path, "blobs")) {
		size := disk.add(filepath.Join(r.Path, "blobs", name))
		if strings.HasSuffix(name, dataEnding) {
			r.Partial += size
		}
	}
	r.Size = disk.sum()
	return r
}

// snapshot reads what there is of a commit. The sizes of its blobs go into disk too.
func (c Cache) snapshot(id, commit string, refs map[string]string, disk usage) Snapshot {
	s := Snapshot{ID: id, Commit: commit, Path: c.snapshotPath(id, commit)}
	for revision, at := range refs {
		if at == commit {
			s.Refs = append(s.Refs, revision)
		}
	}
	slices.Sort(s.Refs)
	own := usage{}
	walk(s.Path, func(name string) {
		file := filepath.Join(s.Path, filepath.FromSlash(name))
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			return // a link to a blob that is gone
		}
		s.Files = append(s.Files, name)
		own.add(file)
		disk.add(file)
		if used := lastUse(file); format(name) != "" && used.After(s.Used) {
			s.Used = used
		}
	})
	slices.Sort(s.Files)
	s.Size = own.sum()
	if text, err := s.read(configFile, maxConfig); err == nil {
		s.Config, _ = parseConfig(text) // what cannot be read says nothing
	}
	return s
}

// refs are the commits that the branches and tags of a repository stood for.
func (c Cache) refs(id string) map[string]string {
	refs := map[string]string{}
	folder := filepath.Join(c.repoPath(id), "refs")
	walk(folder, func(name string) {
		text, err := readFile(filepath.Join(folder, filepath.FromSlash(name)), maxRef)
		if commit := strings.TrimSpace(string(text)); err == nil && validCommit(commit) && validRevision(name) {
			refs[name] = commit
		}
	})
	return refs
}

// Find returns the snapshot of ref without any request. Where ref names no revision it is that of main, or the only whole
// one. A snapshot without weights is not found; the error is an [ErrNotLocal].
func (c Cache) Find(ref Ref) (Snapshot, error) {
	var failure error
	for _, id := range c.ids(ref) {
		s, err := c.find(id, ref)
		if err == nil {
			return s, nil
		}
		if failure == nil || failure == errNothing {
			failure = err
		}
	}
	switch {
	case failure == errNothing:
		return Snapshot{}, fail(ErrNotLocal, "model %q is not on this machine; get it with: inkling pull %s", ref, ref)
	case errors.Is(failure, ErrNotLocal):
		return Snapshot{}, failure
	}
	return Snapshot{}, fail(ErrNotLocal, "model %q is not whole on this machine: %w; complete it with: inkling pull %s",
		ref, failure, ref)
}

// errNothing says that the cache has nothing at all.
var errNothing = errors.New("nothing")

// find looks for the snapshot of ref in one repository of the cache. The error is errNothing, an ErrNotLocal, or what is
// missing of the snapshot.
func (c Cache) find(id string, ref Ref) (Snapshot, error) {
	if !isFolder(c.repoPath(id)) {
		return Snapshot{}, errNothing
	}
	refs := c.refs(id)
	var whole, found []Snapshot
	failure := errNothing
	for _, commit := range names(filepath.Join(c.repoPath(id), "snapshots")) {
		if !validCommit(commit) {
			continue
		}
		s := c.snapshot(id, commit, refs, usage{})
		named := s.is(ref.revision())
		err := s.check()
		switch {
		case err != nil && named:
			failure = err
		case err == nil && named:
			found = append(found, s)
			fallthrough
		case err == nil:
			whole = append(whole, s)
		}
	}
	if ref.Revision == "" && len(found) == 0 {
		found = whole
	}
	switch len(found) {
	case 0:
		return Snapshot{}, failure
	case 1:
		return found[0], nil
	}
	return Snapshot{}, fail(ErrNotLocal, "model %q is on this machine in several revisions; name one, as in %s", ref, found[0].Name())
}

// is says whether the revision means the snapshot. Seven digits of a commit are enough.
func (s Snapshot) is(revision string) bool {
	return slices.Contains(s.Refs, revision) || len(revision) >= 7 && hexadecimal(revision) && strings.HasPrefix(s.Commit, revision)
}

// ids are the repositories that may hold what ref names: its own, and the one under the name that it had before.
func (c Cache) ids(ref Ref) []string {
	ids := []string{ref.ID}
	if known, ok := Lookup(ref.ID); ok && known.legacy != "" {
		ids = append(ids, known.legacy)
	}
	return ids
}

// home is the repository of the cache in which ref is kept: the one under its old name where Python made that.
func (c Cache) home(ref Ref) string {
	for _, id := range c.ids(ref) {
		if isFolder(c.repoPath(id)) {
			return id
		}
	}
	return ref.ID
}

// Name is the name by which the snapshot is found: the shortest one, with a revision unless that is main.
func (s Snapshot) Name() string {
	ref := Ref{ID: s.ID}
	switch {
	case slices.Contains(s.Refs, Main):
	case len(s.Refs) > 0:
		ref.Revision = s.Refs[0]
	default:
		ref.Revision = s.Commit[:7]
	}
	return ref.String()
}

// Weights returns the files that hold the weights, of the format that is read first: safetensors, then PyTorch's, then
// GGUF, of which each file is a model for itself. The error says what is missing.
func (s Snapshot) Weights() ([]string, error) {
	files := set{}
	for _, name := range s.Files {
		files[name] = true
	}
	choice, err := choose(files, "")
	if gguf := ggufFiles(files); err != nil && len(gguf) > 1 {
		return gguf, nil
	}
	if err != nil {
		return nil, err
	}
	if choice.index == "" {
		return choice.weights, nil
	}
	text, err := s.read(choice.index, maxIndex)
	if err != nil {
		return nil, err
	}
	shards, err := parseIndex(choice.index, text)
	if err != nil {
		return nil, err
	}
	for _, shard := range shards {
		if !files[shard] {
			return nil, fail(ErrNoWeights, "%s is missing", label(shard))
		}
	}
	return shards, nil
}

// check says whether the snapshot has what a model needs: weights, and a configuration unless the weights have their own.
func (s Snapshot) check() error {
	weights, err := s.Weights()
	if err != nil {
		return err
	}
	if !isGGUF(weights[0]) && !slices.Contains(s.Files, configFile) {
		return fail(ErrNoWeights, "%s is missing", configFile)
	}
	return nil
}

// Formats are the formats of the weights that are there in whole or in part: "safetensors", "bin", "gguf".
func (s Snapshot) Formats() []string {
	var formats []string
	for _, name := range s.Files {
		if format := format(name); format != "" && !slices.Contains(formats, format) {
			formats = append(formats, format)
		}
	}
	slices.Sort(formats)
	return formats
}

// read returns the content of a file.
func (s Snapshot) read(name string, limit int64) ([]byte, error) {
	return readFile(filepath.Join(s.Path, filepath.FromSlash(name)), limit)
}

// readFile returns the content of a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path) // first: opening a named pipe would wait
	if err != nil {
		return nil, unwritable(path, err)
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fail(ErrDisk, "%s: expected a file of at most %s", path, Bytes(limit))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, unwritable(path, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return nil, unwritable(path, err)
	}
	return text, nil
}

// isFolder says whether path is a folder, or a link to one: people move large models to other disks.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// names are the entries of a folder, in order; none where it cannot be read.
func names(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// walk calls visit with the path below folder, with slashes, of everything in it that is no folder. Links are not followed.
func walk(folder string, visit func(name string)) {
	left := maxEntries
	var below func(name string, depth int)
	below = func(name string, depth int) {
		entries, _ := os.ReadDir(filepath.Join(folder, filepath.FromSlash(name)))
		for _, e := range entries {
			if left--; left < 0 {
				return
			}
			entry := path.Join(name, e.Name())
			if !e.IsDir() {
				visit(entry)
			} else if depth < maxDepth {
				below(entry, depth+1)
			}
		}
	}
	below("", 0)
}

// usage is the size of files by where they are in the end, so that each counts once.
type usage map[string]int64

// add counts a file, and returns its size.
func (u usage) add(file string) int64 {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return 0
	}
	info, err := os.Stat(real)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	u[real] = info.Size()
	return info.Size()
}

func (u usage) sum() int64 {
	var sum int64
	for _, size := range u {
		sum += size
	}
	return sum
}

type set = map[string]bool
