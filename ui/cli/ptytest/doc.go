// Package ptytest runs the program on a terminal of its own, for tests: keys go in as the bytes that terminals send, and a
// terminal emulator shows what a person would see. It works where there are pseudoterminals: Linux and macOS.
package ptytest
