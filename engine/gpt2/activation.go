package gpt2

import (
	"fmt"

	"inkling/engine/kernel"
)

// Activation is the function between the two linear layers of the feed-forward part. Its zero value is GPT-2's own.
type Activation int

const (
	GeluTanh  Activation = iota // GELU by its approximation with tanh, kernel.Gelu
	GeluErf                     // GELU, kernel.GeluErf
	Relu                        // kernel.Relu
	Silu                        // kernel.Silu
	QuickGelu                   // kernel.QuickGelu
	Gelu10                      // kernel.Gelu10
	Relu2                       // kernel.Relu2
	Relu6                       // kernel.Relu6
	LeakyRelu                   // kernel.LeakyRelu
	Tanh                        // kernel.Tanh
	Sigmoid                     // kernel.Sigmoid
	Mish                        // kernel.Mish
	Identity                    // kernel.Identity
)

// kinds have each of them with its usual name in config.json.
var kinds = [...]struct {
	name     string
	function func(x []float32)
}{
	GeluTanh: {"gelu_new", kernel.Gelu}, GeluErf: {"gelu", kernel.GeluErf}, Relu: {"relu", kernel.Relu}, Silu: {"silu", kernel.Silu},
	QuickGelu: {"quick_gelu", kernel.QuickGelu}, Gelu10: {"gelu_10", kernel.Gelu10}, Relu2: {"relu2", kernel.Relu2},
	Relu6: {"relu6", kernel.Relu6}, LeakyRelu: {"leaky_relu", kernel.LeakyRelu}, Tanh: {"tanh", kernel.Tanh},
	Sigmoid: {"sigmoid", kernel.Sigmoid}, Mish: {"mish", kernel.Mish}, Identity: {"linear", kernel.Identity},
}

// activations are the names that config.json has for each, those of transformers (activations.py). Many are of one function.
var activations = map[string]Activation{
	"gelu_new": GeluTanh, "gelu_pytorch_tanh": GeluTanh, "gelu_fast": GeluTanh, "gelu_accurate": GeluTanh, "gelu_python_tanh": GeluTanh,
	"gelu": GeluErf, "gelu_python": GeluErf,
	"relu": Relu,
	"silu": Silu, "swish": Silu,
	"quick_gelu": QuickGelu, "gelu_10": Gelu10, "relu2": Relu2, "relu6": Relu6, "leaky_relu": LeakyRelu, "tanh": Tanh,
	"sigmoid": Sigmoid, "mish": Mish, "linear": Identity,
}

// String is the usual name of the function in config.json.
func (a Activation) String() string {
	if a < 0 || int(a) >= len(kinds) {
		return fmt.Sprintf("Activation(%d)", int(a))
	}
	return kinds[a].name
}

// function computes the activation in place.
func (a Activation) function() func(x []float32) { return kinds[a].function }
