package kernel

// A Span is a run of positions of one block that belong to one sequence.
type Span struct {
	T      int    // positions
	Prefix *Cache // a beginning that other sequences may share; nil for none
	Shared int    // positions of Prefix that count, a multiple of CacheUnit
	Cache  *Cache // the positions after it
	N      int    // positions that Cache holds before the block
}

// Attention is causal scaled dot-product attention (Vaswani et al. 2017,
// section 3.2.1) for a block of positions over what their caches hold, as a
// [Work] over Items. The new keys and values are stored first.
//
// As with [Linear] an output has the same bits however its position was
// computed: alone, in a block, or with a part of the cache shared.
type Attention struct {
	Heads int
	Scale float32   // of the scores
	QKV   []float32 // (T, 3W) queries, keys and values side by side; the queries are scaled in place
	Out   *Input    // (T, W) values mixed by attention, head beside head
	Spans []Span    // of T positions together

	// Watch, if it is set, is shown the weights of a head at a position of a
	// sequence, which it may look at during the call, from the pool's threads.
	Watch func(head, position int, weights []float32)

	stride  int       // of a row of scores: the context, rounded up
	scratch []scratch // for each thread
	queries operand   // of all heads, one after the other
	stored  bool      // keys, values and queries, by a pass before
}

// scratch is what a thread works in.
type scratch struct {
	scores []float32 // (maxTile, stride)
	packed []byte    // the same, packed
	edge   []float32 // (maxTile, panels of a head's width)
	shown  []float32 // weights for Watch
}

// NewAttention returns attention of models with that many heads of a width, for
// blocks of that many positions in a context, for caches in F32 or Q8 and a pool
// of that many threads.
func NewAttention(f Format, heads, width, block, context, threads int) *Attention {
	a := &Attention{Heads: heads, stride: roundUp(context, CacheUnit), scratch: make([]scratch, threads)}
	for i := range a.scratch {
		s := &a.scratch[i]
		s.scores = make([]float32, maxTile*a.stride)
		s.edge = make([]float32, maxTile*panels(width)*panelRows)
		if f == Q8 {
			s.packed = make([]byte, maxTile*a.stride/blockCols*packedSize)
		}
	}
	if f == Q8 {
		a.queries.stride = heads * packedHead(width)
		a.queries.packed = make([]byte, block*a.queries.stride)
	}
	return a
}

// packedHead is how many bytes a query of that width takes.
func packedHead(width int) int { return roundUp(width, CacheUnit) / blockCols * packedSize }

// Run computes the block on a pool.
func (a *Attention) Run(p *Pool) {
	a.stored = a.groups() > 1
	if a.stored {
		p.Run(a.Heads, 1, (*attentionStore)(a))
	}
	p.Run(a.Heads*a.groups(), 1, a)
}

// groups is how many groups of at most maxTile positions the block makes.
func (a *Attention) groups() int {
	T := 0
	for _, s := range a.Spans {
		T += s.T
	}
	return (T + maxTile - 1) / maxTile
}

// attentionStore is the pass that stores keys, values and queries, by heads.
type attentionStore Attention

func (a *attentionStore) Do(thread, lo, hi int) {
	for h := lo; h < hi; h++ {
		(*Attention)(a).store(&a.scratch[thread], h)
	}
}

func (a *Attention) store(work *scratch, h int) {
	W := a.Out.Cols
	D := W / a.Heads
	t := 0
	for i := range a.Spans {
		s := &a.Spans[i]
		s.Cache.expect(h, s.N)
		for n := range s.T {
			row := a.QKV[t*3*W:][:3*W]
			query := row[h*D:][:D]
			for i, v := range query {
				query[i] = v * a.Scale
			}
			if a.queries.packed != nil {
				active.pack(a.queries.packed[t*a.queries.stride+h*packedHead(D):][:packedHead(D)], query)
			}
			s.Cache.store(work.packed, h, s.N+n, row[W+h*D:][:D], row[2*W+h*D:][:D])
			t++
		}
	}
}

// Do computes items lo..hi-1; an item is a head of a group of positions.
func (a *Attention) Do(thread, lo, hi int) {
	groups := a.groups()
	for item := lo; item < hi; item++ {
		h, g := item/groups, item%groups
		if !a.stored {
			a.store(&a.scratch[thread], h)
		}
		a.attend(&a.scratch[thread], h, g*maxTile)
	}
}

// A segment is a stretch of one cache that positions of a group look at.
type segment struct {
	cache *Cache
	n     int // positions of the cache, from 0
	at    int // where their scores begin in a row
	t, T  int // the positions of the block that look
}

// attend computes head h for the positions from first on, maxTile at most.
func (a *Attention) attend(work *scratch, h, first int) {
	W := a.Out.Cols
	D := W / a.Heads

	// Positions that share a beginning are computed together there.
	var beginnings, rest [maxTile]segment
	shared, own, t := 0, 0, 0
	for i := range a.Spans {
		s := &a.Spans[i]
		from, to := max(t, first), min(t+s.T, first+maxTile)
		if from < to {
			rest[own] = segment{s.Cache, s.N + to - t, s.shared(), from, to - from}
			own++
			last := &beginnings[max(shared-1, 0)]
			switch {
			case s.shared() == 0:
			case shared > 0 && last.cache == s.Prefix && last.n == s.Shared && last.t+last.T == from:
				last.T += to - from
			default:
				beginnings[shared] = segment{s.Prefix, s.Shared, 0, from, to - from}
				shared++
			}
		}
		t += s.T
	}

	var scale [maxTile]float32
	for _, list := range [2][]segment{beginnings[:shared], rest[:own]} {
		for _, s := range list {
			a.score(work.scores[(s.t-first)*a.stride+s.at:], s, h)
		}
	}
	for _, s := range rest[:own] {
		for t := s.t; t < s.t+s.T; t++ {
			row := work.scores[(t-first)*a.stride:][:s.at+roundUp(s.n, CacheUnit)]
			seen := s.at + s.n - (s.t + s.T - 1 - t) // not the later positions of the block
			scale[t-first] = 1 / softmaxWeights(&active, row[:seen])
			if a.Watch != nil {
				a.watch(work, h, row[:seen], scale[t-first])
			}
			clear(row[seen:])
			clear(a.Out.Row(t)[h*D:][:D])
		}
	}
	for _, list := range [2][]segment{beginnings[:shared], rest[:own]} {
		for _, s := range list {
			a.mix(work, (s.t-first)*a.stride+s.at, s, h)
		}
	}
	for _, s := range rest[:own] {
		for t := s.t; t < s.t+s.T; t++ {
			out := a.Out.Row(t)[h*D:][:D]
			for i := range out {
				out[i] *= scale[t-first]
			}
		}
	}
}

// watch shows weights that are still to be multiplied by a scale.
func (a *Attention) watch(work *scratch, h int, weights []float32, scale float32) {
	work.shown = append(work.shown[:0], weights...)
	for i := range work.shown {
		work.shown[i] *= scale
	}
	a.Watch(h, len(weights)-1, work.shown)
}

func (s *Span) shared() int {
	if s.Prefix == nil {
		return 0
	}
	return s.Shared
}

// score sets the rows of scores to the products of the queries with the keys.
func (a *Attention) score(scores []float32, s segment, h int) {
	W := a.Out.Cols
	D := W / a.Heads
	queries := operand{float: a.QKV[s.t*3*W+h*D:], stride: 3 * W}
	if a.queries.packed != nil {
		queries = operand{packed: a.queries.packed[s.t*a.queries.stride+h*packedHead(D):], stride: a.queries.stride}
	}
	active.panels(s.cache.keys[h], panels(s.n), scores, a.stride, queries, D, s.T, false)
}

// mix adds the values, weighted with the rows of scores from a place on, to
// what comes out.
func (a *Attention) mix(work *scratch, from int, s segment, h int) {
	W := a.Out.Cols
	D := W / a.Heads
	weights := operand{float: work.scores[from:], stride: a.stride}
	if scales := s.cache.scales; scales != nil {
		n := roundUp(s.n, CacheUnit)
		weights = operand{packed: work.packed, stride: a.stride / blockCols * packedSize}
		for t := range s.T {
			row := work.scores[from+t*a.stride:][:n]
			active.multiply(row[:s.n], scales[h][:s.n])
			active.pack(work.packed[t*weights.stride:][:n/blockCols*packedSize], row)
		}
	}
	values, out := s.cache.values[h], a.Out.Float[s.t*W+h*D:]
	if D%panelRows == 0 {
		active.panels(values, D/panelRows, out, W, weights, s.n, s.T, true)
		return
	}
	// The last panel is wider than the head.
	stride := panels(D) * panelRows
	for t := range s.T {
		copy(work.edge[t*stride:][:D], out[t*W:])
	}
	active.panels(values, panels(D), work.edge, stride, weights, s.n, s.T, true)
	for t := range s.T {
		copy(out[t*W:][:D], work.edge[t*stride:])
	}
}
