package engine

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"inkling/engine/cache"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
	"inkling/engine/pages"
	"inkling/engine/weights"
)

// network is a gpt2.Model with what it needs: memory for its weights and the pool that it computes on.
type network struct {
	model  *gpt2.Model
	pool   *kernel.Pool
	region *pages.Region
	cached bool // the weights are mapped from the cache

	stop       chan struct{} // closed to end what goes on in the background
	background chan struct{} // closed when that has ended; nil for nothing
	patience   time.Duration // of Close, before it ends that
}

// origin is where the weights of a network come from.
type origin struct {
	name    string // for messages
	tensors gpt2.Tensors
	store   *cacheStore
	caching Caching
}

// openNetwork maps the weights from the cache, or reads and quantises them and writes the cache, in the background unless
// that is asked for otherwise.
func openNetwork(from origin, config gpt2.Config, format kernel.Format, threads int) (*network, error) {
	if available, known := pages.Available(); known {
		if err := footprint(config, format).fits(from.name, available); err != nil {
			return nil, err
		}
	}
	n := &network{pool: kernel.NewPool(threads)}
	err := n.open(from, config, format)
	if err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *network) open(from origin, config gpt2.Config, format kernel.Format) (err error) {
	if from.caching == CacheIgnored {
		from.store = nil
	}
	if n.region, config = from.store.find(config); n.region != nil {
		n.cached = true
		if n.model, err = gpt2.New(config, format, cache.Data(n.region), n.pool); err != nil {
			return err
		}
		n.later(0, func() { n.region.Settle(n.stop) })
		return nil
	}
	if config, err = config.Tie(from.tensors, n.pool); err != nil {
		return err
	}
	if n.region, err = pages.New(config.Size(format)); err != nil {
		return fmt.Errorf("%s: %w; close other programs, or choose a smaller model or weight format", from.name, err)
	}
	if n.model, err = gpt2.New(config, format, n.region.Bytes(), n.pool); err != nil {
		return err
	}
	if err := n.model.Load(from.tensors); err != nil {
		if _, ok := errors.AsType[*gpt2.DamagedError](err); ok {
			return fmt.Errorf("%s: %w", from.name, err) // the files' own errors name them
		}
		return err
	}
	if from.store == nil {
		return nil
	}
	write := func() error { return from.store.key(config).Write(n.stop, from.store.folders, n.region.Bytes()) }
	if from.caching == CacheWritten {
		if err := write(); err != nil {
			return fmt.Errorf("%s: the weights cannot be kept on disk: %w", from.name, err)
		}
		return nil
	}
	n.later(writePatience, func() { _ = write() }) // a cache that cannot be written costs time at the next start, no more
	return nil
}

// later does some work in the background, until Close at the latest, which gives it some time.
func (n *network) later(patience time.Duration, work func()) {
	n.patience = patience
	n.stop, n.background = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(n.background)
		_ = pages.Guard(func() error { // the next pass finds the same
			work()
			return nil
		})
	}()
}

// describe fills in what the network itself tells of a model.
func (n *network) describe(info *Info) {
	m := n.model
	info.Parameters, info.Bytes, info.Weights = m.Parameters(), m.Size(m.Format), m.Format.String()
	info.Layers, info.Heads, info.Width, info.Inner, info.Tied = m.Layers, m.Heads, m.Width, m.Inner, m.Tied
	info.Threads, info.Cached = n.pool.Threads(), n.cached
}

func (n *network) Vocab() int      { return n.model.Vocab }
func (n *network) Context() int    { return n.model.Context }
func (n *network) NewState() State { return state{n.model.NewState()} }

func (n *network) NewWorkspace() Workspace { return &workspace{Workspace: n.model.NewWorkspace()} }

// writePatience is how long Close waits for the cache to be written. That of a model of 1.5 billion parameters takes longer, and
// is written by a longer session.
const writePatience = 2 * time.Second

// Close stops the pool and releases the weights.
func (n *network) Close() {
	if n.background != nil {
		select {
		case <-n.background:
		case <-time.After(n.patience):
			close(n.stop)
			<-n.background
		}
	}
	n.pool.Close()
	if n.region != nil {
		n.region.Close()
	}
}

func (n *network) Forward(w Workspace, steps []Step, logits []float32) error {
	own := w.(*workspace)
	own.steps = own.steps[:0]
	for _, s := range steps {
		own.steps = append(own.steps, gpt2.Step{State: s.State.(state).State, IDs: s.IDs, Scores: s.Scores})
	}
	return pages.Guard(func() error { return n.model.Forward(own.Workspace, own.steps, logits) })
}

// watch has a probe see the passes in a workspace; nil for none.
func (n *network) watch(w Workspace, p Probe) { w.(*workspace).Watch(p) }

// state is a gpt2.State behind the interface.
type state struct{ *gpt2.State }

func (s state) Fork() State { return state{s.State.Fork()} }

// workspace is a gpt2.Workspace with room for the steps of a pass.
type workspace struct {
	*gpt2.Workspace
	steps []gpt2.Step
}

// CacheFolder lies beside the files of a model. It may be deleted at any time.
const CacheFolder = ".inkling"

// A cachePlace is where the cache of a model is kept.
type cachePlace struct {
	base    string   // of the names of its files
	folder  string   // of the model's files
	folders []string // beside the model, and where that cannot be written the user's cache
}

// newCachePlace returns nil for the starter, which has no folder.
func newCachePlace(files weights.Source, path string) *cachePlace {
	if path == "" {
		return nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	p := &cachePlace{base: "model", folder: path}
	if _, single := files.(*weights.GGUF); single { // there may be others beside it
		p.base, p.folder = filepath.Base(path), filepath.Dir(path)
	}
	p.folders = []string{filepath.Join(p.folder, CacheFolder)}
	if user, err := os.UserCacheDir(); err == nil {
		sum := sha256.Sum256([]byte(path))
		p.folders = append(p.folders, filepath.Join(user, "inkling", "models", fmt.Sprintf("%s-%x", filepath.Base(path), sum[:8])))
	}
	return p
}

// key is that of what is made from the model's files of these names.
func (p *cachePlace) key(format, shape string, size int, names []string) cache.Key {
	k := cache.Key{Base: p.base, Format: format, Shape: shape, Size: size}
	for _, name := range names {
		k.Files = append(k.Files, filepath.Join(p.folder, filepath.FromSlash(name)))
	}
	return k
}

// A cacheStore is the cache of a model's weights. nil is none: the reference format is read as it is.
type cacheStore struct {
	*cachePlace
	format kernel.Format
	files  []string // names
}

func newCacheStore(files weights.Source, place *cachePlace, format kernel.Format) *cacheStore {
	if place == nil || format == kernel.F32 {
		return nil
	}
	return &cacheStore{place, format, files.WeightFiles()}
}

func (s *cacheStore) key(c gpt2.Config) cache.Key {
	shape := fmt.Sprintf("gpt2 V=%d C=%d W=%d L=%d I=%d tied=%t", c.Vocab, c.Context, c.Width, c.Layers, c.Inner, c.Tied)
	return s.cachePlace.key(s.format.String(), shape, c.Size(s.format), s.files)
}

// find returns the cached weights, or nil, and whether they are those of a model with an output head of its own.
func (s *cacheStore) find(c gpt2.Config) (*pages.Region, gpt2.Config) {
	if s == nil {
		return nil, c
	}
	for _, tied := range []bool{true, false} {
		with := c
		with.Tied = tied
		if region := s.key(with).Find(s.folders); region != nil {
			return region, with
		}
	}
	return nil, c
}
