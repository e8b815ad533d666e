package hub

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
)

// A Client fetches models. It may be used from several goroutines; its fields are not to be changed meanwhile.
type Client struct {
	Settings
	Connections int           // at a time
	Pause       time.Duration // before a request is made a second time; it doubles with each further time
	Stall       time.Duration // after which a connection without data is given up

	endpoint *url.URL
	http     *http.Client
	space    func(folder string) (int64, error) // free, in bytes
}

// New returns a client for the settings.
func New(s Settings) (*Client, error) {
	if s.Endpoint == "" {
		s.Endpoint = DefaultEndpoint
	}
	endpoint, err := url.Parse(s.Endpoint)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "http" && endpoint.Scheme != "https" || endpoint.RawQuery != "" || endpoint.Fragment != "" {
		return nil, fail(ErrSettings, "HF_ENDPOINT is %s, expected an address such as %s", label(s.Endpoint), DefaultEndpoint)
	}
	if s.Cache.Dir == "" {
		return nil, fail(ErrSettings, "no folder is named to keep models in; set HF_HOME")
	}
	return &Client{Settings: s, Connections: 8, Pause: 500 * time.Millisecond, Stall: 30 * time.Second,
		endpoint: endpoint, http: newHTTP(), space: freeSpace}, nil
}

// Close closes the connections that wait for another request.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// address is a place of the hub. path is escaped already.
func (c *Client) address(path string) *url.URL {
	u, err := url.Parse(c.Settings.Endpoint + path)
	if err != nil {
		panic(err) // the endpoint was parsed before, and path is made of escaped parts
	}
	return u
}

// PullOptions says more about a pull.
type PullOptions struct {
	// File is the GGUF file to fetch, for a repository that has several.
	File string
	// Progress is told ten times a second how far the pull is, from a goroutine of its own, and a last time before Pull
	// returns.
	Progress func(Progress)
}

// Pull makes ref's snapshot whole: it fetches the files that are needed and not there, checks those that are, and
// returns it. Of the formats of weights it fetches one. What is fetched when it fails or ctx ends stays on disk, and the
// next pull goes on from there. With HF_HUB_OFFLINE it returns what is there.
//
// The error is one line, of a kind that errors.Is tells (ErrNotFound and so on), or the context's.
func (c *Client) Pull(ctx context.Context, ref Ref, o PullOptions) (Snapshot, error) {
	if !validID(ref.ID) || ref.Revision != "" && !validRevision(ref.Revision) {
		return Snapshot{}, fail(ErrName, "%s is not the name of a model on the hub; expected owner/name or owner/name@revision",
			label(ref.String()))
	}
	if c.Offline {
		s, err := c.Cache.Find(ref)
		if err != nil {
			return s, fail(ErrOffline, "%s cannot be fetched, since HF_HUB_OFFLINE is set; unset it and repeat the command (%w)", ref, err)
		}
		return s, nil
	}
	p := &pull{client: c, ref: ref, home: c.Cache.home(ref), tracker: newTracker(o.Progress)}
	defer p.tracker.stop()
	if err := p.run(ctx, o.File); err != nil {
		if ctx.Err() != nil {
			return Snapshot{}, ctx.Err()
		}
		return Snapshot{}, err
	}
	return c.Cache.snapshot(p.home, p.commit, c.Cache.refs(p.home), usage{}), nil
}

// pull is one run of Pull.
type pull struct {
	client  *Client
	ref     Ref
	home    string // the ID under which the cache keeps the repository
	commit  string
	tracker *tracker
	reached atomic.Bool // something has answered
}

func (p *pull) run(ctx context.Context, wanted string) error {
	l, err := p.list(ctx)
	if err != nil {
		return err
	}
	p.commit = l.commit
	c, err := choose(l.files, wanted)
	if err != nil {
		return p.about(err)
	}
	if err := p.makeFolders(); err != nil {
		return err
	}
	// The configuration says whether the rest is wanted, and the index what the rest is.
	if err := p.checkConfig(ctx, l.files, c); err != nil {
		return err
	}
	if c.index != "" {
		if c.weights, err = p.shards(ctx, l.files, c.index); err != nil {
			return err
		}
	}
	files, err := p.describeAll(ctx, slices.Concat(c.small, c.weights))
	if err != nil {
		return err
	}
	if err := p.checkSpace(files); err != nil {
		return err
	}
	small, large := files[:len(c.small)], files[len(c.small):]
	if err := each(ctx, p.client.Connections, small, p.fetch); err != nil {
		return err
	}
	for _, f := range large {
		if err := p.fetch(ctx, f); err != nil {
			return err
		}
	}
	return p.writeRef(ctx)
}

// about says of which model an error is.
func (p *pull) about(err error) error {
	return &failure{kind: err, text: errors.New(p.ref.ID + ": " + err.Error())}
}

// checkConfig fetches the configuration and refuses a model that is no GPT-2. Only GGUF files bring their own.
func (p *pull) checkConfig(ctx context.Context, files set, c choice) error {
	if !files[configFile] {
		if len(c.weights) > 0 && isGGUF(c.weights[0]) {
			return nil
		}
		return fail(ErrNotGPT2, "%s has no config.json, so it is no model that can be opened; choose another one", p.ref.ID)
	}
	text, err := p.fetchAndRead(ctx, configFile)
	if err != nil {
		return err
	}
	config, err := parseConfig(text)
	switch {
	case err != nil:
		return fail(ErrNotGPT2, "%s: config.json cannot be read: %w; choose another model", p.ref.ID, err)
	case config.Type != gpt2Type:
		return fail(ErrNotGPT2, "%s is a model of the type %s, and only those of the type \"gpt2\" can be opened; nothing more of it was fetched, choose another one",
			p.ref.ID, label(config.Type))
	}
	return nil
}

// shards fetches the index and returns the files that it names.
func (p *pull) shards(ctx context.Context, files set, index string) ([]string, error) {
	text, err := p.fetchAndRead(ctx, index)
	if err != nil {
		return nil, err
	}
	shards, err := parseIndex(index, text)
	if err != nil {
		return nil, p.about(err)
	}
	for _, shard := range shards {
		if !files[shard] {
			return nil, fail(ErrNoWeights, "%s: %s names the file %s, which the repository does not have; choose another revision of the model",
				p.ref.ID, index, label(shard))
		}
	}
	return shards, nil
}

func (p *pull) fetchAndRead(ctx context.Context, name string) ([]byte, error) {
	f, err := p.describe(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := p.fetch(ctx, f); err != nil {
		return nil, err
	}
	p.tracker.done.Store(0) // it counts with all the others
	return readFile(p.pointer(name), limit(name))
}

// describeAll asks for checksum and size of files.
func (p *pull) describeAll(ctx context.Context, names []string) ([]remoteFile, error) {
	p.tracker.begin(Asking, "")
	files := make([]remoteFile, len(names))
	places := make([]int, len(names))
	for i := range places {
		places[i] = i
	}
	err := each(ctx, p.client.Connections, places, func(ctx context.Context, i int) error {
		f, err := p.describe(ctx, names[i])
		files[i] = f
		return err
	})
	if err != nil {
		return nil, err
	}
	var total int64
	for _, f := range files {
		total += max(f.size, 0)
	}
	p.tracker.total.Store(total)
	return files, nil
}

// checkSpace checks that the disk has room for what is not there yet.
func (p *pull) checkSpace(files []remoteFile) error {
	const reserve = 16 << 20 // bytes
	var missing int64
	for _, f := range files {
		blob := p.client.Cache.blobPath(p.home, f.etag)
		if f.size > 0 && !exists(blob) && !exists(p.pointer(f.name)) {
			missing += f.size - recorded(blob, f.size)
		}
	}
	folder := p.client.Cache.repoPath(p.home)
	free, err := p.client.space(folder)
	if missing == 0 || err != nil || free-reserve >= missing {
		return nil // where the system does not say what is free, writing will
	}
	return fail(ErrDiskFull, "%s needs %s more, but %s has only %s free; free some space, or set HF_HOME to a folder on another disk",
		p.ref, Bytes(missing), folder, Bytes(free))
}

// fetch makes one file be in the snapshot. Whoever else fetches the same blob is waited for.
func (p *pull) fetch(ctx context.Context, f remoteFile) error {
	cache := p.client.Cache
	release, err := acquire(ctx, cache.lockPath(p.home, f.etag), func() { p.tracker.begin(Waiting, f.name) })
	if err != nil {
		return err
	}
	defer release()
	blob := cache.blobPath(p.home, f.etag)
	there, err := p.inspect(ctx, f, blob)
	if err != nil {
		return err
	}
	switch there {
	case "":
		if err := p.bring(ctx, f, blob); err != nil {
			return err
		}
		return p.link(f, blob, true)
	case blob:
		removePartial(blob)
		return p.link(f, blob, false)
	}
	return nil
}

// inspect looks for the file, as a blob or in the snapshot itself, and checks it. there is "" where it is not, or wrong.
func (p *pull) inspect(ctx context.Context, f remoteFile, blob string) (there string, err error) {
	for _, path := range []string{blob, p.pointer(f.name)} {
		right, err := p.inspectFile(ctx, f, path)
		if right || err != nil {
			return path, err
		}
	}
	return "", nil
}

func (p *pull) inspectFile(ctx context.Context, f remoteFile, path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || f.size >= 0 && info.Size() != f.size {
		return false, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, unwritable(path, err)
	}
	defer file.Close()
	p.tracker.begin(Checking, f.name)
	var read int64
	right, err := fileMatches(ctx, file, f.etag, func(n int64) {
		read += n
		p.tracker.found(n)
	})
	if !right {
		p.tracker.found(-read)
	}
	return right, err
}

// bring fetches a blob.
func (p *pull) bring(ctx context.Context, f remoteFile, blob string) error {
	if f.size >= 0 {
		return p.download(ctx, f, blob)
	}
	p.tracker.begin(Fetching, f.name)
	text, err := p.fetchSmall(ctx, f)
	if err != nil {
		return err
	}
	if err := p.writeFile(ctx, blob, text); err != nil {
		return err
	}
	removePartial(blob) // from when the hub did say
	return nil
}

// pointer is where a file is in the snapshot.
func (p *pull) pointer(name string) string {
	return filepath.Join(p.client.Cache.snapshotPath(p.home, p.commit), filepath.FromSlash(name))
}

// link puts a blob into the snapshot: as a relative symbolic link or, where there are none, itself if it is fresh, and
// otherwise, since another snapshot may need it, as a copy. Either way a file that was there before is replaced in one step.
func (p *pull) link(f remoteFile, blob string, fresh bool) error {
	pointer := p.pointer(f.name)
	if err := os.MkdirAll(filepath.Dir(pointer), 0o777); err != nil {
		return unwritable(pointer, err)
	}
	target, err := filepath.Rel(filepath.Dir(pointer), blob)
	if err != nil {
		return unwritable(pointer, err)
	}
	if there, err := os.Readlink(pointer); err == nil && there == target {
		return nil
	}
	next := blob + ".link" + dataEnding
	os.Remove(next)
	switch {
	case !p.client.NoSymlinks && os.Symlink(target, next) == nil:
	case fresh:
		next = blob
	default:
		if err := copyFile(blob, next); err != nil {
			return unwritable(next, err)
		}
	}
	if err := os.Rename(next, pointer); err != nil {
		return unwritable(pointer, err)
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return firstError(firstError(err, target.Sync()), target.Close())
}

// makeFolders makes the folders of the repository, and marks the cache as one for programs that make backups
// (https://bford.info/cachedir/).
func (p *pull) makeFolders() error {
	cache := p.client.Cache
	for _, folder := range []string{filepath.Join(cache.repoPath(p.home), "blobs"), cache.snapshotPath(p.home, p.commit)} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return unwritable(folder, err)
		}
	}
	tag := filepath.Join(cache.Dir, "CACHEDIR.TAG")
	if !exists(tag) {
		const text = "Signature: 8a477f597d28d172789f06886806bc55\n# This file marks a cache directory, see https://bford.info/cachedir/\n"
		os.WriteFile(tag, []byte(text), 0o666) // without it nothing is lost
	}
	return nil
}

// writeRef keeps which commit the revision stands for. It is written last, so that a ref leads to whole snapshots.
func (p *pull) writeRef(ctx context.Context) error {
	if p.ref.revision() == p.commit {
		return nil
	}
	path := p.client.Cache.refPath(p.home, p.ref.revision())
	if text, err := readFile(path, maxRef); err == nil && string(text) == p.commit {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return unwritable(path, err)
	}
	return p.writeFile(ctx, path, []byte(p.commit))
}

// writeFile writes a small file in one step. What a process that is killed leaves behind is among the blobs.
func (p *pull) writeFile(ctx context.Context, path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Join(p.client.Cache.repoPath(p.home), "blobs"), filepath.Base(path)+".*"+dataEnding)
	if err != nil {
		return unwritable(path, err)
	}
	defer os.Remove(file.Name()) // which is gone when all went well
	defer file.Close()
	_, err = file.Write(content)
	if err := firstError(err, file.Chmod(0o644)); err != nil {
		return unwritable(path, err)
	}
	if err := syncFile(ctx, file); err != nil {
		return err
	}
	file.Close() // all of it is on disk
	if err := os.Rename(file.Name(), path); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
