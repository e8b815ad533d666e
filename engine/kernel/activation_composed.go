package kernel

import (
	"math"
	"sync"
)

// Activations that few models have: Go around the exponentials of the
// implementation in use.

// QuickGelu applies an approximation of GELU to each number of x:
//
//	x / (1 + exp(-1.702·x))
func QuickGelu(x []float32) { composed(quickGelu, x) }

// Gelu10 applies the exact GELU to each number of x, held within -10 and 10.
func Gelu10(x []float32) { composed(gelu10, x) }

// Relu2 replaces each negative number of x by 0, and each other one by its square.
func Relu2(x []float32) { composed(relu2, x) }

// Relu6 holds each number of x within 0 and 6.
func Relu6(x []float32) { composed(relu6, x) }

// LeakyRelu multiplies each negative number of x by 0.01.
func LeakyRelu(x []float32) { composed(leakyRelu, x) }

// Tanh applies the hyperbolic tangent to each number of x.
func Tanh(x []float32) { composed(tanh, x) }

// Sigmoid replaces each number of x by 1 / (1 + exp(-x)).
func Sigmoid(x []float32) { composed(sigmoid, x) }

// Mish applies https://arxiv.org/abs/1908.08681 to each number of x:
//
//	x·tanh(log(1 + exp(x)))
func Mish(x []float32) { composed(mish, x) }

// Identity leaves x as it is.
func Identity(x []float32) {}

// composedBlock is how many exponentials there are at once.
const composedBlock = 256

// rooms are for exponentials: on the stack they cannot be, as no one knows what
// a function that is called through a table does with them.
var rooms = sync.Pool{New: func() any { return new([composedBlock]float32) }}

func composed(f func(k *implementation, x []float32), x []float32) {
	raceWrite(x)
	for len(x) > 0 {
		n := min(composedBlock, len(x))
		f(&active, x[:n])
		x = x[n:]
	}
}

func quickGelu(k *implementation, x []float32) {
	room := rooms.Get().(*[composedBlock]float32)
	defer rooms.Put(room)
	e := room[:len(x)]
	for i, v := range x {
		e[i] = -1.702 * v
	}
	k.expSum(e, 0)
	for i, v := range x {
		x[i] = v / (1 + e[i])
	}
}

func sigmoid(k *implementation, x []float32) {
	for i, v := range x {
		x[i] = -v
	}
	k.expSum(x, 0)
	for i, v := range x {
		x[i] = 1 / (1 + v)
	}
}

func tanh(k *implementation, x []float32) {
	room := rooms.Get().(*[composedBlock]float32)
	defer rooms.Put(room)
	e := room[:len(x)]
	for i, v := range x {
		e[i] = -2 * float32(math.Abs(float64(v)))
	}
	k.expSum(e, 0)
	for i, v := range x {
		if v > -0.25 && v < 0.25 {
			// The beginning of its series: the quotient would lose digits.
			s := v * v
			x[i] = v + v*s*(-1.0/3+s*(2.0/15+s*(-17.0/315+s*(62.0/2835))))
			continue
		}
		x[i] = float32(math.Copysign(float64((1-e[i])/(1+e[i])), float64(v)))
	}
}

func mish(k *implementation, x []float32) {
	const one = 20 // from here on the hyperbolic tangent is 1
	room := rooms.Get().(*[composedBlock]float32)
	defer rooms.Put(room)
	e := room[:len(x)]
	for i, v := range x {
		e[i] = min(v, one)
	}
	k.expSum(e, 0)
	for i, v := range x {
		// tanh(log(1 + e)) = ((1+e)² - 1) / ((1+e)² + 1)
		n := e[i] * (e[i] + 2)
		x[i] = v * (n / (n + 2))
	}
}

func gelu10(k *implementation, x []float32) {
	k.geluErf(x)
	for i, v := range x {
		x[i] = min(max(v, -10), 10)
	}
}

func relu2(k *implementation, x []float32) {
	k.relu(x)
	k.multiply(x, x)
}

func relu6(_ *implementation, x []float32) {
	for i, v := range x {
		x[i] = min(max(v, 0), 6)
	}
}

func leakyRelu(_ *implementation, x []float32) {
	for i, v := range x {
		if v < 0 {
			x[i] = 0.01 * v
		}
	}
}
