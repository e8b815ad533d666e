// Package terminal stands between the terminal and Bubble Tea. What comes in is put together so that keys, the terminal's
// replies and characters are whole however slowly they arrive; what the terminal has been asked is waited for before it is
// given back; and nothing runs while nothing changes.
//
// Sequences follow ECMA-48 and the xterm control sequence document. On systems without termios Bubble Tea reads by itself.
package terminal
