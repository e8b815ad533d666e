package template_test

import (
	"flag"
	"strings"
	"testing"
	"time"
)

// heavy are templates that make as much work as they can of a kind.
var heavy = []string{
	"{% set s = 'a ' * 60000 %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s | title %}{% endfor %}{% endfor %}",
	"{% set s = 'a' * 120000 %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s[5] %}{% endfor %}{% endfor %}",
	"{% set s = 'a' * 120000 %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s[::2] %}{% endfor %}{% endfor %}",
	"{% set s = ['\\x01' * 30000] %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s | string %}{% endfor %}{% endfor %}",
	"{% set s = ['a' * 100000] %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s | tojson %}{% endfor %}{% endfor %}",
	"{% set s = 'a' * 120000 %}{% set q = 'a' * 60000 + 'b' %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s.find(q) %}{% endfor %}{% endfor %}",
	"{% set s = 'a ' * 4000 %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s.split() %}{% endfor %}{% endfor %}",
	"{% for a in range(1000) %}{% for b in range(1000) %}{% if " + strings.Repeat("x and ", 240) + " x %}{% endif %}{% if 1 and " + strings.Repeat("1 and ", 240) + " x %}{% endif %}{% endfor %}{% endfor %}",
	"{% set s = range(1000) %}{% for a in range(1000) %}{% for b in range(1000) %}{% set x = s | map('string') | list %}{% endfor %}{% endfor %}",
	"{% for a in range(1000) %}{% for b in range(1000) %}{% set x = {" + strings.Repeat("1:1,", 110) + "} %}{% set y = x.get(2) %}{% endfor %}{% endfor %}",
	"{% set s = 'a' * 120000 %}{% for a in range(1000) %}{% for b in s %}{% break %}{% endfor %}{% endfor %}",
	"{% set s = ['a' * 100000] %}{% for a in range(1000) %}{% set y %}{{ s }}{% endset %}{% endfor %}",
	"{% set h = namespace(c=namespace()) %}{% set root = h.c %}{% for a in range(1000) %}{% set c = h.c %}{% set c.x = namespace() %}{% set c.y = c.x %}{% set h.c = c.x %}{% endfor %}{{ root == root }}{{ root }}",
	"{% set h = namespace(c=namespace()) %}{% set root = h.c %}{% for a in range(1000) %}{% for b in range(20) %}{% set c = h.c %}{% set c.x = namespace() %}{% set h.c = c.x %}{% endfor %}{% endfor %}{{ root == root }}",
	"{% set h = namespace(c=namespace()) %}{% set root = h.c %}{% for a in range(40) %}{% set c = h.c %}{% set c.x = namespace() %}{% set c.y = c.x %}{% set h.c = c.x %}{% endfor %}{% for a in range(1000) %}{{ root | tojson | length }}{% endfor %}",
}

// However a template goes about it, it ends.
func TestHeavyTemplates(t *testing.T) {
	for _, source := range heavy {
		_, err := run(source, hello, true)
		if err == nil || !strings.Contains(err.Error(), "it takes too many steps") && !strings.Contains(err.Error(), "a value that is too large") {
			t.Errorf("%.80q: %v", source, err)
		}
	}
}

// fuzzing reports whether inputs are being looked for, and not only those known run.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// quickest is the least time that f takes in a few runs: the machine may be busy.
func quickest(f func()) time.Duration {
	least := time.Hour
	for range 5 {
		start := time.Now()
		f()
		if least = min(least, time.Since(start)); least < time.Second {
			break
		}
	}
	return least
}
