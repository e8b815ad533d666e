// Package remote is an engine over HTTP: models that a server elsewhere runs and that speaks the protocol of OpenAI, as vLLM,
// llama-server and ollama do. Ollama is
// spoken to in its own form, in which alone it takes all of its parameters.
//
// Requests and answers follow the API reference of OpenAI (chat completions, completions, models) and what the servers document
// beyond it; the stream of events follows the HTML standard (server-sent events, section 9.2.6).
package remote
