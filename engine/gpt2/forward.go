package gpt2

import (
	"math"

	"inkling/engine/kernel"
)

// forward is the model: embed, L blocks of attention and feed-forward around a residual stream, norm, head.
func (s *State) forward(ids []int, logits []float32) {
	m, T := s.model, len(ids)
	x := s.x[:T*m.Width]
	s.embed(x, ids)
	for i := range m.blocks {
		b := &m.blocks[i]

		s.layerNorm(x, &b.norm1, T)
		s.project(s.qkv, s.normed, &b.qkv, T)
		s.attend(i, T)
		s.project(s.added, s.mixed, &b.proj, T)
		kernel.Add(x, s.added[:len(x)])

		s.layerNorm(x, &b.norm2, T)
		s.activate(s.inner, s.normed, &b.fc, T)
		s.project(s.added, s.inner, &b.out, T)
		kernel.Add(x, s.added[:len(x)])
	}
	s.logits(x, logits, T)
}

// embed sets x (T, W) to the sum of each token's and its position's embedding.
func (s *State) embed(x []float32, ids []int) {
	m := s.model
	for t, id := range ids {
		row := x[t*m.Width : (t+1)*m.Width]
		copy(row, m.tokens[id*m.Width:])
		kernel.Add(row, m.positions[(s.n+t)*m.Width:][:m.Width])
	}
}

// layerNorm sets normed (T, W).
func (s *State) layerNorm(x []float32, n *norm, T int) {
	W := s.model.Width
	for t := range T {
		kernel.LayerNorm(s.normed[t*W:(t+1)*W], x[t*W:(t+1)*W], n.weight, n.bias, s.model.Epsilon)
	}
}

// project sets y (T, rows) to x (T, cols) Wᵀ + b.
func (s *State) project(y, x []float32, l *linear, T int) {
	s.linear = l.times(y, x, T)
	s.model.pool.Run(l.rows, grain(T*l.cols, 4), &s.linear)
}

// activate is project followed by the activation.
func (s *State) activate(y, x []float32, l *linear, T int) {
	s.activated.Linear = l.times(y, x, T)
	s.model.pool.Run(l.rows, grain(T*l.cols, 4), &s.activated)
}

func (l *linear) times(y, x []float32, T int) kernel.Linear {
	return kernel.Linear{Y: y[:T*l.rows], X: x[:T*l.cols], W: l.weight, B: l.bias, T: T, Rows: l.rows, Cols: l.cols}
}

// activatedLinear applies gelu_new to what it has just computed, while that is in the cache.
type activatedLinear struct{ kernel.Linear }

func (a *activatedLinear) Do(lo, hi int) {
	a.Linear.Do(lo, hi)
	for t := range a.T {
		kernel.Gelu(a.Y[t*a.Rows+lo : t*a.Rows+hi])
	}
}

// logits computes the head after the last position, or after all of them, by the length of out (see Append).
func (s *State) logits(x, out []float32, T int) {
	m := s.model
	n := len(out) / m.Vocab
	if n == 0 {
		return
	}
	s.layerNorm(x[(T-n)*m.Width:], &m.norm, n)
	head := linear{weight: m.head, rows: m.Vocab, cols: m.Width}
	s.project(out, s.normed, &head, n)
}

// attend writes the block's keys and values of layer i into the cache and sets mixed (T, W).
func (s *State) attend(i, T int) {
	m := s.model
	D := m.Width / m.Heads
	for t := range T {
		row := s.qkv[t*3*m.Width:][:3*m.Width]
		for h := range m.Heads {
			at := (h*m.Context + s.n + t) * D
			copy(s.keys[i][at:at+D], row[m.Width+h*D:])
			copy(s.values[i][at:at+D], row[2*m.Width+h*D:])
		}
	}
	a := &s.attention
	a.n, a.T = s.n, T
	a.qkv, a.mixed, a.keys, a.values = s.qkv, s.mixed, s.keys[i], s.values[i]
	m.pool.Run(m.Heads, grain(2*T*(s.n+T)*D, 1), a)
}

// attention is causal scaled dot-product attention of T new positions over the n+T positions of one layer's cache,
// split by heads.
type attention struct {
	heads, context, width int
	n, T                  int
	qkv                   []float32 // (T, 3W)
	mixed                 []float32 // (T, W)
	keys, values          []float32 // (H, C, D)
	scores                []float32 // (H, C): one row of work for each head
}

func (a *attention) Do(lo, hi int) {
	D := a.width / a.heads
	scale := float32(1 / math.Sqrt(float64(D)))
	for h := lo; h < hi; h++ {
		keys, values := a.keys[h*a.context*D:], a.values[h*a.context*D:]
		for t := range a.T {
			query := a.qkv[t*3*a.width+h*D:][:D]
			scores := a.scores[h*a.context:][:a.n+t+1]
			for j := range scores {
				scores[j] = scale * kernel.Dot(query, keys[j*D:][:D])
			}
			kernel.Softmax(scores)
			mixed := a.mixed[t*a.width+h*D:][:D]
			clear(mixed)
			for j, p := range scores {
				kernel.Axpy(p, values[j*D:][:D], mixed)
			}
		}
	}
}

// grain is how many rows make a piece of work that is worth handing to another processor, when one row takes the given
// number of multiplications: waking a goroutine costs some microseconds, in which a core does about 128k of them. The
// answer is a multiple of unit.
func grain(perRow, unit int) int {
	rows := (128 << 10) / max(perRow, 1)
	return max(unit, rows/unit*unit)
}
