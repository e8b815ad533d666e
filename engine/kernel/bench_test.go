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

func benchLinear(b *testing.B, k *implementation, positions, rows, cols int) {
	random := rand.New(rand.NewPCG(1, 2))
	l := randomLinear(random, positions, rows, cols)
	b.SetBytes(int64(4 * rows * cols))
	for b.Loop() {
		k.linear(l, 0, rows)
	}
	perOp := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(2*float64(positions)*float64(rows)*float64(cols)/perOp/1e9, "GFLOP/s")
}

func BenchmarkLinear(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		for _, s := range []struct{ positions, rows, cols int }{
			{1, 192, 192},    // in the L2 cache
			{1, 2304, 768},   // in the L3 cache
			{1, 50257, 768},  // in memory
			{3, 2304, 768},   // a short block
			{64, 2304, 768},  // prefill
			{64, 768, 3072},  // the projection after the activation
			{512, 2304, 768}, // a long prefill
			{512, 768, 3072},
		} {
			b.Run(fmt.Sprintf("T=%d/%dx%d", s.positions, s.rows, s.cols), func(b *testing.B) {
				benchLinear(b, k, s.positions, s.rows, s.cols)
			})
		}
	})
}

func BenchmarkLinearPool(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	p := NewPool(runtime.GOMAXPROCS(0))
	defer p.Close()
	for _, s := range []struct{ positions, rows, cols int }{{1, 2304, 768}, {1, 50257, 768}, {64, 2304, 768}} {
		b.Run(fmt.Sprintf("T=%d/%dx%d", s.positions, s.rows, s.cols), func(b *testing.B) {
			l := randomLinear(random, s.positions, s.rows, s.cols)
			b.SetBytes(int64(4 * s.rows * s.cols))
			for b.Loop() {
				p.Run(s.rows, 64, l)
			}
		})
	}
}

func BenchmarkDot(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		for _, n := range []int{64, 768} {
			b.Run(fmt.Sprint(n), func(b *testing.B) {
				random := rand.New(rand.NewPCG(1, 2))
				x, y := normal(random, n), normal(random, n)
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					k.dot(x, y)
				}
			})
		}
	})
}

func BenchmarkAxpy(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		x, y := normal(random, 64), normal(random, 64)
		for b.Loop() {
			k.axpy(1e-9, x, y)
		}
	})
}

func BenchmarkLayerNorm(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		y, x, weight, bias := normal(random, 768), normal(random, 768), normal(random, 768), normal(random, 768)
		for b.Loop() {
			k.layerNorm(y, x, weight, bias, 1e-5)
		}
	})
}

func BenchmarkGelu(b *testing.B) {
	benchElementwise(b, 3072, func(k *implementation, x []float32) { k.gelu(x) })
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

func (nothing) Do(lo, hi int) {}
