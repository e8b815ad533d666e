package bench

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"inkling/engine"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
	"inkling/engine/pages"
)

// machineLab measures on this machine.
type machineLab struct {
	options Options
	context int
	config  gpt2.Config
	folder  string              // for the cache of a random model
	open    map[string]*subject // by format
	cached  map[string]bool     // the cache of these formats has been written
	pool    *kernel.Pool        // for the limits
	buffer  *pages.Region       // as well
}

func newMachineLab(o Options, info engine.Info, folder string, p plan) (*machineLab, error) {
	buffer, err := pages.New(p.buffer)
	if err != nil {
		return nil, err
	}
	// Memory that was never written to is one page of zeros over and over.
	for i := range buffer.Bytes() {
		buffer.Bytes()[i] = byte(i)
	}
	return &machineLab{
		options: o,
		context: info.Context,
		config:  sizes(info),
		folder:  folder,
		open:    map[string]*subject{},
		cached:  map[string]bool{},
		pool:    kernel.NewPool(info.Threads),
		buffer:  buffer,
	}, nil
}

func (l *machineLab) close() {
	for weights := range l.open {
		l.release(weights)
	}
	l.pool.Close()
	l.buffer.Close()
}

func (l *machineLab) release(weights string) {
	if s := l.open[weights]; s != nil {
		s.model.Close()
		delete(l.open, weights)
		debug.FreeOSMemory() // keys and values, before another process takes its share
	}
}

func (l *machineLab) measure(ctx context.Context, f figure, weights string) (float64, error) {
	if f.needs > l.context {
		return 0, unavailable{fmt.Sprintf("it takes %d positions, the model's context has %d", f.needs, l.context)}
	}
	switch f.kind {
	case limitMemory:
		memory := l.buffer.Bytes()
		if weights != "" {
			memory = memory[:min(l.config.Size(formatOf(weights)), len(memory))]
		}
		return kernel.ReadBandwidth(l.pool, memory), nil
	case limitFMA:
		return kernel.PeakFMA(l.pool), nil
	case limitInteger:
		return kernel.PeakInteger(l.pool), nil
	case loadCold:
		return l.loadCold(weights)
	case loadCached:
		return l.loadCached(weights)
	case peakMemory:
		return l.peak(ctx, weights)
	}
	return l.open[weights].measure(ctx, f)
}

// load opens the model and says how many milliseconds it took.
func (l *machineLab) load(weights string, caching engine.Caching) (*engine.Model, float64, error) {
	runtime.GC()
	start := time.Now()
	m, err := l.options.open(weights, l.folder, caching)
	took := time.Since(start)
	runtime.GC() // not while the next figure is measured
	return m, took.Seconds() * 1e3, err
}

// loadCold keeps the model open unless it is already.
func (l *machineLab) loadCold(weights string) (float64, error) {
	m, took, err := l.load(weights, engine.CacheIgnored)
	if err != nil {
		return 0, err
	}
	if l.open[weights] != nil {
		m.Close()
		return took, nil
	}
	l.open[weights] = newSubject(m, l.options.Sequences, cmp.Or(l.options.least, 100*time.Millisecond))
	return took, nil
}

// loadCached writes the cache at first.
func (l *machineLab) loadCached(weights string) (float64, error) {
	if !l.cached[weights] {
		m, _, err := l.load(weights, engine.CacheWritten)
		if err != nil {
			return 0, unavailable{err.Error()}
		}
		m.Close()
		l.cached[weights] = true
	}
	m, took, err := l.load(weights, engine.CacheUsed)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	if !m.Info().Cached {
		return 0, unavailable{"such weights are not kept on disk"}
	}
	return took, nil
}

func (l *machineLab) peak(ctx context.Context, weights string) (float64, error) {
	if l.options.Peak == nil {
		return 0, unavailable{"there is no process to measure"}
	}
	n, err := l.options.Peak(ctx, weights)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, unavailable{"this system does not tell"}
	}
	return float64(n), nil
}
