package kernel

import "fmt"

// Dot returns Σ x[i]·y[i].
func Dot(x, y []float32) float32 {
	mustMatch("Dot", "x", len(x), "y", len(y))
	raceRead(x)
	raceRead(y)
	return active.dot(x, y)
}

// Axpy adds a·x to y.
func Axpy(a float32, x, y []float32) {
	mustMatch("Axpy", "x", len(x), "y", len(y))
	raceRead(x)
	raceWrite(y)
	active.axpy(a, x, y)
}

// Add adds x to y.
func Add(y, x []float32) {
	mustMatch("Add", "y", len(y), "x", len(x))
	raceRead(x)
	raceWrite(y)
	active.add(y, x)
}

func mustMatch(function, a string, n int, b string, m int) {
	if n != m {
		panic(fmt.Sprintf("kernel: %s: %s holds %d numbers, %s holds %d; they must be as many", function, a, n, b, m))
	}
}

func dotGeneric(x, y []float32) float32 {
	// Four sums, so that an addition need not wait for the one before.
	var s0, s1, s2, s3 float32
	for len(x) >= 4 && len(y) >= 4 {
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		x, y = x[4:], y[4:]
	}
	for i := range x {
		s0 += float32(x[i] * y[i])
	}
	return (s0 + s1) + (s2 + s3)
}

func axpyGeneric(a float32, x, y []float32) {
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

func addGeneric(y, x []float32) {
	for i, v := range x {
		y[i] += v
	}
}
