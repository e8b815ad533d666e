//go:build ignore

// The first and only process of the emulated machine: it runs the commands of /script in /work, one a line, and turns the
// machine off.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func main() {
	_ = syscall.Mount("proc", "/proc", "proc", 0, "")
	_ = syscall.Mount("tmp", "/tmp", "tmpfs", 0, "")
	script, err := os.ReadFile("/script")
	if err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(string(script)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		fmt.Println("$", strings.TrimSpace(line))
		c := exec.Command(words[0], words[1:]...)
		c.Dir, c.Stdout, c.Stderr = "/work", os.Stdout, os.Stderr
		c.Env = append(os.Environ(), "HOME=/tmp", "TMPDIR=/tmp")
		fmt.Println("ended:", c.Run())
	}
	time.Sleep(time.Second) // until the serial line has sent all
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}
