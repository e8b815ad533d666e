package kernel

import "fmt"

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

func addGeneric(y, x []float32) {
	for i, v := range x {
		y[i] += v
	}
}

// multiplyGeneric multiplies y by x, number by number.
func multiplyGeneric(y, x []float32) {
	for i, v := range x {
		y[i] *= v
	}
}
