package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Remove deletes what the cache has of ref: the whole repository, or, where ref names a revision, that snapshot with the
// refs that lead to it and the blobs that no other snapshot has. freed is how many bytes that were. Nothing outside the
// cache is touched: links are deleted, and never followed.
func (c Cache) Remove(ref Ref) (freed int64, err error) {
	id := c.home(ref)
	root, err := os.OpenRoot(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, notThere(ref)
	}
	if err != nil {
		return 0, unwritable(c.Dir, err)
	}
	defer root.Close()
	folder := folderName(id)
	info, err := root.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, notThere(ref)
	case err != nil:
		return 0, unwritable(c.repoPath(id), err)
	case !info.IsDir():
		return 0, fail(ErrDisk, "%s is not a folder but a link or a file; remove it by hand", c.repoPath(id))
	}
	release, err := c.lockAll(root, id)
	if err != nil {
		return 0, err
	}
	defer release()
	r := remover{cache: c, root: root, id: id, folder: folder}
	before := c.repo(id)
	snapshot := ""
	if ref.Revision != "" {
		named := slices.DeleteFunc(slices.Clone(before.Snapshots), func(s Snapshot) bool { return !s.is(ref.Revision) })
		if len(named) != 1 {
			return 0, notThere(ref)
		}
		if len(before.Snapshots) > 1 {
			snapshot = named[0].Commit
		}
	}
	if snapshot == "" {
		err = r.removeRepo()
	} else {
		err = r.removeSnapshot(snapshot)
	}
	if err != nil {
		return 0, fail(ErrDisk, "%s cannot be removed: %w; close the programs that use it and repeat the command", ref, bare(err))
	}
	return before.Size - c.repo(id).Size, nil
}

// Size is how many bytes the cache has of ref: of the repository, or of the snapshot where ref names a revision.
func (c Cache) Size(ref Ref) (int64, error) {
	id := c.home(ref)
	if !isFolder(c.repoPath(id)) {
		return 0, notThere(ref)
	}
	repo := c.repo(id)
	if ref.Revision == "" {
		return repo.Size, nil
	}
	for _, s := range repo.Snapshots {
		if s.is(ref.Revision) {
			return s.Size, nil
		}
	}
	return 0, notThere(ref)
}

func notThere(ref Ref) error {
	return fail(ErrNotLocal, "model %q is not on this machine; \"inkling models\" shows what is", ref)
}

// lockAll takes the locks of all blobs of a repository that ever were fetched. Whoever fetches one keeps it.
func (c Cache) lockAll(root *os.Root, id string) (release func(), err error) {
	var taken []func()
	release = func() {
		for _, r := range taken {
			r()
		}
	}
	folder := filepath.Join(".locks", folderName(id))
	entries, _ := fs.ReadDir(root.FS(), filepath.ToSlash(folder))
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !strings.HasSuffix(entry.Name(), ".lock") {
			continue
		}
		one, err := tryAcquire(filepath.Join(c.Dir, folder, entry.Name()))
		if err != nil {
			release()
			if errors.Is(err, errHeld) {
				return nil, fail(ErrBusy, "%s is being fetched by another process; wait for it or stop it first", id)
			}
			return nil, err
		}
		taken = append(taken, one)
	}
	return release, nil
}

// A remover deletes below one folder of the cache.
type remover struct {
	cache  Cache
	root   *os.Root // of the cache
	id     string
	folder string
}

func (r remover) names(parts ...string) []string {
	entries, _ := fs.ReadDir(r.root.FS(), filepath.ToSlash(filepath.Join(append([]string{r.folder}, parts...)...)))
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func (r remover) remove(parts ...string) error {
	return r.root.RemoveAll(filepath.Join(append([]string{r.folder}, parts...)...))
}

// removeRepo deletes everything, in an order in which what is left behind, should it be stopped, is no whole model.
func (r remover) removeRepo() error {
	shared := r.shared(r.names("blobs"))
	for _, part := range []string{"refs", "snapshots", "."} {
		if err := r.remove(part); err != nil {
			return err
		}
	}
	return r.sweep(shared)
}

// removeSnapshot deletes one snapshot.
func (r remover) removeSnapshot(commit string) error {
	for revision, at := range r.cache.refs(r.id) {
		if at == commit {
			if err := r.remove("refs", filepath.FromSlash(revision)); err != nil {
				return err
			}
		}
	}
	mine := r.linked(commit)
	if err := r.remove("snapshots", commit); err != nil {
		return err
	}
	for _, other := range r.names("snapshots") {
		for blob := range r.linked(other) {
			delete(mine, blob)
		}
	}
	var blobs []string
	for blob := range mine {
		blobs = append(blobs, blob)
	}
	shared := r.shared(blobs)
	for _, blob := range blobs {
		if err := r.remove("blobs", blob); err != nil {
			return err
		}
	}
	return r.sweep(shared)
}

// linked are the names of the blobs that a snapshot links to.
func (r remover) linked(commit string) set {
	blobs := set{}
	snapshot := filepath.Join(r.cache.Dir, r.folder, "snapshots", commit)
	walk(snapshot, func(name string) {
		file := filepath.Join(snapshot, filepath.FromSlash(name))
		target, err := os.Readlink(file)
		if err != nil {
			return
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		if filepath.Dir(target) == filepath.Join(r.cache.Dir, r.folder, "blobs") {
			blobs[filepath.Base(target)] = true
		}
	})
	return blobs
}
