// Package ui is the Bubble Tea program: one tea.Model, whose parts (transcript, composer, status line, panels) are plain
// structs with methods. Update does no input or output; what takes time runs in commands, and the model runs in a
// goroutine of package engine whose tokens arrive in batches.
package ui
