//go:build !windows

package editor

import "os/exec"

// usual is the editor where the environment names none.
const usual = "vi"

// command runs an editor on a file. What names the editor is a line of the shell, as in git; the file is none of it.
func command(editor, file string) *exec.Cmd {
	return exec.Command("sh", "-c", editor+` "$@"`, editor, file)
}
