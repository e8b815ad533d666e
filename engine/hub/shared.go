package hub

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Newer versions of huggingface_hub keep a blob that came by their own protocol (Xet) once for all repositories
// (utils/_shared_blobs.py): blobs/XX/HASH in the cache, to which models--OWNER--NAME/blobs/ETAG is a link. HASH.refs
// lists these links, a path of the cache on each line, some of them perhaps out of date. Such a blob is read like any
// other; whoever deletes the last link to it deletes it too.

const (
	sharedFolder = "blobs"
	sharedMarker = ".huggingface-shared-blobs" // says "1\n" in a folder of this kind
	maxManifest  = 16 << 20                    // bytes
)

// shared are the places in the shared folder that these blobs of the repository link to.
func (r remover) shared(blobs []string) []string {
	marker, err := readFile(filepath.Join(r.cache.Dir, sharedFolder, sharedMarker), maxRef)
	if err != nil || string(marker) != "1\n" {
		return nil
	}
	var places []string
	for _, blob := range blobs {
		if place := r.place(path.Join(r.folder, "blobs", blob)); place != "" {
			places = append(places, place)
		}
	}
	return places
}

// place is the path, in the cache, of the shared blob to which link (also a path in the cache) leads; "" if it is no such
// link.
func (r remover) place(link string) string {
	if !validPath(link) {
		return ""
	}
	target, err := r.root.Readlink(filepath.FromSlash(link))
	if err != nil {
		return ""
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(r.cache.Dir, filepath.FromSlash(path.Dir(link)), target)
	}
	relative, err := filepath.Rel(r.cache.Dir, target)
	if err != nil {
		return ""
	}
	place := filepath.ToSlash(relative)
	hash := path.Base(place)
	if len(hash) != sha256Length || !hexadecimal(hash) || place != path.Join(sharedFolder, hash[:2], hash) {
		return ""
	}
	return place
}

// sweep deletes the shared blobs that nothing links to any longer.
func (r remover) sweep(places []string) error {
	for _, place := range places {
		if err := r.sweepOne(place); err != nil {
			return err
		}
	}
	return nil
}

func (r remover) sweepOne(place string) error {
	file := filepath.Join(r.cache.Dir, filepath.FromSlash(place))
	release, err := tryAcquire(file + ".lock")
	if err != nil {
		return nil // in use: Python's own clean-up finds it later
	}
	defer release()
	manifest, err := readFile(file+".refs", maxManifest)
	if err != nil {
		return nil // without it nobody knows who else links there
	}
	for line := range strings.Lines(string(manifest)) {
		if r.place(strings.TrimRight(line, "\r\n")) == place {
			return nil
		}
	}
	for _, name := range []string{place, place + ".refs"} {
		err := r.root.Remove(filepath.FromSlash(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
