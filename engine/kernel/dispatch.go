package kernel

// An implementation is one complete set of kernels. Lengths have been checked
// by the exported function that calls it.
type implementation struct {
	name      string
	dot       func(x, y []float32) float32
	axpy      func(a float32, x, y []float32)
	add       func(y, x []float32)
	linear    func(l *Linear, lo, hi int)
	layerNorm func(y, x, weight, bias []float32, epsilon float32)
	expSum    func(x []float32, shift float32) float32
	gelu      func(x []float32)
}

var generic = implementation{
	name:      "generic",
	dot:       dotGeneric,
	axpy:      axpyGeneric,
	add:       addGeneric,
	linear:    linearGeneric,
	layerNorm: layerNormGeneric,
	expSum:    expSumGeneric,
	gelu:      geluGeneric,
}

// implementations lists what this processor can run, slowest first.
var implementations = append([]implementation{generic}, detect()...)

// active is the implementation behind the exported functions.
var active = implementations[len(implementations)-1]

// Level names the instruction set in use: "avx2" or "generic".
func Level() string { return active.name }
