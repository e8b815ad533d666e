package bench

import (
	"fmt"
	"runtime"

	"inkling/engine/pages"
)

// Machine is where the figures were measured, and with what.
type Machine struct {
	CPU     string `json:"cpu"` // as it calls itself, "unknown" where the system does not tell
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Kernel  string `json:"kernel"` // instruction set in use
	Threads int    `json:"threads"`
	Go      string `json:"go"`
	Version string `json:"version"`
	Commit  string `json:"commit"` // "" where the program was built outside version control
	Date    string `json:"date"`   // RFC 3339

	cache     int // bytes of last-level cache, 0: unknown
	available int // bytes of free memory, 0: unknown
}

func thisMachine() Machine {
	m := Machine{CPU: processor(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), cache: lastLevelCache()}
	m.available, _ = pages.Available()
	if m.CPU == "" {
		m.CPU = "unknown"
	}
	return m
}

// String is one line for people.
func (m Machine) String() string {
	program := "inkling " + m.Version
	if m.Commit != "" {
		program += " (" + m.Commit + ")"
	}
	return fmt.Sprintf("%s, kernel %s, %d threads, %s %s/%s, %s, %s", m.CPU, m.Kernel, m.Threads, m.Go, m.OS, m.Arch, program, m.Date)
}
