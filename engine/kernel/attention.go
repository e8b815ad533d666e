package kernel

import "fmt"

// A Cache holds the keys and values of a sequence in one layer, in float32 or
// binary16 (F32 or F16). For each head the keys are a matrix with a row for
// each position and the values one with a column for each position, so that
// scores and mixed values are products like any other.
type Cache struct {
	heads, width int       // width is that of one head
	keys, values []*Matrix // (capacity, width) and (width, capacity) for each head
}

// CacheUnit is the multiple that capacities are rounded up to, and at which a
// shared beginning may end.
const CacheUnit = panelRows

// NewCache returns room for capacity positions.
func NewCache(f Format, capacity, heads, width int) *Cache {
	if f.Integer() {
		panic(fmt.Sprintf("kernel: NewCache: format %v, expected f32 or f16", f))
	}
	capacity = panels(capacity) * panelRows
	c := &Cache{heads: heads, width: width}
	for range heads {
		keys, _ := NewMatrix(f, capacity, width, nil)
		values, _ := NewMatrix(f, width, capacity, nil)
		c.keys, c.values = append(c.keys, keys), append(c.values, values)
	}
	return c
}

// Bytes is the memory that the cache takes.
func (c *Cache) Bytes() int {
	n := 0
	for h := range c.heads {
		n += len(c.keys[h].data) + len(c.values[h].data)
	}
	return n
}

// Copy sets positions 0..n-1 to positions from..from+n-1 of other, which has
// the same shape.
func (c *Cache) Copy(other *Cache, from, n int) {
	for h := range c.heads {
		for i := range n {
			c.keys[h].copyRow(i, other.keys[h], from+i)
			c.values[h].copyColumn(i, other.values[h], from+i)
		}
	}
}

// store sets the key and value of a position for head h.
func (c *Cache) store(h, position int, key, value []float32) {
	c.keys[h].setRow(position, key)
	c.values[h].setColumn(position, value)
}

// setRow and the three below are for matrices in F32 and F16.
func (m *Matrix) setRow(r int, x []float32) {
	panel := m.panel(r)
	r %= panelRows
	if m.Format == F32 {
		w := floats(panel)
		for c, v := range x {
			w[c*panelRows+r] = v
		}
		return
	}
	w := halves(panel)
	var buffer [64]uint16
	for c := 0; c < len(x); c += len(buffer) {
		part := x[c:min(c+len(buffer), len(x))]
		active.toHalf(buffer[:len(part)], part)
		for i, v := range buffer[:len(part)] {
			w[(c+i)*panelRows+r] = v
		}
	}
}

func (m *Matrix) setColumn(c int, x []float32) {
	for r := 0; r < len(x); r += panelRows {
		part := x[r:min(r+panelRows, len(x))]
		if m.Format == F32 {
			copy(floats(m.panel(r))[c*panelRows:], part)
			continue
		}
		active.toHalf(halves(m.panel(r))[c*panelRows:][:len(part)], part)
	}
}

func (m *Matrix) copyRow(r int, other *Matrix, from int) {
	if m.Format == F32 {
		to, w := floats(m.panel(r))[r%panelRows:], floats(other.panel(from))[from%panelRows:]
		for c := range m.Cols {
			to[c*panelRows] = w[c*panelRows]
		}
		return
	}
	to, w := halves(m.panel(r))[r%panelRows:], halves(other.panel(from))[from%panelRows:]
	for c := range m.Cols {
		to[c*panelRows] = w[c*panelRows]
	}
}

func (m *Matrix) copyColumn(c int, other *Matrix, from int) {
	column := panelRows * 4
	if m.Format == F16 {
		column = panelRows * 2
	}
	for r := 0; r < m.Rows; r += panelRows {
		copy(m.panel(r)[c*column:][:column], other.panel(r)[from*column:])
	}
}

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

	scratch [][]float32 // for each thread (maxTile, stride) scores and (maxTile, width of a head) outputs
	stride  int
	stored  bool // keys and values, by a pass before
}

// NewAttention returns attention of models with that many heads of a width and
// positions at most, for a pool of that many threads.
func NewAttention(heads, width, context, threads int) *Attention {
	a := &Attention{Heads: heads, stride: panels(context) * panelRows}
	for range threads {
		a.scratch = append(a.scratch, make([]float32, maxTile*(a.stride+panels(width)*panelRows)))
	}
	return a
}

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

// attentionStore is the pass that stores keys and values, by heads.
type attentionStore Attention

func (a *attentionStore) Do(_, lo, hi int) {
	for h := lo; h < hi; h++ {
		(*Attention)(a).store(h)
	}
}

func (a *Attention) store(h int) {
	W := a.Out.Cols
	D := W / a.Heads
	t := 0
	for i := range a.Spans {
		s := &a.Spans[i]
		for n := range s.T {
			row := a.QKV[t*3*W:][:3*W]
			query := row[h*D:][:D]
			for i := range query {
				query[i] *= a.Scale
			}
			s.Cache.store(h, s.N+n, row[W+h*D:][:D], row[2*W+h*D:][:D])
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
			a.store(h)
		}
		a.attend(a.scratch[thread], h, g*maxTile)
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
func (a *Attention) attend(scratch []float32, h, first int) {
	scores, edge := scratch[:maxTile*a.stride], scratch[maxTile*a.stride:]
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
			a.score(scores[(s.t-first)*a.stride+s.at:], s, h)
		}
	}
	for _, s := range rest[:own] {
		for t := s.t; t < s.t+s.T; t++ {
			row := scores[(t-first)*a.stride:][:s.at+s.n]
			seen := len(row) - (s.t + s.T - 1 - t) // not the later positions of the block
			scale[t-first] = 1 / softmaxWeights(&active, row[:seen])
			clear(row[seen:])
			clear(a.Out.Row(t)[h*D:][:D])
		}
	}
	for _, list := range [2][]segment{beginnings[:shared], rest[:own]} {
		for _, s := range list {
			a.mix(scores[(s.t-first)*a.stride+s.at:], edge, s, h)
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
	queries := a.QKV[s.t*3*W+h*D:]
	active.panels(s.cache.keys[h], panels(s.n), scores, a.stride, queries, 3*W, D, s.T, false)
}

// mix adds the values, weighted with the rows of scores, to what comes out.
func (a *Attention) mix(scores, edge []float32, s segment, h int) {
	W := a.Out.Cols
	D := W / a.Heads
	values := s.cache.values[h]
	out := a.Out.Float[s.t*W+h*D:]
	if D%panelRows == 0 {
		active.panels(values, D/panelRows, out, W, scores, a.stride, s.n, s.T, true)
		return
	}
	// The last panel is wider than the head.
	stride := panels(D) * panelRows
	for t := range s.T {
		copy(edge[t*stride:][:D], out[t*W:])
	}
	active.panels(values, panels(D), edge, stride, scores, a.stride, s.n, s.T, true)
	for t := range s.T {
		copy(out[t*W:][:D], edge[t*stride:])
	}
}
