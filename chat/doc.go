// Package chat holds what a conversation with a language model is: a tree of
// turns of which one path is current, the prompt formats that turn a path into
// token ids, the plan of what fits into the model's context, export to files,
// and the journal that writes a conversation to a store while it goes on.
//
// It knows neither a model nor a database: it declares the small interfaces
// that it needs, [Tokenizer] and [Store].
package chat
