package editor

import (
	"os/exec"
	"strings"
)

// usual is the editor where the environment names none.
const usual = "notepad"

// command runs an editor on a file. Its arguments are set apart by blanks, those with blanks in them stand in quotes.
func command(editor, file string) *exec.Cmd {
	var args []string
	begun, quoted := false, false
	for _, r := range editor {
		switch {
		case r == '"':
			quoted = !quoted
			if !begun {
				args, begun = append(args, ""), true
			}
		case r == ' ' && !quoted:
			begun = false
		default:
			if !begun {
				args, begun = append(args, ""), true
			}
			args[len(args)-1] += string(r)
		}
	}
	if strings.TrimSpace(strings.Join(args, "")) == "" {
		args = []string{usual}
	}
	return exec.Command(args[0], append(args[1:], file)...)
}
