// Package chat holds what a conversation with a language model is: a tree of
// turns of which one path is current, export to files, and the journal that
// writes a conversation to a store while it goes on.
//
// It knows neither a model nor a database: it declares the [Store] that it
// needs.
package chat
