// Package prompt writes conversations down for a model. A prompt begins as
// blocks: a system text, a preamble, the turns. A [Writer] chooses which of
// them stay in the model's context and has a [Format] write those down.
package prompt
