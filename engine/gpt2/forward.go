package gpt2

import "inkling/engine/kernel"

// pass is one run of a block of T positions through the model, with the room that it works in, all of it allocated once.
type pass struct {
	*Model
	steps []Step
	T     int

	x      []float32     // (T, W) residual stream
	normed *kernel.Input // (T, W)
	qkv    []float32     // (T, 3W)
	mixed  *kernel.Input // (T, W) values mixed by attention, head beside head
	inner  *kernel.Input // (T, I)
	added  []float32     // (T, W) what a sublayer adds to the residual stream

	linear    kernel.Linear
	then      func(x []float32) // the activation
	attention *kernel.Attention
	current   *norm // that layerNorm computes
	probe     Probe
	layer     int // that is computed
	each      eachPosition
}

// A Workspace is the room that a pass works in. It serves one pass at a time, of any sequences of its model.
type Workspace pass

// NewWorkspace returns a workspace of the model.
func (m *Model) NewWorkspace() *Workspace { return (*Workspace)(m.newPass()) }

// Watch has a probe see the passes in the workspace; nil for none.
func (w *Workspace) Watch(p Probe) {
	w.probe = p
	w.attention.Watch = nil
	if p != nil {
		w.attention.Watch = (*pass)(w).watch
	}
}

func (m *Model) newPass() *pass {
	p := &pass{
		Model:     m,
		x:         make([]float32, Block*m.Width),
		normed:    kernel.NewInput(Block, m.Width, m.Format),
		qkv:       make([]float32, Block*3*m.Width),
		mixed:     kernel.NewInput(Block, m.Width, m.Format),
		inner:     kernel.NewInput(Block, m.Inner, m.Format),
		added:     make([]float32, Block*m.Width),
		then:      m.Activation.function(),
		attention: kernel.NewAttention(cacheFormat(m.Format), m.Heads, m.Width/m.Heads, Block, m.Context, m.pool.Threads()),
	}
	p.each.pass = p
	p.attention.QKV, p.attention.Out = p.qkv, p.mixed
	return p
}

// forward is the model: embed, L blocks of attention and feed-forward around a residual stream, norm, head.
func (p *pass) forward(steps []Step, T int, logits []float32) {
	p.steps, p.T = steps, T
	p.embed()
	for i := range p.blocks {
		b := &p.blocks[i]
		p.residual(i)

		p.layerNorm(&b.norm1)
		p.project(p.qkv, p.normed, &b.qkv)
		p.attend(i)
		p.project(p.added, p.mixed, &b.proj)
		p.add()

		p.layerNorm(&b.norm2)
		p.activate(p.inner, p.normed, &b.fc)
		p.project(p.added, p.inner, &b.out)
		p.add()
	}
	p.residual(len(p.blocks))
	p.score(logits)
	p.steps = nil
}

// embed sets x to the sum of each token's and its position's embedding.
func (p *pass) embed() {
	t := 0
	for _, s := range p.steps {
		for i, id := range s.IDs {
			x := p.x[t*p.Width:][:p.Width]
			p.tokens.Row(x, id)
			kernel.Add(x, p.positions[(s.State.n+i)*p.Width:][:p.Width])
			t++
		}
	}
}

// project sets y (T, rows) to x (T, cols) Wᵀ + b.
func (p *pass) project(y []float32, x *kernel.Input, l *linear) {
	p.linear.Y, p.linear.X, p.linear.W, p.linear.B, p.linear.T = y, x, l.weight, l.bias, p.T
	p.linear.Then, p.linear.Out = nil, nil
	p.linear.Run(p.pool)
}

// activate is project followed by the activation.
func (p *pass) activate(y, x *kernel.Input, l *linear) {
	p.linear.Y, p.linear.X, p.linear.W, p.linear.B, p.linear.T = y.Float, x, l.weight, l.bias, p.T
	p.linear.Then, p.linear.Out = p.then, y
	p.linear.Run(p.pool)
}

// attend adds the block's keys and values to the caches of layer i and sets mixed.
func (p *pass) attend(i int) {
	spans := p.attention.Spans[:0]
	for _, s := range p.steps {
		span := kernel.Span{T: len(s.IDs), Cache: s.State.caches[i], N: s.State.n - s.State.shared}
		if s.State.prefix != nil {
			span.Prefix, span.Shared = s.State.prefix.caches[i], s.State.shared
		}
		spans = append(spans, span)
	}
	p.attention.Spans, p.attention.Scale, p.layer = spans, p.scale(i), i
	p.attention.Run(p.pool)
	p.each.run((*pass).packMixed)
}

func (p *pass) packMixed(t int) { p.mixed.Pack(t, 0, p.Width) }

// add adds what a sublayer has computed to the residual stream.
func (p *pass) add() { p.each.run((*pass).addPosition) }

func (p *pass) addPosition(t int) {
	kernel.Add(p.x[t*p.Width:][:p.Width], p.added[t*p.Width:][:p.Width])
}

// layerNorm sets normed.
func (p *pass) layerNorm(n *norm) {
	p.current = n
	p.each.run((*pass).normPosition)
}

func (p *pass) normPosition(t int) {
	p.normed.LayerNorm(t, p.x[t*p.Width:][:p.Width], p.current.weight, p.current.bias, p.Epsilon)
}

// score computes the head after the positions that the steps ask for, all of it. The halves of its bytes could be read one
// after the other, the second only of panels that may still hold one of the k largest logits by the Cauchy-Schwarz bound of
// their blocks of 32. On held-out stories and dialogues the starter would still read 36 to 51% of the second halves for k = 1
// and nearly all for k = 40, where 77 to 80% of the rows remain; the norms of the blocks add 6%. That is 6 to 8% of a greedy
// token and nothing of others, and the log-probability of a token would be lost, which takes all logits.
func (p *pass) score(logits []float32) {
	if len(logits) == 0 {
		return
	}
	n, t := 0, 0
	for _, s := range p.steps {
		t += len(s.IDs)
		for i := t - s.Scores; i < t; i++ {
			p.normed.LayerNorm(n, p.x[i*p.Width:][:p.Width], p.Model.norm.weight, p.Model.norm.bias, p.Epsilon)
			n++
		}
	}
	p.T = n
	p.project(logits, p.normed, &linear{weight: p.head})
}

// eachPosition is work that is done position by position.
type eachPosition struct {
	pass *pass
	do   func(p *pass, t int)
}

// positionsAtOnce is a piece of such work: a few microseconds at width 768.
const positionsAtOnce = 8

func (e *eachPosition) run(do func(p *pass, t int)) {
	e.do = do
	e.pass.pool.Run(e.pass.T, positionsAtOnce, e)
}

func (e *eachPosition) Do(_, lo, hi int) {
	for t := lo; t < hi; t++ {
		e.do(e.pass, t)
	}
}
