package bench

import "fmt"

// A figure is one thing that is measured.
type figure struct {
	test  string
	unit  string
	kind  kind
	n     int // tokens, or sequences
	from  int // position of the first token
	bound bound
	needs int // positions that the context must have
}

// kind is how a figure is measured. Reports are in this order.
type kind int

const (
	limitMemory kind = iota
	limitFMA
	limitInteger

	prefill
	decode
	sequences
	generate
	sampled

	loadCold // leaves the model open for those above
	loadCached
	peakMemory
)

// afterRelease says that the model need not be open any more.
func (k kind) afterRelease() bool { return k == loadCached || k == peakMemory }

// bound is which limit holds a figure back.
type bound int

const (
	noBound      bound = iota
	byMemory           // reading the weights, and keys and values
	byArithmetic       // multiplying and adding: in integers for weights in integers, otherwise in floating point
)

// Units.
const (
	tokensPerSecond = "tokens/s"
	milliseconds    = "ms"
	inBytes         = "bytes"
	times           = "x"
)

// decoded is how many tokens are decoded from a position on: from 1000 on they fill the context of a GPT-2.
const decoded = 24

// limits are measured once in every round, and for every format where these are not loaded together.
var limits = []figure{
	{test: "memory", unit: "bytes/s", kind: limitMemory},
	{test: "fma", unit: "FLOP/s", kind: limitFMA},
	{test: "integer", unit: "OP/s", kind: limitInteger},
}

// memoryOf is the limit of a format whose weights the caches hold: memory of the size of the weights.
func memoryOf(weights string) figure {
	return figure{test: "memory " + weights, unit: "bytes/s", kind: limitMemory}
}

// figures are measured for every format, in this order: each finds in the sequence most of what it needs from the one
// before.
func figures(k int) []figure {
	prefill := func(n int) figure {
		return figure{test: fmt.Sprintf("prefill %d", n), unit: tokensPerSecond, kind: prefill, n: n, bound: byArithmetic, needs: n}
	}
	decode := func(from int) figure {
		return figure{test: fmt.Sprintf("decode at %d", from), unit: tokensPerSecond, kind: decode, n: decoded, from: from, bound: byMemory, needs: from + decoded}
	}
	return []figure{
		{test: "load cold", unit: milliseconds, kind: loadCold},
		prefill(128),
		decode(0),
		prefill(512),
		decode(500),
		decode(1000),
		{test: fmt.Sprintf("%d sequences", k), unit: tokensPerSecond, kind: sequences, n: k, bound: byMemory, needs: decoded},
		{test: "generate", unit: tokensPerSecond, kind: generate, n: decoded, bound: byMemory, needs: decoded + 1},
		{test: "sample", unit: tokensPerSecond, kind: sampled, n: decoded, bound: byMemory, needs: decoded + 1},
		{test: "load cached", unit: milliseconds, kind: loadCached},
		{test: "peak memory", unit: inBytes, kind: peakMemory},
	}
}
