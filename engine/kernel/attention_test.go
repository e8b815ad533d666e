package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A sequenceTest is one sequence whose attention is computed in several ways.
type sequenceTest struct {
	heads, width, n int
	qkv             []float32 // (n, 3W)
}

func newSequenceTest(random *rand.Rand, heads, width, n int) *sequenceTest {
	return &sequenceTest{heads, width, n, normal(random, n*3*heads*width)}
}

func (s *sequenceTest) scale() float32 { return float32(1 / math.Sqrt(float64(s.width))) }

// want is the result in float64.
func (s *sequenceTest) want() []float64 {
	W := s.heads * s.width
	out := make([]float64, s.n*W)
	for t := range s.n {
		for h := range s.heads {
			query := s.qkv[t*3*W+h*s.width:][:s.width]
			weights, sum := make([]float64, t+1), 0.0
			for j := range weights {
				key := s.qkv[j*3*W+W+h*s.width:]
				for i, q := range query {
					weights[j] += float64(q) * float64(key[i])
				}
				weights[j] = math.Exp(weights[j] / math.Sqrt(float64(s.width)))
				sum += weights[j]
			}
			for j, w := range weights {
				value := s.qkv[j*3*W+2*W+h*s.width:]
				for i := range s.width {
					out[t*W+h*s.width+i] += w / sum * float64(value[i])
				}
			}
		}
	}
	return out
}

// blocks computes the sequence in blocks of the given size, after what shared holds.
func (s *sequenceTest) blocks(f Format, size int, prefix *Cache, shared int) []float32 {
	W := s.heads * s.width
	p := NewPool(2)
	defer p.Close()
	a := NewAttention(f, s.heads, s.width, size, s.n, p.Threads())
	a.Scale = s.scale()
	cache := NewCache(f, s.n-shared, s.heads, s.width)
	out := make([]float32, 0, s.n*W)
	for t := shared; t < s.n; t += size {
		T := min(size, s.n-t)
		a.QKV = append([]float32(nil), s.qkv[t*3*W:(t+T)*3*W]...)
		a.Out = NewInput(T, W, f)
		a.Spans = []Span{{T: T, Prefix: prefix, Shared: shared, Cache: cache, N: t - shared}}
		a.Run(p)
		out = append(out, a.Out.Float...)
	}
	return out
}

func TestAttentionAgreesWithFloat64(t *testing.T) {
	forEach(t, func(t *testing.T, _ *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, shape := range []struct{ heads, width, n int }{{1, 1, 3}, {3, 16, 40}, {2, 20, 50}, {5, 64, 37}, {2, 80, 130}} {
			s := newSequenceTest(random, shape.heads, shape.width, shape.n)
			want := s.want()
			for _, size := range []int{1, 5, 64} {
				for i, v := range s.blocks(F32, size, nil, 0) {
					near(t, fmt.Sprintf("%+v in blocks of %d: out[%d]", shape, size, i), v, want[i], 1e-5)
				}
				// In Q8 queries, keys, weights and values are each off by half a step in 127.
				squares := 0.0
				for i, v := range s.blocks(Q8, size, nil, 0) {
					near(t, fmt.Sprintf("%+v in Q8 in blocks of %d: out[%d]", shape, size, i), v, want[i], 0.06)
					squares += (float64(v) - want[i]) * (float64(v) - want[i])
				}
				if rms := math.Sqrt(squares / float64(len(want))); rms > 0.01 {
					t.Errorf("%+v in Q8 in blocks of %d: off by %.3g on average", shape, size, rms)
				}
			}
		}
	})
}

// A position has the same bits alone, in blocks of any size, and behind a
// beginning that lies in another cache.
func TestAttentionGivesTheSameBits(t *testing.T) {
	forEach(t, func(t *testing.T, _ *implementation) {
		random := rand.New(rand.NewPCG(3, 4))
		for _, f := range []Format{F32, Q8} {
			s := newSequenceTest(random, 3, 20, 175)
			W := 60
			want := s.blocks(f, 1, nil, 0)
			for _, size := range []int{2, 7, 8, 9, 33, 175} {
				if !sameBits(s.blocks(f, size, nil, 0), want) {
					t.Fatalf("%v: blocks of %d differ from single positions", f, size)
				}
			}
			for _, shared := range []int{64, 128} {
				prefix := NewCache(f, shared, s.heads, s.width)
				for i := range shared {
					for h := range s.heads {
						row := s.qkv[i*3*W:]
						prefix.store(make([]byte, packedSize), h, i, row[W+h*20:][:20], row[2*W+h*20:][:20])
					}
				}
				for _, size := range []int{1, 3, 40} {
					if !sameBits(s.blocks(f, size, prefix, shared), want[shared*W:]) {
						t.Fatalf("%v: with %d positions shared, blocks of %d differ", f, shared, size)
					}
				}
			}
		}
	})
}

// Sequences of one block do not see each other, whether they share a beginning or not.
func TestAttentionOfSeveralSequences(t *testing.T) {
	forEach(t, func(t *testing.T, _ *implementation) {
		random := rand.New(rand.NewPCG(5, 6))
		const heads, width, shared = 3, 16, 64
		W := heads * width
		for _, f := range []Format{F32, Q8} {
			var sequences []*sequenceTest
			var want [][]float32
			for i := range 11 {
				s := newSequenceTest(random, heads, width, shared+3+i%4)
				if i > 0 {
					copy(s.qkv, sequences[0].qkv[:shared*3*W])
				}
				sequences = append(sequences, s)
				want = append(want, s.blocks(f, 1, nil, 0))
			}
			prefix := NewCache(f, shared, heads, width)
			for i := range shared {
				for h := range heads {
					row := sequences[0].qkv[i*3*W:]
					prefix.store(make([]byte, packedSize), h, i, row[W+h*width:][:width], row[2*W+h*width:][:width])
				}
			}
			// All begin with the shared part; every third has a copy of its own.
			p := NewPool(2)
			a := NewAttention(f, heads, width, 80, 128, p.Threads())
			a.Scale = sequences[0].scale()
			a.Out = NewInput(64, W, f)
			at := 0
			for i, s := range sequences {
				n := s.n - shared
				span := Span{T: n, Prefix: prefix, Shared: shared, Cache: NewCache(f, 128, heads, width)}
				if i%3 == 2 {
					span.Cache.Copy(prefix, 0, shared)
					span.Prefix, span.Shared, span.N = nil, 0, shared
				}
				a.QKV = append(a.QKV, s.qkv[shared*3*W:]...)
				a.Spans = append(a.Spans, span)
				at += n
			}
			a.Run(p)
			p.Close()
			out := a.Out.Float
			for i, s := range sequences {
				n := (s.n - shared) * W
				if !sameBits(out[:n], want[i][shared*W:]) {
					t.Fatalf("%v: sequence %d differs from what it is alone", f, i)
				}
				out = out[n:]
			}
		}
	})
}
