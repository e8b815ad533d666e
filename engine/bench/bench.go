// Package bench measures how fast a model computes on this machine, and in the same run what the machine's memory and
// arithmetic allow: the limits. Every figure is the median of several rounds and comes with the part of its limit that it
// reaches.
//
// A round measures everything once, one weight format after the other, so that a machine that gets slower or faster
// meanwhile does so for all of them. A first round warms up and does not count.
package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"inkling/engine"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// Options say what to measure.
type Options struct {
	Model       string   // as engine.Open has it
	Random      string   // or a size that engine.OpenRandom has; "" for Model
	Weights     []string // formats, in the order in which they are measured
	Threads     int      // 0: one for each core
	Repetitions int      // rounds, at least 1
	Sequences   int      // that are computed at once, 1 to engine.Block

	// Peak returns the peak resident memory in bytes of a process of its own that runs Once; 0 where the system does not
	// tell.
	Peak func(ctx context.Context, weights string) (int64, error)
	// Progress is told what happens, a line at a time.
	Progress func(line string)
	least    time.Duration // how long a figure is measured; 0: long enough to trust it
	// Version and Commit of the program, for the report.
	Version, Commit string
}

// validate returns a line that names the first option out of its range.
func (o Options) validate() error {
	switch {
	case o.Repetitions < 1:
		return fmt.Errorf("%d repetitions, expected at least 1", o.Repetitions)
	case o.Sequences < 1 || o.Sequences > engine.Block:
		return fmt.Errorf("%d sequences at once, expected 1 to %d", o.Sequences, engine.Block)
	case len(o.Weights) == 0:
		return fmt.Errorf("no weight format to measure")
	}
	for _, w := range o.Weights {
		if _, err := kernel.ParseFormat(w); err != nil {
			return err
		}
	}
	return nil
}

// openCold opens the model without a cache.
func (o Options) openCold(weights string) (*engine.Model, error) {
	return o.open(weights, "", engine.CacheIgnored)
}

// open opens the model. folder is for the cache of a random one.
func (o Options) open(weights, folder string, caching engine.Caching) (*engine.Model, error) {
	options := engine.Options{Threads: o.Threads, Weights: weights, Cache: caching}
	if o.Random != "" {
		return engine.OpenRandom(o.Random, folder, options)
	}
	return engine.Open(o.Model, options)
}

// Run measures. When ctx ends it stops after the pass under way and returns the error of ctx.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	o.Progress("looking at the model")
	info, err := o.look()
	if err != nil {
		return nil, err
	}
	c := sizes(info)
	m := thisMachine()
	m.Kernel, m.Threads, m.Version, m.Commit = info.Kernel, info.Threads, o.Version, o.Commit
	m.Date = time.Now().UTC().Format(time.RFC3339)
	plan := o.plan(c, m.cache, m.available)
	if len(plan.weights) == 0 {
		return nil, fmt.Errorf("not enough memory for %s: %s", info.Name, plan.notes[0])
	}

	folder, err := o.scratch()
	if err != nil {
		return nil, err
	}
	if folder != "" {
		defer os.RemoveAll(folder)
	}
	l, err := newMachineLab(o, info, folder, plan)
	if err != nil {
		return nil, err
	}
	defer l.close()
	r := rounds{weights: plan.weights, figures: figures(o.Sequences), count: o.Repetitions, apart: plan.apart, small: plan.small, progress: o.Progress}
	runs, notes, err := r.run(ctx, l)
	if err != nil {
		return nil, err
	}
	return o.report(m, c, info, r.figures, plan, runs, notes), nil
}

// look opens the model for what it tells of itself, in the format that is loaded soonest.
func (o Options) look() (engine.Info, error) {
	m, err := o.openCold(kernel.Q8.String())
	if err != nil {
		return engine.Info{}, err
	}
	defer m.Close()
	return m.Info(), nil
}

// formatOf is the format of a name that validate has passed.
func formatOf(weights string) kernel.Format {
	f, err := kernel.ParseFormat(weights)
	if err != nil {
		panic(err)
	}
	return f
}

// sizes is the model's configuration.
func sizes(i engine.Info) gpt2.Config {
	return gpt2.Config{Vocab: i.Vocab, Context: i.Context, Width: i.Width, Layers: i.Layers, Heads: i.Heads, Inner: i.Inner, Tied: i.Tied}
}

// scratch makes a folder for the cache of a random model, beside those of the others where that is possible: what is
// called the folder for temporary files may be memory.
func (o Options) scratch() (string, error) {
	if o.Random == "" {
		return "", nil
	}
	parent := os.TempDir()
	if user, err := os.UserCacheDir(); err == nil {
		own := filepath.Join(user, "inkling")
		if os.MkdirAll(own, 0o777) == nil {
			parent = own
		}
	}
	folder, err := os.MkdirTemp(parent, "bench-*")
	if err != nil {
		return "", fmt.Errorf("no folder for temporary files: %w", err)
	}
	return folder, nil
}
