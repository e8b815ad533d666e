//go:build !linux && !darwin

package terminal

import (
	"os"

	tea "charm.land/bubbletea/v2"
)

// A Terminal is what the program reads keys from and draws on. Here Bubble Tea does both by itself.
type Terminal struct{}

// Open takes the terminal.
func Open(_, _ *os.File) (*Terminal, error) { return nil, nil }

// Close gives the terminal back.
func (t *Terminal) Close() error { return nil }

// Options make a Bubble Tea program use the terminal. filter takes each of its messages before the program does.
func (t *Terminal) Options(filter func(tea.Model, tea.Msg) tea.Msg) []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithFilter(filter)}
}

// Run implements tea.ExecCommand.
func (l *lent) Run() error { return l.run(l.in, l.out) }
