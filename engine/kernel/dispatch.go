package kernel

import (
	"fmt"
	"os"
	"strings"
)

// An implementation is one complete set of kernels. Lengths have been checked
// by the exported function that calls it.
type implementation struct {
	name      string
	add       func(y, x []float32)
	multiply  func(y, x []float32)
	maximum   func(x []float32) float32
	expSum    func(x []float32, shift float32) float32
	sumExp    func(x []float32, shift float32) float32
	roundSum  func(w []float32) float64
	above     func(x, w []float32, bound float32) (count int, mass float64)
	count     func(x []float32, bound float32) int
	indices   func(to []int32, x []float32, low, high float32, base int32) int
	keep      func(x, key []float32, bound, other float32)
	scale     func(x []float32, shift, factor float64)
	moment    func(w, x []float32, shift float64) float64
	nearness  func(y, x []float32, mean float64)
	gelu      func(x []float32)
	geluErf   func(x []float32)
	relu      func(x []float32)
	silu      func(x []float32)
	layerNorm func(y, x, weight, bias []float32, epsilon float32)
	pack      func(blocks []byte, x []float32)
	encodeF16 func(w *[panelRows]uint16, column *[panelRows]float32)
	encodeQ8  func(scales []uint16, quants []byte, p *patch)
	encodeQ4  func(scales []uint16, quants []byte, p *patch)
	linear    func(l *Linear, lo, hi int)
	panels    func(w *Matrix, panels int, y []float32, yStride int, x operand, n, T int, more bool)

	// For the limits, see [ReadBandwidth].
	read         func(memory []byte) uint64
	chainFMA     func(steps int) int
	chainInteger func(steps int) int
}

// Generic is the specification of every kernel, in plain Go.
const Generic = "generic"

var generic = implementation{
	name:      Generic,
	add:       addGeneric,
	multiply:  multiplyGeneric,
	maximum:   maximumGeneric,
	expSum:    expSumGeneric,
	sumExp:    sumExpGeneric,
	roundSum:  roundSumGeneric,
	above:     aboveGeneric,
	count:     countGeneric,
	indices:   indicesGeneric,
	keep:      keepGeneric,
	scale:     scaleGeneric,
	moment:    momentGeneric,
	nearness:  nearnessGeneric,
	gelu:      geluGeneric,
	geluErf:   geluErfGeneric,
	relu:      reluGeneric,
	silu:      siluGeneric,
	layerNorm: layerNormGeneric,
	pack:      packGeneric,
	encodeF16: encodeF16Generic,
	encodeQ8:  encodeQ8Generic,
	encodeQ4:  encodeQ4Generic,
	linear:    linearGeneric,
	panels:    panelsGeneric,

	read:         readGeneric,
	chainFMA:     chainFMAGeneric,
	chainInteger: chainIntegerGeneric,
}

// implementations lists what this processor can run, slowest first.
var implementations = append([]implementation{generic}, detect()...)

// LevelVariable is the environment variable that forces an instruction set.
const LevelVariable = "INKLING_KERNEL"

// active is the implementation behind the exported functions, the best one
// unless the environment asks for another.
var active, errLevel = choose(os.Getenv(LevelVariable))

func choose(name string) (implementation, error) {
	best := implementations[len(implementations)-1]
	if name == "" {
		return best, nil
	}
	var names []string
	for _, k := range implementations {
		if k.name == name {
			return k, nil
		}
		names = append(names, k.name)
	}
	return best, fmt.Errorf("%s=%s: this processor runs %s", LevelVariable, name, strings.Join(names, ", "))
}

// Level names the instruction set in use: "avx512", "avxvnni" or "avx2",
// "neon-dotprod" or "neon", or "generic". The error says that the environment
// asks for one that this processor does not have.
func Level() (string, error) { return active.name, errLevel }
