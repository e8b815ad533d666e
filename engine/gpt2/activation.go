package gpt2

import (
	"fmt"

	"inkling/engine/kernel"
)

// Activation is the function between the two linear layers of the feed-forward part. Its zero value is GPT-2's own.
type Activation int

const (
	GeluTanh Activation = iota // GELU by its approximation with tanh, kernel.Gelu
	GeluErf                    // GELU, kernel.GeluErf
	Relu                       // kernel.Relu
	Silu                       // kernel.Silu
)

// activations are the names that config.json has for each, those of transformers (activations.py). Many are of one function.
var activations = map[string]Activation{
	"gelu_new": GeluTanh, "gelu_pytorch_tanh": GeluTanh, "gelu_fast": GeluTanh, "gelu_accurate": GeluTanh, "gelu_python_tanh": GeluTanh,
	"gelu": GeluErf, "gelu_python": GeluErf,
	"relu": Relu,
	"silu": Silu, "swish": Silu,
}

// String is the usual name of the function in config.json.
func (a Activation) String() string {
	switch a {
	case GeluTanh:
		return "gelu_new"
	case GeluErf:
		return "gelu"
	case Relu:
		return "relu"
	case Silu:
		return "silu"
	}
	return fmt.Sprintf("Activation(%d)", int(a))
}

// function computes the activation in place.
func (a Activation) function() func(x []float32) {
	return [...]func(x []float32){GeluTanh: kernel.Gelu, GeluErf: kernel.GeluErf, Relu: kernel.Relu, Silu: kernel.Silu}[a]
}
