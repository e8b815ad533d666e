package cli

import (
	"bytes"
	"strings"
	"testing"
)

// Nobody else may ask without a key; what serve cannot do it says before it opens a model.
func TestServeRefuses(t *testing.T) {
	env := map[string]string{"EMPTY": " ", "INKLING_DATA_DIR": t.TempDir()}
	for _, c := range []struct{ args, want string }{
		{"--host 0.0.0.0", "name a key for them by --api-key-env"},
		{"--host ::", "name a key for them by --api-key-env"},
		{"--host ::ffff:0.0.0.0", "name a key for them by --api-key-env"},
		{"--host 192.0.2.7", "name a key for them by --api-key-env"},
		{"--host 0.0.0.0 --api-key-env EMPTY", "EMPTY is not set"},
		{"--api-key-env MISSING", "MISSING is not set"},
		{"--host 0.0.0.0 --api-key-env=", "name a key for them by --api-key-env"},
		{"--port 70000", "--port: found 70000"},
		{"--parallel 0", "--parallel: found 0"},
		{"--queue -1", "--queue: found -1"},
		{"--cors nonsense", "write --cors=nonsense"},
		{"--cors=nonsense", "expected an origin"},
		{"--model home:big", "ask home:big itself"},
	} {
		var out, notes bytes.Buffer
		status := Main(t.Context(), append([]string{"serve"}, strings.Fields(c.args)...), Streams{strings.NewReader(""), &out, &notes},
			func(name string) (string, bool) { value, ok := env[name]; return value, ok })
		if status != exitUsage || !strings.Contains(notes.String(), c.want) || strings.Count(notes.String(), "\n") != 1 {
			t.Errorf("serve %s: %d, %q, expected %q", c.args, status, notes.String(), c.want)
		}
	}
}
