package decode

import "slices"

// A cache is a state with what it holds. Texts that begin alike share it, and it is kept when its text has ended.
type cache struct {
	state State
	ids   []int // that the state holds, but for drafts
	owner *Generation
	used  int // when its owner left, in a count of such events

	bases []*cache // that it stands on
	forks int      // in use that stand on it
	lent  int      // how many of its ids they stand on at most
}

// usuallyKept is how many caches without an owner stay: what one chat and another have read.
const usuallyKept = 2

// common is how many ids a and b begin with alike.
func common(a, b []int) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// fork returns a cache that holds the first n ids of c.
func (l *Loop) fork(c *cache, n int) *cache {
	f := &cache{state: c.state.Fork(), ids: slices.Clone(c.ids[:n]), bases: append(slices.Clone(c.bases), c)}
	f.state.Truncate(n)
	for _, base := range f.bases {
		base.forks++
	}
	c.lent = max(c.lent, n)
	l.caches = append(l.caches, f)
	return f
}

// drop gives a cache up.
func (l *Loop) drop(c *cache) {
	l.caches = slices.DeleteFunc(l.caches, func(other *cache) bool { return other == c })
	for _, base := range c.bases {
		if base.forks--; base.forks == 0 {
			base.lent = 0
		}
	}
}

// truncate makes a generation's cache forget every id from n on, and every draft. Where others stand on these, it goes on in a fork.
func (l *Loop) truncate(g *Generation, n int) {
	c := g.cache
	if n < c.lent {
		c.owner, c.used = nil, l.clock()
		g.cache = l.fork(c, n)
		g.cache.owner = g
	} else {
		c.state.Truncate(n)
		c.ids = c.ids[:n]
	}
	g.drafter.forget()
}

func (l *Loop) clock() int {
	l.ticks++
	return l.ticks
}

// release keeps a cache whose generation has ended, and gives up the one that has been left the longest.
func (l *Loop) release(g *Generation) {
	if g.cache == nil {
		return
	}
	g.cache.state.Truncate(len(g.cache.ids)) // the drafts
	g.cache.owner, g.cache.used = nil, l.clock()
	g.cache = nil
	for {
		var oldest *cache
		free := 0
		for _, c := range l.caches {
			if c.owner == nil && c.forks == 0 {
				free++
				if oldest == nil || c.used < oldest.used {
					oldest = c
				}
			}
		}
		if free <= l.kept {
			return
		}
		l.drop(oldest)
	}
}

// worthForking is how many ids in common are not worth a fork yet.
const worthForking = 2

// admit gives a generation a cache that holds as much of its prompt as there is. false: it has to wait, for a text that is about to
// compute more of it, or for room.
func (l *Loop) admit(g *Generation) bool {
	prompt := g.request.Prompt
	most := len(prompt) - 1 // the last id is computed: its scores are needed
	var best, free *cache
	shared, owned := 0, 0
	for _, c := range l.caches {
		n := min(most, common(c.ids, prompt))
		if c.owner == nil {
			if n >= c.lent && (free == nil || c.used < free.used) {
				free = c
			}
		} else {
			owned++
			if coming := min(most, common(c.owner.stepper.ids, prompt)); coming > max(n, worthForking) && len(c.ids) < c.owner.stepper.prompt {
				return false // its prompt is being read
			}
		}
		if best == nil || n > shared {
			best, shared = c, n
		}
	}
	if owned >= l.slots {
		return false
	}
	switch {
	case best != nil && best.owner == nil && shared >= best.lent:
		best.state.Truncate(shared)
		best.ids = best.ids[:shared]
		g.cache = best
	case best != nil && shared > worthForking:
		g.cache = l.fork(best, shared)
	case free != nil && len(l.caches) >= l.kept:
		n := min(most, common(free.ids, prompt))
		free.state.Truncate(n)
		free.ids = free.ids[:n]
		g.cache = free
	default:
		g.cache = &cache{state: l.network.NewState(), ids: make([]int, 0, l.network.Context())}
		l.caches = append(l.caches, g.cache)
	}
	g.cache.owner = g
	g.result.Timings.CachedTokens = len(g.cache.ids)
	return true
}
