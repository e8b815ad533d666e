package pages

import (
	"testing"
	"testing/fstest"
)

func TestAvailable(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int
	}{
		{"no group", map[string]string{}, 1000 << 10},
		{"nothing known", map[string]string{"proc/meminfo": "MemTotal: 5 kB\n"}, 0},
		{"version 2", map[string]string{
			"proc/self/cgroup":             "0::/\n",
			"sys/fs/cgroup/memory.max":     "500000\n",
			"sys/fs/cgroup/memory.stat":    "anon 1000\nfile 150000\ninactive_file 100000\nactive_file 40000\n",
			"sys/fs/cgroup/memory.current": "200000\n",
		}, 500000 - (200000 - 140000)},
		{"version 2 without a limit", map[string]string{
			"proc/self/cgroup":             "0::/\n",
			"sys/fs/cgroup/memory.max":     "max\n",
			"sys/fs/cgroup/memory.current": "200000\n",
		}, 1000 << 10},
		{"the limit of a group above", map[string]string{
			"proc/self/cgroup":                                "0::/user.slice/a.scope\n",
			"sys/fs/cgroup/user.slice/memory.max":             "300000\n",
			"sys/fs/cgroup/user.slice/memory.current":         "100000\n",
			"sys/fs/cgroup/user.slice/a.scope/memory.max":     "max\n",
			"sys/fs/cgroup/user.slice/a.scope/memory.current": "90000\n",
		}, 200000},
		{"version 1, of which only the root is to be seen", map[string]string{
			"proc/self/cgroup":                           "12:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "400000\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "100000\n",
			"sys/fs/cgroup/memory/memory.stat":           "total_inactive_file 50000\n",
		}, 350000},
		{"more used than allowed", map[string]string{
			"proc/self/cgroup":             "0::/../..\n",
			"sys/fs/cgroup/memory.max":     "1000\n",
			"sys/fs/cgroup/memory.current": "2000\n",
		}, 0},
	} {
		root := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal:  2000 kB\nMemAvailable:     1000 kB\n")}}
		for name, text := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, known := available(root); got != c.want || known == (c.name == "nothing known") {
			t.Errorf("%s: %d, %v, want %d", c.name, got, known, c.want)
		}
	}
	if got, known := Available(); got < 1<<20 || !known {
		t.Errorf("here: %d bytes, %v", got, known)
	}
}
