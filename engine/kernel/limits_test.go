package kernel

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// wordSum is the sum of the little-endian 64-bit words of memory.
func wordSum(memory []byte) uint64 {
	sum := uint64(0)
	for ; len(memory) >= 8; memory = memory[8:] {
		sum += binary.LittleEndian.Uint64(memory)
	}
	return sum
}

// Every byte is read exactly once, whatever the number of threads: the sum of
// random words tells.
func TestReadAllReadsAll(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, threads := range []int{1, 3} {
			p := NewPool(threads)
			defer p.Close()
			for _, n := range []int{0, 64, 128, 192, 256, 320, 1024, readPiece, readPiece + 64, 3*readPiece - 64, 1 << 20} {
				g := &guarded{}
				memory := g.memory(n)
				for i := range memory {
					memory[i] = byte(random.Uint32())
				}
				if got, want := readAll(p, memory), wordSum(memory); got != want {
					t.Errorf("%d bytes, %d threads: sum %#x, want %#x", n, threads, got, want)
				}
			}
		}
	})
}

func TestReadAllLeavesTheRest(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		p := NewPool(1)
		defer p.Close()
		memory := Aligned(127)
		memory[0], memory[64] = 1, 2
		if got := readAll(p, memory); got != 1 {
			t.Errorf("sum %d, want 1", got)
		}
	})
}

// The sum of a chain is the number of its products.
func TestChainsCount(t *testing.T) {
	products := map[string]struct{ fma, integer int }{ // in a step
		Generic:        {8, 8},
		"avx2":         {12 * 8, 12 * 8 * 4},
		"avxvnni":      {12 * 8, 12 * 8 * 4},
		"avxvnni-evex": {12 * 8, 12 * 8 * 4},
		"avx512":       {12 * 16, 12 * 16 * 4},
		"neon":         {16 * 4, 16 * 4 * 4},
		"neon-dotprod": {16 * 4, 16 * 4 * 4},
	}
	for _, k := range implementations {
		want, ok := products[k.name]
		if !ok {
			t.Errorf("%s: not known to this test", k.name)
		}
		for _, steps := range []int{1, 2, 7, 1000, peakPiece} {
			if got := k.chainFMA(steps); got != want.fma*steps {
				t.Errorf("%s: %d floating-point products in %d steps, want %d", k.name, got, steps, want.fma*steps)
			}
			if got := k.chainInteger(steps); got != want.integer*steps {
				t.Errorf("%s: %d integer products in %d steps, want %d", k.name, got, steps, want.integer*steps)
			}
		}
	}
}

func TestChainAllRunsEveryPiece(t *testing.T) {
	for _, threads := range []int{1, 3} {
		p := NewPool(threads)
		defer p.Close()
		if got, want := chainAll(p, chainFMAGeneric), threads*peakPieces*peakPiece*8; got != want {
			t.Errorf("%d threads: %d products, want %d", threads, got, want)
		}
	}
}

func TestLimitsArePositive(t *testing.T) {
	forEach(t, func(t *testing.T, k *implementation) {
		p := NewPool(2)
		defer p.Close()
		if r := ReadBandwidth(p, Aligned(1<<20)); !(r > 0) {
			t.Errorf("%v bytes a second", r)
		}
		if r := PeakFMA(p); !(r > 0) {
			t.Errorf("%v floating-point operations a second", r)
		}
		if r := PeakInteger(p); !(r > 0) {
			t.Errorf("%v integer operations a second", r)
		}
	})
}

func BenchmarkLimits(b *testing.B) {
	benchEach(b, func(b *testing.B, k *implementation) {
		before := active
		active = *k
		defer func() { active = before }()
		p := NewPool(Cores())
		defer p.Close()
		memory := Aligned(256 << 20)
		clear(memory)
		for b.Loop() {
			b.ReportMetric(ReadBandwidth(p, memory)/1e9, "GB/s")
			b.ReportMetric(PeakFMA(p)/1e9, "GFLOP/s")
			b.ReportMetric(PeakInteger(p)/1e9, "GOP/s")
		}
	})
}
