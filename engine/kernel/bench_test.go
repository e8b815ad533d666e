package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

func benchEach(b *testing.B, f func(b *testing.B, k *implementation)) {
	for i := range implementations {
		k := &implementations[i]
		b.Run(k.name, func(b *testing.B) { f(b, k) })
	}
}

func BenchmarkLinear(b *testing.B) {
	for f := F32; f <= Q4; f++ {
		for _, s := range []struct{ positions, rows, cols int }{
			{1, 192, 192},   // in the L2 cache
			{1, 2304, 768},  // in the L3 cache
			{1, 50257, 768}, // in memory
			{8, 50257, 768}, // several sequences
			{64, 2304, 768}, // prefill
			{64, 768, 3072}, // the projection after the activation
		} {
			benchEach(b, func(b *testing.B, k *implementation) {
				b.Run(fmt.Sprintf("%v/T=%d/%dx%d", f, s.positions, s.rows, s.cols), func(b *testing.B) {
					l := newLinear(b, rand.New(rand.NewPCG(1, 2)), f, s.positions, s.rows, s.cols, heap)
					b.SetBytes(int64(len(l.W.data)))
					for b.Loop() {
						k.linear(l, 0, s.rows)
					}
					perOp := b.Elapsed().Seconds() / float64(b.N)
					b.ReportMetric(2*float64(s.positions)*float64(s.rows)*float64(s.cols)/perOp/1e9, "GFLOP/s")
				})
			})
		}
	}
}

func BenchmarkLinearPool(b *testing.B) {
	p := NewPool(runtime.GOMAXPROCS(0))
	defer p.Close()
	for f := F32; f <= Q4; f++ {
		for _, s := range []struct{ positions, rows, cols int }{{1, 2304, 768}, {1, 50257, 768}, {64, 2304, 768}} {
			b.Run(fmt.Sprintf("%v/T=%d/%dx%d", f, s.positions, s.rows, s.cols), func(b *testing.B) {
				l := newLinear(b, rand.New(rand.NewPCG(1, 2)), f, s.positions, s.rows, s.cols, heap)
				b.SetBytes(int64(len(l.W.data)))
				for b.Loop() {
					p.Run(s.rows, 2*RowUnit, l)
				}
			})
		}
	}
}

func BenchmarkPack(b *testing.B) {
	benchElementwise(b, 768, func(k *implementation, x []float32) { k.pack(packedBlocks[:], x) })
}

// BenchmarkEncode takes a matrix of a feed-forward layer, as files have it.
func BenchmarkEncode(b *testing.B) {
	const rows, cols = 3072, 768
	for f := F16; f <= Q4; f++ {
		b.Run(f.String(), func(b *testing.B) {
			benchEach(b, func(b *testing.B, k *implementation) {
				before := active
				active = *k
				defer func() { active = before }()
				m, _ := NewMatrix(f, rows, cols, nil)
				w := normal(rand.New(rand.NewPCG(1, 2)), rows*cols)
				for b.Loop() {
					m.SetColumns(0, w)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows*cols), "ns/number")
			})
		})
	}
}

var packedBlocks [768 / blockCols * packedSize]byte

func BenchmarkLayerNorm(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		y, x, weight, bias := normal(random, 768), normal(random, 768), normal(random, 768), normal(random, 768)
		for b.Loop() {
			k.layerNorm(y, x, weight, bias, 1e-5)
		}
	})
}

func BenchmarkActivation(b *testing.B) {
	for _, a := range activations {
		b.Run(a.name, func(b *testing.B) {
			benchElementwise(b, 3072, func(k *implementation, x []float32) { a.in(k)(x) })
		})
	}
}

func BenchmarkSoftmax(b *testing.B) {
	benchElementwise(b, 1024, softmax)
}

// benchElementwise measures f on fresh values each time; the copy is part of
// the figure.
func benchElementwise(b *testing.B, n int, f func(k *implementation, x []float32)) {
	benchEach(b, func(b *testing.B, k *implementation) {
		source := normal(rand.New(rand.NewPCG(1, 2)), n)
		x := make([]float32, n)
		for b.Loop() {
			copy(x, source)
			f(k, x)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/number")
	})
}

func BenchmarkExp(b *testing.B) {
	x := normal(rand.New(rand.NewPCG(1, 2)), 1024)
	for b.Loop() {
		for _, v := range x {
			Exp(v)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/number")
}

func BenchmarkLogSumExp(b *testing.B) {
	x := normal(rand.New(rand.NewPCG(1, 2)), 50257)
	for b.Loop() {
		LogSumExp(x)
	}
}

// BenchmarkPool is what a Run costs when there is nothing to compute.
func BenchmarkPool(b *testing.B) {
	for _, threads := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			p := NewPool(threads)
			defer p.Close()
			var w Work = nothing{}
			for b.Loop() {
				p.Run(64, 4, w)
			}
		})
	}
}

type nothing struct{}

func (nothing) Do(_, lo, hi int) {}

// BenchmarkRow takes a row of GPT-2's vocabulary.
func BenchmarkRow(b *testing.B) {
	x := normal(rand.New(rand.NewPCG(1, 2)), 50257)
	w, y, to := make([]float32, len(x)), make([]float32, len(x)), make([]int32, len(x))
	top := Max(x)
	for name, f := range map[string]func(){
		"Max":      func() { Max(x) },
		"Weights":  func() { Weights(w, x, top) },
		"Above":    func() { Above(x, w, 1) },
		"Count":    func() { Count(x, 1) },
		"Indices":  func() { Indices(to, x, 3, top) },
		"Keep":     func() { Keep(x, x, -5, 0) },
		"Scale":    func() { Scale(y, 0.5, 0.5) },
		"Moment":   func() { Moment(w, x, 1) },
		"Nearness": func() { Nearness(y, x, 1) },
		"Entropy":  func() { Entropy(x, y) },
		"LogSum":   func() { LogSumExp(x) },
		"copy":     func() { copy(y, x) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}

// BenchmarkStore adds a position of a head to the cache.
func BenchmarkStore(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		before := active
		active = *k
		defer func() { active = before }()
		random := rand.New(rand.NewPCG(1, 2))
		c, packed := NewCache(Q8, 1024, 1, 64), make([]byte, packedSize)
		key, value, n := normal(random, 64), normal(random, 64), 0
		for b.Loop() {
			c.store(packed, 0, n%1024, key, value)
			n++
		}
	})
}
