package kernel

import (
	"encoding/binary"
	"sync/atomic"
	"time"
)

// The limits of a machine are what no program computes faster than: how fast
// all threads together read memory, and how fast they multiply and add. They
// are measured with the instruction set in use, and with the work split as
// [Linear.Run] splits it.

const (
	readPiece  = 64 << 10 // bytes that a thread reads at once
	peakPiece  = 4096     // steps of a chain of dependent instructions
	peakPieces = 128      // for each thread: some milliseconds

	leastRead = 64 << 20 // bytes read in a pass: some milliseconds

	limitPasses = 5 // of which the best counts
)

// ReadBandwidth measures how many bytes of memory the threads of the pool read
// in a second. Memory that is larger than the caches measures what lies behind
// them; little memory is read over and over, and measures the caches that hold
// it. What lies beyond a multiple of 64 bytes is not read.
func ReadBandwidth(p *Pool, memory []byte) float64 {
	times := max(1, leastRead/max(len(memory), 1))
	return best(func() int {
		for range times {
			readAll(p, memory)
		}
		return times * len(memory)
	})
}

// PeakFMA measures how many floating-point operations (a multiplication and an
// addition are two) the threads of the pool do in a second on float32 numbers
// that are in registers.
func PeakFMA(p *Pool) float64 {
	return best(func() int { return 2 * chainAll(p, active.chainFMA) })
}

// PeakInteger measures how many operations (a multiplication and an addition
// are two) the threads of the pool do in a second on 8-bit numbers that are in
// registers and summed in 32 bits.
func PeakInteger(p *Pool) float64 {
	return best(func() int { return 2 * chainAll(p, active.chainInteger) })
}

// best is the highest rate of several passes, in what pass returns a second.
func best(pass func() int) float64 {
	highest := 0.0
	for range limitPasses {
		start := time.Now()
		n := pass()
		highest = max(highest, float64(n)/max(time.Since(start), 1).Seconds())
	}
	return highest
}

// readAll sums the little-endian 64-bit words of memory.
func readAll(p *Pool, memory []byte) uint64 {
	r := &reading{memory: memory[:len(memory)&^63], read: active.read}
	p.Run((len(r.memory)+readPiece-1)/readPiece, 1, r)
	return r.sum.Load()
}

type reading struct {
	memory []byte
	read   func(memory []byte) uint64
	sum    atomic.Uint64
}

func (r *reading) Do(_, lo, hi int) {
	for ; lo < hi; lo++ {
		part := r.memory[lo*readPiece : min((lo+1)*readPiece, len(r.memory))]
		raceRead(part)
		r.sum.Add(r.read(part))
	}
}

// chainAll has every thread run chains and returns how many products they
// summed.
func chainAll(p *Pool, chain func(steps int) int) int {
	c := &chaining{chain: chain}
	p.Run(p.Threads()*peakPieces, 1, c)
	return int(c.products.Load())
}

type chaining struct {
	chain    func(steps int) int
	products atomic.Int64
}

func (c *chaining) Do(_, lo, hi int) {
	for ; lo < hi; lo++ {
		c.products.Add(int64(c.chain(peakPiece)))
	}
}

// readGeneric sums the 64-bit words of memory, whose length is a multiple of 64.
func readGeneric(memory []byte) uint64 {
	var a, b, c, d uint64
	for ; len(memory) >= 32; memory = memory[32:] {
		a += binary.LittleEndian.Uint64(memory)
		b += binary.LittleEndian.Uint64(memory[8:])
		c += binary.LittleEndian.Uint64(memory[16:])
		d += binary.LittleEndian.Uint64(memory[24:])
	}
	return a + b + c + d
}

// Chains add 1·1 to each of several lanes, a number of times, and return the
// sum of all lanes: how many products there were. Nothing can be left out and
// give that sum. In float32 a lane counts exactly up to 2^24.

// What the lanes begin with and are multiplied with: variables, so that the
// compiler computes each lane.
var (
	chainBegin [8]int8
	one        int8 = 1
)

func chainFMAGeneric(steps int) int {
	z, x, y := &chainBegin, float32(one), float32(one)
	a, b, c, d := float32(z[0]), float32(z[1]), float32(z[2]), float32(z[3])
	e, f, g, h := float32(z[4]), float32(z[5]), float32(z[6]), float32(z[7])
	for range steps {
		a = float32(a*x) + y
		b = float32(b*x) + y
		c = float32(c*x) + y
		d = float32(d*x) + y
		e = float32(e*x) + y
		f = float32(f*x) + y
		g = float32(g*x) + y
		h = float32(h*x) + y
	}
	return int(a) + int(b) + int(c) + int(d) + int(e) + int(f) + int(g) + int(h)
}

func chainIntegerGeneric(steps int) int {
	z, x, y := &chainBegin, int32(one), int32(one)
	a, b, c, d := int32(z[0]), int32(z[1]), int32(z[2]), int32(z[3])
	e, f, g, h := int32(z[4]), int32(z[5]), int32(z[6]), int32(z[7])
	for range steps {
		a = a*x + y
		b = b*x + y
		c = c*x + y
		d = d*x + y
		e = e*x + y
		f = f*x + y
		g = g*x + y
		h = h*x + y
	}
	return int(a) + int(b) + int(c) + int(d) + int(e) + int(f) + int(g) + int(h)
}
