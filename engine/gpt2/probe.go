package gpt2

// A Probe is shown what a pass computes, and copies what it wants to keep. It belongs to a workspace (see Workspace.Watch); without one
// a pass tests for it once per layer and once per group of attention.
type Probe interface {
	// Residual is shown the residual stream before a layer, and, as layer L, after the last: x is (T, W), the positions of the
	// pass from one on.
	Residual(layer, from int, x []float32)
	// Attention is shown the weights with which a head at a position looks at each position up to its own; they add up to 1. It is called
	// from the threads of the pool, for each head and position once.
	Attention(layer, head, position int, weights []float32)
}

// residual shows the residual stream of each sequence.
func (p *pass) residual(layer int) {
	if p.probe == nil {
		return
	}
	t := 0
	for _, s := range p.steps {
		p.probe.Residual(layer, s.State.n, p.x[t*p.Width:][:len(s.IDs)*p.Width])
		t += len(s.IDs)
	}
}

// watch shows the weights of attention.
func (p *pass) watch(head, position int, weights []float32) {
	p.probe.Attention(p.layer, head, position, weights)
}
