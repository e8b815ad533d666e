// Package session is the controller of a chat: the conversation and its journal, the model and how another one takes its
// place, the settings in force, the reply that is being written, and the commands. It knows no screen. A front end calls
// its methods, runs the [Work] that they hand out beside its own loop, and gives each [Event] that comes of that back.
package session
