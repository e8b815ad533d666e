package gpt2_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// noise gives a model's weights at random: its speed does not depend on them.
type noise struct{}

func (noise) Has(string) bool            { return false }
func (noise) Check(string, ...int) error { return nil }
func (noise) Transposed(string) bool     { return true }
func (noise) Rows(_ string, lo, _ int, w []float32) error {
	random := rand.New(rand.NewPCG(uint64(lo), 1))
	for i := range w {
		w[i] = 0.04 * (random.Float32() - 0.5)
	}
	return nil
}

// benchmarkModel is of GPT-2's 124M.
func benchmarkModel(b *testing.B, f kernel.Format) *gpt2.Model {
	c := gpt2.Config{Layers: 12, Heads: 12, Width: 768, Inner: 3072, Context: 1024, Vocab: 50257, Epsilon: 1e-5, Tied: true}
	pool := kernel.NewPool(runtime.GOMAXPROCS(0))
	b.Cleanup(pool.Close)
	m, err := gpt2.New(c, f, kernel.Aligned(c.Size(f)), pool)
	if err != nil {
		b.Fatal(err)
	}
	if err := m.Load(noise{}); err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkPrefill reads 512 tokens.
func BenchmarkPrefill(b *testing.B) {
	for f := kernel.F32; f <= kernel.Q4; f++ {
		b.Run(f.String(), func(b *testing.B) {
			m := benchmarkModel(b, f)
			w, s, logits, ids := m.NewWorkspace(), m.NewState(), make([]float32, m.Vocab), make([]int, gpt2.Block)
			for b.Loop() {
				s.Truncate(0)
				for n := 0; n < 512; n += gpt2.Block {
					step := gpt2.Step{State: s, IDs: ids}
					if n+gpt2.Block == 512 {
						step.Scores = 1
					}
					if err := m.Forward(w, []gpt2.Step{step}, logits[:step.Scores*m.Vocab]); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(512*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// BenchmarkToken writes a token at position 0.
func BenchmarkToken(b *testing.B) {
	for f := kernel.F32; f <= kernel.Q4; f++ {
		b.Run(f.String(), func(b *testing.B) {
			m := benchmarkModel(b, f)
			w, s, logits := m.NewWorkspace(), m.NewState(), make([]float32, m.Vocab)
			for b.Loop() {
				s.Truncate(0)
				if err := m.Forward(w, []gpt2.Step{{State: s, IDs: []int{1}, Scores: 1}}, logits); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
