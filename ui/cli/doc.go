// Package cli is the command line of inkling: the commands, their flags and help, and the exit statuses. It reads the
// settings, opens the model and the store of chats, and hands both to package ui or writes to standard output itself.
package cli
