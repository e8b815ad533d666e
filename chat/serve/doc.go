// Package serve offers a model to other programs over HTTP, in the protocol of OpenAI: models, completions, chat completions.
//
// Fields and answers follow the API reference of OpenAI, and what vLLM and llama-server document beyond it where a sampling
// parameter has no field there. Streams are server-sent events (HTML standard, section 9.2); /metrics is Prometheus' text format.
package serve
