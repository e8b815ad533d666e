package store

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// SQLite's Go translation works only with the modernc.org/libc that it was
// made with, while the go command would take any newer one.
func TestLibcIsTheOneThatSQLiteNames(t *testing.T) {
	list := func(format, module string) string {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^\s*(?:require )?modernc\.org/libc (\S+)`).FindSubmatch(mod)
	if named == nil {
		t.Fatalf("no modernc.org/libc in\n%s", mod)
	}
	if used := list("{{.Version}}", "modernc.org/libc"); used != string(named[1]) {
		t.Errorf("modernc.org/libc %s is used, modernc.org/sqlite was made with %s", used, named[1])
	}
}
