// Package ui is the Bubble Tea program: a session on the screen. Its one tea.Model has parts (transcript, composer, status line,
// dialogs, panes) that are plain structs with methods and do not know it. Update does no input or output; what takes time is the
// session's work, which runs in commands, and a reply comes in events of the session, a frame of tokens each.
package ui
